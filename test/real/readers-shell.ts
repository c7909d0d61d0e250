/**
 * The shell of somebody who follows a page: a folder with `lockstep.yaml`'s checksums and the
 * release's plugin files, a home for the journals, and on the path `lockstep`, the server's own
 * `bao`, the package for programs, and `scp` to the plugin directories of the nodes, `bao-1`, `bao-2` and so on.
 * Fails where a secret shows up in what a command wrote.
 */
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { execa } from 'execa'
import { assertUnseen } from '../canaries.ts'
import { checkout, onTerminal, program } from '../cli/run-lockstep.ts'
import { ensureServerProgram } from '../cluster/cache.ts'
import type { TestCluster } from '../cluster/cluster.ts'
import { renderSums } from '../cluster/example-sums.ts'

export interface Command {
  /** Lines of bash; the first that fails ends it. */
  readonly script: string
  /** Run on a terminal, where this is typed when a question is asked. */
  readonly types?: string
}

export interface ReadersShell extends AsyncDisposable {
  /** What the last command wrote, with the nodes' names as the pages have them. */
  readonly lastOutput: string
  readonly write: (name: string, text: string) => Promise<void>
  readonly run: (
    command: Command,
  ) => Promise<{ readonly exitCode: number; readonly output: string }>
}

export async function openReadersShell(cluster: TestCluster): Promise<ReadersShell> {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-reader-'))
  const [bin, home, folder] = [join(root, 'bin'), join(root, 'home'), join(root, 'work')] as const
  for (const path of [bin, home, folder]) await mkdir(path)
  const nodes = nameNodes(cluster)
  await writeFile(join(folder, 'SHA256SUMS'), renderSums(cluster.description))
  await cp(cluster.pluginDirectories[0] ?? '', join(folder, 'release'), { recursive: true })
  // As npm install lays it out, beside the folder, so that no search of the folder goes into it.
  await mkdir(join(root, 'node_modules'))
  await symlink(checkout, join(root, 'node_modules', 'lockstep'))
  await writeProgram(bin, 'lockstep', `exec ${process.execPath} ${program} "$@"`)
  await writeProgram(bin, 'bao', `exec ${await ensureServerProgram()} "$@"`)
  await writeProgram(bin, 'scp', copyToNode(nodes))
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    BAO_ADDR: cluster.addresses[0] ?? '',
    BAO_TOKEN: cluster.token,
    BAO_CLI_NO_COLOR: '1',
  }
  let lastOutput = ''
  return {
    get lastOutput() {
      return lastOutput
    },
    write: async (name, text) => {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    },
    run: async ({ script, types }) => {
      const bash = ['bash', '-euo', 'pipefail', '-c', script]
      const [file = '', ...args] = types === undefined ? bash : onTerminal(types, bash)
      const ended = await execa(file, args, {
        cwd: folder,
        env,
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
        all: true,
        timeout: 600_000,
      })
      if (ended.exitCode === undefined) throw new Error(`it did not end: ${ended.message}`)
      lastOutput = withNames(stripVTControlCharacters(ended.all), nodes)
      const written = { 'its output': ended.all, 'its files': await readAll([home, folder]) }
      assertUnseen([cluster.token], written, [script])
      return { exitCode: ended.exitCode, output: lastOutput }
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

interface NamedNode {
  readonly name: string
  readonly address: string
  readonly pluginDirectory: string
}

/** In the order of their node ids, as every list of nodes is. */
function nameNodes(cluster: TestCluster): readonly NamedNode[] {
  return cluster.description.nodes.map((node, index) => ({
    ...node,
    name: `bao-${String(index + 1)}`,
  }))
}

/** The nodes of a test share a host, so they are shown with their ports; those of a reader do not. */
function withNames(text: string, nodes: readonly NamedNode[]): string {
  return nodes.reduce((named, { name, address }) => {
    const host = new URL(address).host
    return named.replaceAll(address, `https://${name}:8200`).replaceAll(host, name)
  }, text)
}

function copyToNode(nodes: readonly NamedNode[]): string {
  return [
    'case "$2" in',
    ...nodes.map(({ name, pluginDirectory }) => `${name}:*) to=${pluginDirectory};;`),
    'esac',
    'exec cp --remove-destination "$1" "$to/$(basename "$2")"',
  ].join('\n')
}

async function writeProgram(bin: string, name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(bin, name), 0o755)
}

async function readAll(folders: readonly string[]): Promise<string> {
  const texts: string[] = []
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      if (!entry.isFile() || entry.parentPath.endsWith('/release')) continue
      texts.push(await readFile(join(entry.parentPath, entry.name), 'utf8'))
    }
  }
  return texts.join('\n')
}
