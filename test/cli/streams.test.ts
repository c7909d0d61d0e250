/** Streams and files that cannot be written: exit codes keep their meaning. */
import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Sha256 } from '../../src/domain/names.ts'
import { startTwinServer, type TwinServer } from '../../src/twin/http/http-server.ts'
import { createTwin } from '../../src/twin/cluster/twin.ts'
import { mountPath, nodeAddress, plugin, version } from '../builders/live.ts'
import { checkout } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

const program = join(checkout, 'dist', 'cli.js')
const sha256 = 'ab'.repeat(32) as Sha256
/** A version to register, so that there is drift. */
const state = JSON.stringify({
  version: 1,
  plugins: { 'secret/x-kv': { versions: { 'v1.0.0': { command: 'kv', sha256 } } } },
})

let server: TwinServer
beforeEach(async () => {
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [{ address: nodeAddress(1), files: { kv: { sha256 } } }],
  })
  server = await startTwinServer(twin, { token: 'the-token' })
})
afterEach(() => server.close())

/** The size of a pipe on Linux, in bytes. */
const PIPE = 65_536
/** Long names, so that few mounts are enough. */
const largeMounts = Array.from({ length: 200 }, (_, at) =>
  mountPath(`${'long-'.repeat(50)}${1_000 + at}/`),
)
const large = plugin('secret/x-kv')
const [old, next] = [version('v1.0.0'), version('v2.0.0')]
const upgrade = JSON.stringify({
  version: 1,
  plugins: {
    [large]: {
      use: next,
      versions: {
        [old]: { command: 'kv', sha256 },
        [next]: {
          command: 'kv-2',
          sha256: 'cd'.repeat(32),
          data: { upgrade_from: '*', downgrade_to: '*' },
        },
      },
    },
  },
})

/** A node with so many mounts that a plan for them does not fit into a pipe. */
function startLargeServer(): Promise<TwinServer> {
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [{ address: nodeAddress(1), files: { kv: { sha256 } } }],
    catalog: [{ plugin: large, version: old, command: 'kv', sha256, args: [], declarative: false }],
    mounts: largeMounts.map((path) => ({ path, plugin: large, configured_version: old })),
  })
  return startTwinServer(twin, { token: 'the-token' })
}

/** `redirect`: the redirection of a shell, after the command. */
async function shell(folder: string, command: string, redirect: string, on: TwinServer = server) {
  const script = `"$0" "${program}" ${command} ${redirect}; echo "exit \${PIPESTATUS[0]}" >&2`
  const { stderr } = await execa('bash', ['-c', script, process.execPath], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      BAO_ADDR: on.addresses[0]!,
      BAO_TOKEN: 'the-token',
    },
    extendEnv: false,
    reject: false,
  })
  return stderr
}

test.each([
  ['drift', 'exit 2'],
  ['plan --detailed-exitcode', 'exit 2'],
  ['plan', 'exit 0'],
])('%s into a pipe without a reader exits %s', async (command, code) => {
  await using folder = await makeScratchFolder({ 'lockstep.yaml': state })

  const stderr = await shell(folder.path, command, '| true')

  expect(stderr.trim().split('\n').at(-1)).toBe(code)
})

test('a plan that is larger than a pipe arrives completely, however slowly it is read', async () => {
  const server = await startLargeServer()
  onTestFinished(() => server.close())
  await using folder = await makeScratchFolder({ 'lockstep.yaml': upgrade })
  const plan = 'plan --detail'

  const whole = await shell(folder.path, plan, '> whole', server)
  const slow = await shell(folder.path, plan, '| { sleep 0.3; cat; } > slow', server)
  const left = await shell(folder.path, plan, '| head -n 1 > first', server)

  for (const stderr of [whole, slow, left]) expect(stderr).toMatch(/exit 0$/)
  const text = await readFile(join(folder.path, 'whole'), 'utf8')
  expect(text.length).toBeGreaterThan(PIPE)
  expect(text.replace(/\s/g, '')).toContain(largeMounts.at(-1))
  expect(await readFile(join(folder.path, 'slow'), 'utf8')).toBe(text)
})

test.each([
  ['drift', 'exit 2'],
  ['status', 'exit 1'],
])('%s onto a full disk reports that and exits %s', async (command, code) => {
  await using folder = await makeScratchFolder({ 'lockstep.yaml': state })

  const stderr = await shell(folder.path, command, '> /dev/full')

  expect(stderr).toContain('The output could not be written (ENOSPC).')
  expect(stderr.trim().split('\n').at(-1)).toBe(code)
})

test('apply with its output and its log on a full disk still applies the plan, and exits 0', async () => {
  await using folder = await makeScratchFolder({ 'lockstep.yaml': state })

  const apply = 'apply --auto-approve --log-file /dev/full'
  const stderr = await shell(folder.path, apply, '> /dev/full')

  expect(stderr).toContain('The log /dev/full cannot be written any more (ENOSPC)')
  expect(stderr.trim().split('\n').at(-1)).toBe('exit 0')
  expect(await shell(folder.path, 'drift', '')).toContain('exit 0')
})

test('--out and --log-file do not follow a symbolic link, except /dev/stdout', async () => {
  await using folder = await makeScratchFolder({ 'lockstep.yaml': state, victim: 'untouched' })
  await symlink(join(folder.path, 'victim'), join(folder.path, 'link'))

  const out = await shell(folder.path, 'plan --out link', '')
  const log = await shell(folder.path, 'apply --auto-approve --log-file link', '')
  const stdout = await shell(folder.path, 'plan --out /dev/stdout --quiet', '> piped')

  expect(out).toContain('it is a symbolic link')
  expect(out).toContain('exit 1')
  expect(log).toContain('it is a symbolic link')
  expect(await readFile(join(folder.path, 'victim'), 'utf8')).toBe('untouched')
  expect(stdout).toContain('exit 0')
  expect(await readFile(join(folder.path, 'piped'), 'utf8')).toContain('"plan_id"')
})
