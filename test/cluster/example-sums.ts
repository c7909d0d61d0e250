/**
 * `examples/SHA256SUMS` has the hashes of the plugins as they are built from their pinned modules.
 * Another Go builds other bytes: then the file is written anew, so that the examples fit here.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClusterDescription } from './cluster-client.ts'

const examples = fileURLToPath(new URL('../../examples', import.meta.url))

/** As `sha256sum` writes them. Lines for files that the cluster has not are kept. */
export function renderSums({ plugins }: ClusterDescription, before = ''): string {
  const sums = new Map(readLines(before))
  for (const [file, sha256] of Object.entries(plugins)) sums.set(file, sha256)
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, sha256]) => `${sha256}  ${file}\n`)
    .join('')
}

/** True where the file did not fit and was written. */
export async function fitExampleSums(description: ClusterDescription): Promise<boolean> {
  const path = join(examples, 'SHA256SUMS')
  const before = await readFile(path, 'utf8')
  const after = renderSums(description, before)
  if (after === before) return false
  await writeFile(path, after)
  return true
}

function readLines(text: string): [string, string][] {
  return text.split('\n').flatMap((line): [string, string][] => {
    const [sha256, file] = line.split('  ')
    return sha256 !== undefined && file !== undefined ? [[file, sha256]] : []
  })
}
