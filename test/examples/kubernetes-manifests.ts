/** Reads the manifests of `examples/kubernetes/` as kubectl does: YAML 1.1, several in one file. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { checkout } from '../cli/run-lockstep.ts'

export const kubernetesFolder = join(checkout, 'examples', 'kubernetes')

export interface Manifest {
  /** The name of its file in `examples/kubernetes/`. */
  readonly file: string
  readonly apiVersion: string
  readonly kind: string
  readonly content: Readonly<Record<string, unknown>>
}

export function readManifests(): readonly Manifest[] {
  return readdirSync(kubernetesFolder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseManifests(file, readFileSync(join(kubernetesFolder, file), 'utf8')))
}

export function parseManifests(file: string, text: string): readonly Manifest[] {
  // With YAML 1.1, 0440 is octal.
  return parseAllDocuments(text, { version: '1.1' }).map((document) => {
    const [error] = document.errors
    if (error !== undefined) throw error
    const content = document.toJS() as Record<string, unknown>
    return {
      file,
      apiVersion: String(content['apiVersion']),
      kind: String(content['kind']),
      content,
    }
  })
}
