/** `lockstep demo`: shows an upgrade on three simulated nodes. Changes nothing else. */
import { createHash } from 'node:crypto'
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { type NodeAddress, ROOT_NAMESPACE, type Sha256 } from '../../domain/names.ts'
import { builtinPlugins } from '../../domain/builtin-plugins.ts'
import { startTwinServer } from '../../twin/http/http-server.ts'
import { createTwin } from '../../twin/cluster/twin.ts'
import {
  type RunProgram,
  type DemoCluster,
  STORY_FILES,
  type StoryFile,
  tellStory,
} from '../demo/story.ts'
import type { Host } from '../host/host.ts'

const TOKEN = 'simulated-token'
const SERVER_VERSION = '2.7.2'
const [FIRST, ...OTHERS] = [1, 2, 3].map(
  (number) => `http://node${number}:8200` as NodeAddress,
) as [NodeAddress, ...NodeAddress[]]
const NODES = [FIRST, ...OTHERS]

export async function demo(host: Host, run: RunProgram): Promise<ExitCode> {
  const sha256 = Object.fromEntries(STORY_FILES.map((file) => [file, sha256Of(file)])) as Record<
    StoryFile,
    Sha256
  >
  const files = Object.fromEntries(STORY_FILES.map((file) => [file, { sha256: sha256[file] }]))
  const twin = createTwin({
    product: 'openbao',
    server_version: SERVER_VERSION,
    cluster: { name: 'simulated', id: 'simulated' },
    nodes: NODES.map((address) => ({ address, files })),
    builtins: builtinPlugins('openbao', SERVER_VERSION),
  })
  const server = await startTwinServer(twin, { token: TOKEN })
  try {
    const stage: DemoCluster = {
      introduction:
        'These three servers are SIMULATED: a model of OpenBao inside this process, which answers as real\nservers were recorded to. Nothing real is touched.',
      product: 'openbao',
      addresses: server.addresses,
      token: TOKEN,
      sha256,
      victim: 1,
      request: (method, path, body) => {
        const { status } = twin.send(FIRST, {
          method: method as 'GET' | 'POST',
          path,
          ...(body !== undefined && { body: body as Record<string, unknown> }),
          namespace: ROOT_NAMESPACE,
          forwarding: true,
        })
        return status < 300 ? Promise.resolve() : Promise.reject(refused(method, path, status))
      },
      removeFile: (node, file) => {
        twin.removeFile(NODES[node] ?? FIRST, file)
        return Promise.resolve()
      },
      spoilFile: (node, file) => {
        twin.putFile(NODES[node] ?? FIRST, file, { sha256: sha256Of(`another ${file}`) })
        return Promise.resolve()
      },
      restoreFile: (node, file) => {
        twin.putFile(NODES[node] ?? FIRST, file, { sha256: sha256[file] })
        return Promise.resolve()
      },
    }
    await tellStory(stage, host, run)
    host.out(
      '\nThat was on simulated servers. On real ones, in a checkout of Lockstep: npm start -- --real\n',
    )
    return EXIT.done
  } finally {
    await server.close()
  }
}

function sha256Of(content: string): Sha256 {
  return createHash('sha256').update(content).digest('hex') as Sha256
}

function refused(method: string, path: string, status: number): LockstepError {
  return new LockstepError({
    code: 'demo-failed',
    message: `the simulated cluster answered ${status} to ${method} ${path}`,
  })
}
