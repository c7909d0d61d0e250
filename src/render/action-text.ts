/** Describes the request of a step: what, to which mounts, on which node. */
import { unreachable } from '../domain/errors.ts'
import { type ConfiguredVersion, versionLabel } from '../domain/names.ts'
import type { Action, CheckAction, Plan } from '../documents/plan.generated.ts'
import { nameNodes } from './node-names.ts'
import { listSome, printable } from './wording.ts'

export interface ActionTextOptions {
  readonly nodes: Plan['cluster']['nodes']
  /**
   * True if only the active node runs plugins: the step then goes to the node that is active at
   * that time.
   */
  readonly followsActive?: boolean
  /** True: names every mount, not only the first three. */
  readonly detail: boolean
}

/** One line, safe to show. */
export function describeAction(action: Action | CheckAction, options: ActionTextOptions): string {
  return printable(describe(action, options))
}

function describe(
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

/** A mount that is made without a version takes the unversioned entry or the builtin. */
function withVersion(version: ConfiguredVersion): string {
  return version === '' ? '' : ` ${version}`
}
