/**
 * The folders of `examples/`, found by looking: each a story whose stages are its own file and then
 * those of its sub-folders, by name. Run from a copy, whose sums fit the plugins of the cluster.
 */
import { existsSync, readdirSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { renderSums } from '../cluster/example-sums.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { checkout } from '../cli/run-lockstep.ts'
import type { MountView } from './node-views.ts'

const folder = join(checkout, 'examples')

export interface Example {
  readonly name: string
  /** Folders below `examples/`, in the order they are applied. */
  readonly stages: readonly string[]
}

export const examples: readonly Example[] = foldersIn(folder).map((name) => ({
  name,
  stages: [name, ...foldersIn(join(folder, name)).map((stage) => `${name}/${stage}`)],
}))

function foldersIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() && existsSync(join(path, entry.name, 'lockstep.yaml'))
        ? [entry.name]
        : [],
    )
    .sort()
}

export interface ExamplesCopy extends AsyncDisposable {
  readonly folder: string
}

export async function copyExamples(cluster: ClusterClient): Promise<ExamplesCopy> {
  const copy = await mkdtemp(join(tmpdir(), 'lockstep-examples-'))
  await cp(folder, copy, { recursive: true })
  await writeFile(join(copy, 'SHA256SUMS'), renderSums(cluster.description))
  return {
    folder: copy,
    [Symbol.asyncDispose]: () => rm(copy, { recursive: true, force: true }),
  }
}

interface StageDocument {
  readonly plugins: Readonly<
    Record<
      string,
      { readonly use: string; readonly versions?: Record<string, { readonly command: PluginFile }> }
    >
  >
  readonly mounts?: Readonly<Record<string, { readonly use?: string; readonly enable?: boolean }>>
}

export async function readStage(stage: string): Promise<StageDocument> {
  return parse(await readFile(join(folder, stage, 'lockstep.yaml'), 'utf8')) as StageDocument
}

/**
 * The SHA-256 that a mount is to run after a stage; empty for the builtin. Undefined where the
 * stage does not speak of its plugin.
 */
export function wantedSha256(
  { plugins, mounts = {} }: StageDocument,
  path: string,
  { type }: MountView,
  cluster: ClusterClient,
): string | undefined {
  const plugin = plugins[`${path.startsWith('auth/') ? 'auth' : 'secret'}/${type}`]
  if (plugin === undefined) return undefined
  const use = mounts[path]?.use ?? plugin.use
  if (use === 'builtin') return ''
  const command = plugin.versions?.[use]?.command
  if (command === undefined) throw new Error(`the example does not list ${use}`)
  return cluster.pluginSha256(command)
}
