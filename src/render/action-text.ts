/** A step's request in words: what, to which mounts, on which node. */
import { unreachable } from '../domain/errors.ts'
import { type ConfiguredVersion, versionLabel } from '../domain/names.ts'
import type { Action, CheckAction, Plan } from '../documents/plan.generated.ts'
import { nameNodes } from './node-names.ts'
import { listSome, printable } from './wording.ts'

export interface ActionTextOptions {
  readonly nodes: Plan['cluster']['nodes']
  /** True where only the active node runs plugins: a node is then the active one of the moment. */
  readonly followsActive?: boolean
  /** Every mount is named, not the first three. */
  readonly detail: boolean
}

export function describeAction(action: Action | CheckAction, options: ActionTextOptions): string {
  return printable(wordAction(action, options))
}

function wordAction(
  action: Action | CheckAction,
  { nodes, followsActive = false, detail }: ActionTextOptions,
): string {
  switch (action.kind) {
    case 'register':
      return `register ${action.plugin} ${versionLabel(action.version)} (${action.entry.command})`
    case 'enable':
      return `enable ${action.mount} with ${action.plugin}${withVersion(action.version)}`
    case 'tune':
      return `tune ${action.mount} to ${versionLabel(action.version)}`
    case 'repoint':
      return `repoint ${action.connection} to ${versionLabel(action.version)}`
    case 'reload':
    case 'check': {
      const role = nodes.find(({ address }) => address === action.node)?.role ?? 'unknown'
      const name = nameNodes(nodes).of(action.node)
      const node = followsActive
        ? 'the active node'
        : role === 'unknown'
          ? name
          : `${name} (${role})`
      return `${action.kind} ${listSome(action.mounts, { all: detail })} on ${node}`
    }
    case 'deregister':
      return `deregister ${action.plugin} ${versionLabel(action.version)}`
    default:
      return unreachable(action)
  }
}

/** A mount made without a version takes the unversioned entry or the builtin. */
function withVersion(version: ConfiguredVersion): string {
  return version === '' ? '' : ` ${version}`
}
