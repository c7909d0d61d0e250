/**
 * Everything that `--json` prints, each plan and report that `--out` writes, and each journal is a
 * document with a schema. Each test that runs the program checks all of them against their schemas.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'

const folder = fileURLToPath(new URL('../schemas/', import.meta.url))
const ajv = new Ajv2020({ strict: false, validateFormats: false })
for (const name of readdirSync(folder)) {
  ajv.addSchema(JSON.parse(readFileSync(folder + name, 'utf8')) as object)
}

/** What each command prints: one document, or one event a line. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  plan: 'lockstep:plan',
  show: 'lockstep:plan',
  drift: 'lockstep:drift',
  status: 'lockstep:status',
  doctor: 'lockstep:doctor',
  validate: 'lockstep:validation',
}

/** These print events, one a line; `history` without a run prints one document. */
export const EVENTS: ReadonlySet<string> = new Set(['apply', 'rollback', 'history'])

/** Of `history`: one document. A run's events, a document on each line, are not. */
function isListing(stdout: string): boolean {
  try {
    return !('event' in (JSON.parse(stdout) as object))
  } catch {
    return false
  }
}

/** Throws where `stdout` is not what the command's `--json` promises. `killed`: it may be cut off. */
export function assertJson(
  args: readonly string[],
  stdout: string,
  { exitCode }: { readonly exitCode: number | null },
): void {
  const [command = ''] = args
  if (!args.includes('--json') || exitCode === null) return
  // What `drift` prints is in the file then; an error is printed all the same.
  if (command === 'drift' && args.includes('--out') && stdout === '') return
  const schema = DOCUMENTS[command]
  if (schema !== undefined) {
    // With --out /dev/stdout there are two.
    assertOne(JSON.parse(stdout), schema, exitCode)
    return
  }
  if (!EVENTS.has(command)) {
    if (exitCode === 0) throw new Error(`${command} --json printed what no schema is known of`)
    assertOne(JSON.parse(stdout), 'lockstep:error', exitCode)
    return
  }
  if (command === 'history' && isListing(stdout)) {
    assertOne(JSON.parse(stdout), 'lockstep:history', exitCode)
    return
  }
  const lines = stdout.split('\n').filter((line) => line !== '')
  if (lines.length === 0 && exitCode !== 0) throw new Error('it failed and printed no document')
  for (const line of lines) assertOne(JSON.parse(line), 'lockstep:journal', exitCode)
}

/** Throws where the file of `--out` is not the plan or the report that it should be. */
export function assertOut(
  args: readonly string[],
  { exitCode, cwd }: { readonly exitCode: number | null; readonly cwd: string },
): void {
  const [command = ''] = args
  const isDocument = command === 'plan' || (command === 'drift' && args.includes('--json'))
  const hasWritten = exitCode !== null && [0, 2, 3, 9].includes(exitCode)
  const at = args.findIndex((arg) => /^--out(?:=|$)/.test(arg))
  if (!isDocument || !hasWritten || at < 0) return
  const joined = /^--out=(.*)/.exec(args[at] ?? '')?.[1]
  const path = resolve(cwd, joined ?? args[at + 1] ?? '')
  if (!statSync(path).isFile()) return
  assertOne(JSON.parse(readFileSync(path, 'utf8')), `lockstep:${command}`, exitCode)
}

/** Throws where a journal below this folder has a line that is no event, but for a line cut off. */
export function assertJournals(folder: string): void {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  for (const path of paths.filter((one) => one.endsWith('.jsonl'))) {
    const lines = readFileSync(join(folder, path), 'utf8').split('\n').slice(0, -1)
    for (const line of lines) assertDocument('lockstep:journal', JSON.parse(line))
  }
}

/** Throws where a document does not fit the schema with this id. */
export function assertDocument(schema: string, document: unknown): void {
  if (ajv.validate(schema, document)) return
  throw new Error(`a document does not fit ${schema}: ${ajv.errorsText()}`)
}

function assertOne(document: unknown, schema: string, exitCode: number): void {
  const isError = typeof document === 'object' && document !== null && 'error' in document
  const of = isError ? 'lockstep:error' : schema
  if (!ajv.validate(of, document)) {
    throw new Error(`what --json printed does not fit ${of}: ${ajv.errorsText()}`)
  }
  const { error } = document as { readonly error?: { readonly exit_code: number } }
  if (error !== undefined && error.exit_code !== exitCode) {
    throw new Error(`the error document says exit ${error.exit_code}, and it was ${exitCode}`)
  }
}
