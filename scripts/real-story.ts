/**
 * Tells the story of `lockstep demo` on three real nodes, which are started for it and stopped
 * after it. Leaves nothing behind, Ctrl-C included.
 */
import { createHash } from 'node:crypto'
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DemoCluster,
  NEXT_FILE,
  STORY_FILES,
  type StoryFile,
  tellStory,
} from '../src/cli/demo/story.ts'
import { processHost } from '../src/cli/host/host.ts'
import { main } from '../src/cli/main.ts'
import { LockstepError } from '../src/domain/errors.ts'
import { startCluster, type TestCluster } from '../test/cluster/cluster.ts'
import { MissingToolError } from '../test/cluster/missing-tool-error.ts'

const BUILT_FILES = STORY_FILES.filter((file) => file !== NEXT_FILE)

/** The exit code. */
export async function tellRealStory(version: string): Promise<number> {
  const progress = showProgress()
  const starting = startCluster({ plugins: BUILT_FILES, log: progress.log }).finally(progress.end)
  stopOnSignal(starting)
  try {
    const cluster = await starting
    try {
      await tellStory(await stageOf(cluster), processHost(), (args, host) =>
        main(args, host, version),
      )
      console.log('\nThe servers are stopped. To try things on some, until Ctrl-C: npm run cluster')
      return 0
    } finally {
      await cluster.stop()
    }
  } catch (error) {
    if (!(error instanceof MissingToolError || error instanceof LockstepError)) throw error
    console.error(error.message)
    return 1
  }
}

async function stageOf(cluster: TestCluster): Promise<DemoCluster> {
  const active = await cluster.activeIndex()
  const all = cluster.addresses.map((_, index) => index)
  // As the story counts them: the active node first, then the standbys.
  const nodes = [active, ...all.filter((index) => index !== active)]
  const fileOn = (node: number, file: StoryFile): string =>
    join(cluster.node(nodes[node] ?? active).pluginDirectory, file)
  const next = await makeNextFile(cluster)
  return {
    introduction: `Three real nodes of ${cluster.product} ${cluster.version}, with real plugins.`,
    product: cluster.product,
    addresses: nodes.map((index) => cluster.addresses[index] ?? ''),
    token: cluster.token,
    sha256: Object.fromEntries([
      ...BUILT_FILES.map((file) => [file, cluster.pluginSha256(file)]),
      [NEXT_FILE, next],
    ]) as Record<StoryFile, string>,
    victim: (await cluster.servingIndices()).length > 1 ? 1 : 0,
    request: async (method, path, body) => {
      const options = body === undefined ? {} : { body: { ...body } }
      const { status } = await cluster.request(active, method, path, options)
      if (status >= 300) throw new Error(`${method} ${path} was answered with ${String(status)}`)
    },
    removeFile: (node, file) => rm(fileOn(node, file)),
    spoilFile: async (node, file) => {
      // A file that runs cannot be written over, only taken away.
      await rm(fileOn(node, file), { force: true })
      await writeFile(fileOn(node, file), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    },
    restoreFile: async (node, file) => {
      await rm(fileOn(node, file), { force: true })
      await copyFile(fileOn(node + 1, file), fileOn(node, file))
    },
  }
}

/**
 * Copies the newest plugin to each node under the name of the next version, one byte longer, so that
 * it has another hash. Returns its SHA-256.
 */
async function makeNextFile(cluster: TestCluster): Promise<string> {
  const directories = cluster.addresses.map((_, index) => cluster.node(index).pluginDirectory)
  const newest = await readFile(join(directories[0] ?? '', 'secrets-kv-0.21.0'))
  const content = Buffer.concat([newest, Buffer.from('\n')])
  for (const directory of directories) {
    await writeFile(join(directory, NEXT_FILE), content, { mode: 0o755 })
  }
  return createHash('sha256').update(content).digest('hex')
}

/** Building takes minutes where nothing is cached: now and then it says that it goes on. */
function showProgress() {
  const began = performance.now()
  const seconds = (): string => `${String(Math.round((performance.now() - began) / 1000))} s`
  const timer = setInterval(() => {
    console.error(`  … ${seconds()}`)
  }, 10_000)
  console.error('Starting three servers; the first time they and the plugins are made.')
  return {
    log: (line: string) => {
      console.error(`  ${line}`)
    },
    end: () => {
      clearInterval(timer)
    },
  }
}

function stopOnSignal(starting: Promise<TestCluster>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      void (async () => {
        // A build that the same Ctrl-C reached cleans up after itself; nobody waits for another.
        const cluster = await Promise.race([starting, sleep(5_000)]).catch(() => undefined)
        await cluster?.stop()
        process.exit(130)
      })()
    })
  }
}
