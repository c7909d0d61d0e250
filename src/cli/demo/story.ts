/**
 * A story in scenes. Each scene runs a command of the program on a cluster that is set up for the
 * story: the status, the drift, plans that are refused, a plan that is applied, and one that fails
 * and is rolled back. The story is the same on simulated and on real servers.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LockstepError } from '../../domain/errors.ts'
import type { Product } from '../../domain/live.ts'
import { line, lines } from '../../domain/printable.ts'
import type { Host } from '../host/host.ts'

/** The cluster of the story. */
export interface DemoCluster {
  /** Says in a sentence what the servers are. */
  readonly introduction: string
  readonly product: Product
  readonly addresses: readonly string[]
  readonly token: string
  /** The hashes of the plugin files on the nodes, by file. */
  readonly sha256: Readonly<Record<StoryFile, string>>
  /** Sends a request to the cluster; throws unless it is accepted. */
  readonly request: (method: string, path: string, body?: object) => Promise<void>
  /**
   * The index of a node that runs plugins: a standby, or the active node if standbys run none
   * (Vault).
   */
  readonly victim: number
  /** On the node at this index: removes a plugin file, replaces its content, or restores it. */
  readonly removeFile: (node: number, file: StoryFile) => Promise<void>
  readonly spoilFile: (node: number, file: StoryFile) => Promise<void>
  readonly restoreFile: (node: number, file: StoryFile) => Promise<void>
}

/** The file of a version that the story makes up. */
export const NEXT_FILE = 'secrets-kv-0.22.0'
export const STORY_FILES = [
  'secrets-kv-0.16.2',
  'secrets-kv-0.21.0',
  NEXT_FILE,
  'auth-jwt-0.25.0',
] as const
export type StoryFile = (typeof STORY_FILES)[number]

const MOUNTS = ['billing', 'payroll', 'search', 'staging', 'web'] as const

/** Runs the program in this process. Returns its exit code. */
export type RunProgram = (args: readonly string[], host: Host) => Promise<number>

/** Tells the story. Throws a LockstepError if a command does not exit as the story expects. */
export async function tellStory(stage: DemoCluster, host: Host, run: RunProgram): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-demo-'))
  try {
    host.out(lines(stage.introduction))
    await setUp(stage)
    let shown = ''
    for (const [number, { title, text, before, file, command, exitCode }] of scenes(
      stage,
    ).entries()) {
      host.out(lines(`\n== ${number + 1}. ${title}`, text))
      await before?.()
      if (file !== undefined) await writeFile(join(folder, 'lockstep.yaml'), file)
      if (file !== undefined && file !== shown) {
        host.out(lines('\n$ cat lockstep.yaml', file.trimEnd()))
        shown = file
      }
      host.out(line`\n$ lockstep ${command.join(' ')}`)
      const options = file === undefined ? [] : ['-f', join(folder, 'lockstep.yaml')]
      const code = await run([...command, ...options], inStory(host, stage, folder))
      host.out(line`(exit code ${code})`)
      if (code !== exitCode) throw unexpectedExit(command, code, exitCode)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A host on which commands see the cluster of the story and an empty home folder. */
function inStory(host: Host, stage: DemoCluster, folder: string): Host {
  return {
    ...host,
    home: folder,
    env: {
      NO_COLOR: host.env['NO_COLOR'],
      BAO_ADDR: stage.addresses[0],
      BAO_TOKEN: stage.token,
      XDG_STATE_HOME: folder,
    },
  }
}

/**
 * Sets up five mounts on the old plugin, an overridden builtin, and a mount that will be lost at
 * the next restart.
 */
async function setUp({ request, sha256 }: DemoCluster): Promise<void> {
  const entry = (file: StoryFile) => ({ command: file, sha256: sha256[file] })
  const old = 'sys/plugins/catalog/secret/team-kv'
  await request('POST', old, { version: 'v0.16.2', ...entry('secrets-kv-0.16.2') })
  for (const mount of MOUNTS) {
    await request('POST', `sys/mounts/${mount}`, {
      type: 'team-kv',
      config: { plugin_version: 'v0.16.2' },
    })
    await request('POST', `${mount}/greeting`, { text: `hello from ${mount}` })
  }
  // This mount will be lost: the version that it runs is no longer registered.
  const archive = 'sys/plugins/catalog/secret/archive-kv'
  await request('POST', archive, { version: 'v0.16.2', ...entry('secrets-kv-0.16.2') })
  await request('POST', 'sys/mounts/archive', {
    type: 'archive-kv',
    config: { plugin_version: 'v0.16.2' },
  })
  await request('DELETE', `${archive}?version=v0.16.2`)
  await request('POST', 'sys/auth/jwt', { type: 'jwt' })
  await request('POST', 'sys/plugins/catalog/auth/jwt', entry('auth-jwt-0.25.0'))
  await request('POST', 'sys/plugins/reload/backend', { mounts: ['auth/jwt/'] })
}

interface Scene {
  readonly title: string
  readonly text: string
  readonly before?: () => Promise<void>
  /** The desired state. Absent: the command reads none. */
  readonly file?: string
  readonly command: readonly string[]
  /** The expected exit code. */
  readonly exitCode: number
}

function scenes(stage: DemoCluster): readonly Scene[] {
  const kv = (use: string, more: string): string => desiredKv(stage, use, more)
  const upgraded = kv('v0.21.0', '')
  const whole = upgraded + desiredOthers(stage)
  return [
    {
      title: 'What is there',
      text: 'Five mounts of one plugin on three nodes. Somebody overrode the builtin jwt and reloaded only one node. Somebody also deregistered the version that archive/ runs.',
      command: ['status'],
      exitCode: 0,
    },
    {
      title: 'What is wrong with it',
      text: 'How the cluster differs from the file, and why. At the next restart archive/ would be gone.',
      file: whole,
      command: ['drift'],
      exitCode: 2,
    },
    {
      title: 'A plan that is refused',
      text: 'The file retires v0.16.2 while one mount is held at it. Servers accept that, and lose the mount at the next restart.',
      file: kv('v0.21.0', '    retire: [v0.16.2]\n') + held('payroll/', 'v0.16.2'),
      command: ['plan'],
      exitCode: 3,
    },
    {
      title: 'The corrected plan',
      text: 'Without the retirement: what archive/ runs is registered again, a canary goes first, then the other mounts with one reload for each node, standbys before the active node.',
      file: whole + canary('staging/'),
      command: ['plan', '--detailed-exitcode'],
      exitCode: 2,
    },
    {
      title: 'Carried out',
      text: 'Each step is checked before and after.',
      file: whole + canary('staging/'),
      command: ['apply', '--auto-approve', '--quiet'],
      exitCode: 0,
    },
    {
      title: 'Every node runs what the file says',
      text: 'No mount has lost its data: each has the accessor that it had before.',
      file: whole,
      command: ['drift'],
      exitCode: 0,
    },
    ...(stage.product === 'openbao' ? [missingFile(stage)] : []),
    {
      title: 'An upgrade that fails',
      text: 'Somebody puts another build on one node under the right name. A server checks the file only when it starts it.',
      before: async () => {
        await registerNext(stage)
        await stage.spoilFile(stage.victim, NEXT_FILE)
      },
      file: desiredNext(stage) + canary('staging/'),
      command: ['apply', '--auto-approve'],
      exitCode: 5,
    },
    {
      title: 'Rolled back',
      text: 'The canary runs its old version on every node; the other mounts were never touched.',
      before: () => stage.restoreFile(stage.victim, NEXT_FILE),
      command: ['status'],
      exitCode: 0,
    },
  ]
}

/** Only OpenBao checks that an entry's file exists when the entry is read. */
function missingFile(stage: DemoCluster): Scene {
  return {
    title: 'A file that is missing',
    text: 'The next version is registered, but one node has lost its file since. The active node does not know that. Asked directly, that node reports it.',
    before: async () => {
      await registerNext(stage)
      await stage.removeFile(stage.victim, NEXT_FILE)
    },
    file: desiredNext(stage) + canary('staging/'),
    command: ['plan'],
    exitCode: 3,
  }
}

function registerNext({ request, sha256 }: DemoCluster): Promise<void> {
  return request('POST', 'sys/plugins/catalog/secret/team-kv', {
    version: 'v0.22.0',
    command: NEXT_FILE,
    sha256: sha256[NEXT_FILE],
  })
}

function desiredKv({ sha256 }: DemoCluster, use: string, more: string): string {
  return `version: 1
plugins:
  secret/team-kv:
    use: ${use}
    versions:
      v0.16.2: { command: secrets-kv-0.16.2, sha256: ${sha256['secrets-kv-0.16.2']} }
      v0.21.0:
        command: secrets-kv-0.21.0
        sha256: ${sha256['secrets-kv-0.21.0']}
        data: { upgrade_from: ">=0.16.0", downgrade_to: ">=0.16.0" }
${more}`
}

function desiredOthers({ sha256 }: DemoCluster): string {
  return `  secret/archive-kv:
    use: v0.16.2
    versions:
      v0.16.2: { command: secrets-kv-0.16.2, sha256: ${sha256['secrets-kv-0.16.2']} }
  auth/jwt:
    overrides: builtin
    use: unversioned
    versions:
      unversioned: { command: auth-jwt-0.25.0, sha256: ${sha256['auth-jwt-0.25.0']} }
`
}

function desiredNext({ sha256 }: DemoCluster): string {
  return `version: 1
plugins:
  secret/team-kv:
    use: v0.22.0
    versions:
      v0.21.0: { command: secrets-kv-0.21.0, sha256: ${sha256['secrets-kv-0.21.0']} }
      v0.22.0:
        command: ${NEXT_FILE}
        sha256: ${sha256[NEXT_FILE]}
        data: { upgrade_from: ">=0.16.0" }
`
}

function held(mount: string, use: string): string {
  return `mounts:\n  ${mount}: { plugin: secret/team-kv, use: ${use}, because: "its owner is on leave" }\n`
}

function canary(mount: string): string {
  return `mounts:\n  ${mount}: { plugin: secret/team-kv, canary: true }\n`
}

function unexpectedExit(command: readonly string[], code: number, expected: number): LockstepError {
  return new LockstepError({
    code: 'demo-failed',
    message: `the story expects lockstep ${command.join(' ')} to exit ${expected}, and it exited ${code}`,
  })
}
