/** Builds answers in the servers' form, and their error texts. */
import type { ServerResponse } from '../../domain/exchange.ts'

export const NO_CONTENT: ServerResponse = { status: 204, body: null }

export function answer(
  data: unknown,
  { status = 200, warnings = null }: { status?: number; warnings?: readonly string[] | null } = {},
): ServerResponse {
  return { status, body: { data, warnings } }
}

export function refuse(status: number, ...errors: readonly string[]): ServerResponse {
  return { status, body: { errors } }
}

/** The answer for something that does not exist: a 404 without errors. */
export const NOTHING_THERE: ServerResponse = refuse(404)

export const UNSUPPORTED_PATH: ServerResponse = refuse(404, joinErrors(['unsupported path']))

/** A redirect to the active node. `twin/http` adds the `Location`. */
export const REDIRECT: ServerResponse = { status: 307, body: null }

/** The text of a list of errors, as servers print it. */
export function joinErrors(errors: readonly string[]): string {
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`
  return `${count} occurred:\n${errors.map((error) => `\t* ${error}\n`).join('')}\n`
}

/** Replaces the node's plugin directory in messages: the twin has no file system. */
const PLUGIN_DIRECTORY = '<plugin_directory>'

/** The server's text for a file that is not in the plugin directory. */
export function noFile(command: string): string {
  const path = `${PLUGIN_DIRECTORY}/${command}`
  return `error while validating the command path: lstat ${path}: no such file or directory`
}
