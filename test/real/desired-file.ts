/** Writes desired states for one test, in a folder of their own that goes when the test ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface DesiredFile extends AsyncDisposable {
  readonly path: string
}

/** `plugins`, `mounts` and so on as in the file; JSON is YAML. */
export async function writeDesired(state: Readonly<Record<string, unknown>>): Promise<DesiredFile> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-desired-'))
  const path = join(folder, 'lockstep.yaml')
  await writeFile(path, JSON.stringify({ version: 1, ...state }, undefined, 2))
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
