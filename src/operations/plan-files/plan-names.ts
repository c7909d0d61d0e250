/**
 * The names in the requests that a plan file speaks of, held against the parsers that names of a
 * file of desired state go through: what is shown as a request is one that this program could make.
 */
import type { Plan, Step } from '../../documents/plan.generated.ts'
import { unreachable } from '../../domain/errors.ts'
import {
  LATEST,
  parseConnectionPath,
  parseMountPath,
  parseNamespace,
  parseNodeAddress,
  parsePluginId,
  parseVersion,
  UNVERSIONED,
} from '../../domain/names.ts'

/** What is wrong with the first such name, with its JSON Pointer; undefined where all are names. */
export function findNameFault({ steps }: Plan): string | undefined {
  for (const [position, { action }] of steps.entries()) {
    const wrong = namesIn(action).find(({ text, parsed }) => text !== parsed)
    if (wrong !== undefined) {
      return `/steps/${String(position)}/action: ${JSON.stringify(wrong.text)} is not ${wrong.what}`
    }
  }
  return undefined
}

interface Name {
  readonly what: string
  readonly text: string
  /** What it is read as; undefined for no name of its kind. */
  readonly parsed: string | undefined
}

function namesIn(action: Step['action']): Name[] {
  switch (action.kind) {
    case 'register':
    case 'deregister':
      return [plugin(action.plugin), version(action.version)]
    case 'enable':
      return [
        ...[mount(action.mount), namespace(action.namespace)],
        ...[plugin(action.plugin), configured(action.version)],
      ]
    case 'tune':
      return [mount(action.mount), namespace(action.namespace), configured(action.version)]
    case 'repoint':
      return [
        {
          what: 'a connection',
          text: action.connection,
          parsed: parseConnectionPath(action.connection),
        },
        ...[namespace(action.namespace), version(action.version)],
      ]
    case 'reload':
    case 'check':
      return [
        { what: 'the address of a node', text: action.node, parsed: parseNodeAddress(action.node) },
        ...[namespace(action.namespace), ...action.mounts.map(mount)],
      ]
    default:
      return unreachable(action)
  }
}

function plugin(text: string): Name {
  return { what: 'a plugin', text, parsed: parsePluginId(text) }
}

function mount(text: string): Name {
  return { what: 'a mount', text, parsed: parseMountPath(text) }
}

function namespace(text: string): Name {
  return { what: 'a namespace', text, parsed: parseNamespace(text) }
}

function version(text: string): Name {
  return { what: 'a version', text, parsed: text === UNVERSIONED ? text : parseVersion(text) }
}

/** What a mount can be tuned to. */
function configured(text: string): Name {
  return text === LATEST ? { what: 'a version', text, parsed: text } : version(text)
}
