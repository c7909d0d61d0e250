/**
 * Which node leads, and what becomes of a node that steps down, stops, restarts or is sealed.
 * The next node in order takes over, and only while most nodes of the cluster take part.
 */
import type { NodeAddress } from '../../domain/names.ts'
import { BEHAVIOUR } from './behaviour.ts'
import { setUpNode } from './running.ts'
import type { Node, State } from './state.ts'

function takesPart(node: Node): boolean {
  return node.state === 'up' || node.state === 'forwarding'
}

/** `successor`: who takes over, where that is known. */
export function stepDown(state: State, successor?: NodeAddress): void {
  const before = state.active === undefined ? undefined : state.nodes.get(state.active)
  if (before === undefined) return
  ceaseToLead(state, before)
  electNext(state, before, successor)
  // Alone in its cluster, it leads again.
  if (state.active !== before.address) becomeStandby(state, before)
}

/** Its processes die with it; sealed, it runs no backend either. */
export function takeOut(
  state: State,
  node: Node,
  into: 'stopped' | 'sealed',
  successor?: NodeAddress,
): void {
  const led = state.active === node.address
  if (led) ceaseToLead(state, node)
  node.state = into
  node.running = new Map()
  if (led || !hasQuorum(state)) electNext(state, node, successor)
}

/** Started where it was stopped, unsealed where it was sealed. */
export function bringIn(state: State, node: Node): void {
  node.state = 'up'
  if (state.active === undefined) electNext(state, node)
  if (state.active !== node.address) becomeStandby(state, node)
}

function ceaseToLead(state: State, node: Node): void {
  if (BEHAVIOUR[state.product].remembersWhatRan) state.ranLast = node.running
  state.active = undefined
}

function hasQuorum(state: State): boolean {
  const nodes = [...state.nodes.values()]
  return nodes.filter(takesPart).length * 2 > nodes.length
}

/** The successor, or else the next one after a node that can; the node itself last. */
function electNext(state: State, after: Node, successor?: NodeAddress): void {
  state.active = undefined
  if (!hasQuorum(state)) return
  const nodes = [...state.nodes.values()]
  const at = nodes.indexOf(after)
  const able = [...nodes.slice(at + 1), ...nodes.slice(0, at + 1)].filter(takesPart)
  const next = able.find(({ address }) => address === successor) ?? able[0]
  if (next === undefined) return
  next.state = 'up'
  state.active = next.address
  if (setUpNode(state, next)) return
  // Each tries in turn, and fails alike.
  state.active = undefined
  for (const node of able) becomeStandby(state, node)
}

function becomeStandby(state: State, node: Node): void {
  node.running = new Map()
  if (!state.standbysServe) return
  node.state = setUpNode(state, node) ? 'up' : 'forwarding'
}
