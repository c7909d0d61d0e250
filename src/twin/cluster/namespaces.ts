/** `sys/namespaces` of OpenBao: makes a namespace, and lists those directly below another. */
import type { ServerResponse } from '../../domain/exchange.ts'
import { compareText, type Namespace } from '../../domain/names.ts'
import { answer, NOTHING_THERE } from './answers.ts'
import { addOwnMounts } from './mount-table.ts'
import { runsMounts, setUpMount } from './running.ts'
import { nextId, type State } from './state.ts'

/** Adds a namespace with the servers’ own mounts, set up on every node that runs mounts. */
export function addNamespace(state: State, namespace: Namespace): void {
  state.namespaces.set(namespace, { id: nextId(state).slice(0, 6) })
  const mounts = addOwnMounts(state, namespace)
  for (const node of state.nodes.values()) {
    if (!runsMounts(state, node)) continue
    for (const mount of mounts) node.running.set(mount.path, setUpMount(state, node, mount))
  }
}

export function createNamespace(state: State, namespace: Namespace): ServerResponse {
  if (!state.namespaces.has(namespace)) addNamespace(state, namespace)
  return answer(describeNamespace(state, namespace))
}

export function answerNamespaceList(state: State, parent: Namespace): ServerResponse {
  const names: string[] = [...state.namespaces.keys()]
    .filter((path) => path !== parent && path.startsWith(parent))
    .map((path) => path.slice(parent.length))
    .filter((name) => name.indexOf('/') === name.length - 1)
    .sort(compareText)
  if (names.length === 0) return NOTHING_THERE
  const described = new Map(
    names.map((name) => [name, describeNamespace(state, `${parent}${name}` as Namespace)]),
  )
  return answer({ key_info: Object.fromEntries(described), keys: names })
}

function describeNamespace(state: State, path: Namespace) {
  const id = state.namespaces.get(path)?.id ?? ''
  return { custom_metadata: {}, id, locked: false, path, tainted: false, uuid: `uuid-of-${id}` }
}
