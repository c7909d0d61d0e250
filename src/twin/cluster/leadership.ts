/**
 * Decides which node is active, and what happens to a node that steps down, stops, restarts or is
 * sealed. The next node in order becomes active, but only if most nodes of the cluster are up.
 */
import type { NodeAddress } from '../../domain/names.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { setUpNode } from './running.ts'
import type { Node, State } from './state.ts'

function isInQuorum(node: Node): boolean {
  return node.state === 'up' || node.state === 'forwarding'
}

/** `successor`: the next active node, if that is known. */
export function stepDown(state: State, successor?: NodeAddress): void {
  const before = state.active === undefined ? undefined : state.nodes.get(state.active)
  if (before === undefined) return
  stopLeading(state, before)
  electNext(state, before, successor)
  // The only node of a cluster becomes active again.
  if (state.active !== before.address) becomeStandby(state, before)
}

/** Stops or seals a node. Its processes end; a sealed node runs no backends either. */
export function takeDown(
  state: State,
  node: Node,
  into: 'stopped' | 'sealed',
  successor?: NodeAddress,
): void {
  const wasActive = state.active === node.address
  if (wasActive) stopLeading(state, node)
  node.state = into
  node.running = new Map()
  if (wasActive || !hasQuorum(state)) electNext(state, node, successor)
}

/** Starts a stopped node, or unseals a sealed one. */
export function bringUp(state: State, node: Node): void {
  node.state = 'up'
  if (state.active === undefined) electNext(state, node)
  if (state.active !== node.address) becomeStandby(state, node)
}

function stopLeading(state: State, node: Node): void {
  if (BEHAVIOUR[state.product].remembersWhatRan) state.ranLast = node.running
  state.active = undefined
}

function hasQuorum(state: State): boolean {
  const nodes = [...state.nodes.values()]
  return nodes.filter(isInQuorum).length * 2 > nodes.length
}

/**
 * The successor becomes active, otherwise the next able node after `after`, and `after` itself
 * last.
 */
function electNext(state: State, after: Node, successor?: NodeAddress): void {
  state.active = undefined
  if (!hasQuorum(state)) return
  const nodes = [...state.nodes.values()]
  const at = nodes.indexOf(after)
  const able = [...nodes.slice(at + 1), ...nodes.slice(0, at + 1)].filter(isInQuorum)
  const next = able.find(({ address }) => address === successor) ?? able[0]
  if (next === undefined) return
  next.state = 'up'
  state.active = next.address
  if (setUpNode(state, next)) return
  // Each of the other nodes would fail in the same way.
  state.active = undefined
  for (const node of able) becomeStandby(state, node)
}

function becomeStandby(state: State, node: Node): void {
  node.running = new Map()
  if (!state.standbysServe) return
  node.state = setUpNode(state, node) ? 'up' : 'forwarding'
}
