/** Finds the files of the given paths, in the order in which they are read. Opens none. */
import { resolve } from 'node:path'
import { compareText } from '../../domain/names.ts'
import type { Problem } from '../../domain/errors.ts'
import type { Files } from './files.ts'
import { showText } from '../wording.ts'

export interface FoundFiles {
  /** As the user gave them. A file of a directory has the directory in front. */
  readonly files: readonly string[]
  readonly problems: readonly Problem[]
}

/** Each problem has the path in its message; the others are still found. */
export async function findFiles(paths: readonly string[], on: Files): Promise<FoundFiles> {
  const files: string[] = []
  const problems: Problem[] = []
  if (paths.length === 0) problems.push({ message: 'no file was given' })
  const seen = new Map<string, string>()
  for (const path of paths) {
    const found = await filesOf(path, on)
    if ('problem' in found) problems.push(found.problem)
    else {
      for (const file of found.files) {
        const before = seen.get(resolve(file))
        if (before === undefined) files.push(file)
        else
          problems.push({
            message: `${showText(file)}: is given twice, first as ${showText(before)}`,
          })
        seen.set(resolve(file), before ?? file)
      }
    }
  }
  return { files, problems }
}

async function filesOf(
  path: string,
  on: Files,
): Promise<{ readonly files: readonly string[] } | { readonly problem: Problem }> {
  const kind = await on.kind(path)
  if ('failure' in kind) return { problem: { message: `${showText(path)}: ${kind.failure}` } }
  if (kind.value === 'file') return { files: [path] }
  const names = await on.list(path)
  if ('failure' in names) return { problem: { message: `${showText(path)}: ${names.failure}` } }
  // A file whose name begins with a dot belongs to an editor or a mounted volume, not to the state.
  const yaml = names.value.filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort(compareText)
  if (yaml.length > 0) return { files: yaml.map((name) => `${path.replace(/\/+$/, '')}/${name}`) }
  const message = `${showText(path)}: there is no *.yaml or *.yml file in this directory`
  return { problem: { message, hint: 'subfolders are not read: name each' } }
}
