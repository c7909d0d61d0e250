/**
 * Checks the names in the actions of a plan file with the parsers that are used for a file of
 * desired state. So a plan never shows a request that this program could not send.
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

/** What is wrong with the first invalid name, with its JSON Pointer; undefined if all are valid. */
export function findInvalidName({ steps, against }: Plan): string | undefined {
  return (
    findInSteps(steps, '/steps') ?? findInSteps(against?.only_there ?? [], '/against/only_there')
  )
}

function findInSteps(steps: readonly Step[], at: string): string | undefined {
  for (const [position, { action }] of steps.entries()) {
    const invalid = namesIn(action).find(({ text, parsed }) => text !== parsed)
    if (invalid !== undefined) {
      return `${at}/${String(position)}/action: ${JSON.stringify(invalid.text)} is not ${invalid.what}`
    }
  }
  return undefined
}

interface Name {
  readonly what: string
  readonly text: string
  /** The parsed name; undefined if the text is not a name of this kind. */
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

/** A version that a mount can be tuned to. */
function configured(text: string): Name {
  return text === LATEST ? { what: 'a version', text, parsed: text } : version(text)
}
