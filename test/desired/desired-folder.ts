/** A temporary folder with files of desired state, and functions to load them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadDesiredState, type LoadOptions } from '../../src/desired/load-desired-state.ts'
import type { DesiredState } from '../../src/domain/desired.ts'
import { formatProblem, InputError, type Problem } from '../../src/domain/errors.ts'

export interface DesiredFolder {
  /** The path of the folder, or of a file in it. */
  path(name?: string): string
  load(names?: readonly string[], options?: LoadOptions): Promise<DesiredState>
  /** The problems of a load that must fail, with paths relative to the folder. */
  problems(names?: readonly string[], options?: LoadOptions): Promise<readonly string[]>
}

export async function createFolder(
  contents: Readonly<Record<string, string | Uint8Array>>,
): Promise<DesiredFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-desired-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  const load: DesiredFolder['load'] = (names = ['a.yaml'], options = {}) =>
    loadDesiredState(
      names.map((name) => join(folder, name)),
      options,
    )
  return {
    path: (name) => (name === undefined ? folder : join(folder, name)),
    load,
    async problems(names, options) {
      const problems = await problemsOf(load(names, options))
      return problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''))
    },
  }
}

/** The problems of a load. Throws if the load succeeds or fails otherwise. */
export async function problemsOf(loading: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await loading
  } catch (error) {
    if (error instanceof InputError) return error.problems
    throw error
  }
  throw new Error('the files were accepted')
}

export const DIGEST = 'a'.repeat(64)
export const OTHER_DIGEST = 'b'.repeat(64)

/** A file with one plugin at v0.21.0, followed by the given text. */
export function withPlugin(rest = '', plugin = 'secret/kv'): string {
  return `version: 1
plugins:
  ${plugin}:
    use: v0.21.0
    versions:
      v0.21.0: { command: kv, sha256: ${DIGEST} }
${rest}`
}

/** A file with one plugin that has one version, with the given text. */
export function withBinary(binary: string): string {
  return `version: 1
plugins:
  secret/kv:
    versions:
      v0.21.0: ${binary}
`
}
