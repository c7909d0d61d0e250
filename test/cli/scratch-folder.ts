/** A folder for one test with the given files. It is removed when the test ends. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface ScratchFolder extends AsyncDisposable {
  readonly path: string
}

/** `files`: by their path in the folder. A path that ends in a slash is an empty folder. */
export async function makeScratchFolder(
  files: Readonly<Record<string, string>> = {},
): Promise<ScratchFolder> {
  const path = await mkdtemp(join(tmpdir(), 'lockstep-cli-'))
  for (const [name, text] of Object.entries(files)) {
    const target = join(path, name)
    await mkdir(name.endsWith('/') ? target : dirname(target), { recursive: true })
    if (!name.endsWith('/')) await writeFile(target, text)
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
