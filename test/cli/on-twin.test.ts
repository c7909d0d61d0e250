/** The output of commands for a cluster: the built program on simulated nodes. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { createTwin, type Twin } from '../../src/twin/cluster/twin.ts'
import { startTwinServer, type TwinServer } from '../../src/twin/http/http-server.ts'
import type { ServerRequest, ServerResponse } from '../../src/domain/exchange.ts'
import { ROOT_NAMESPACE } from '../../src/domain/names.ts'
import { nodeAddress, sha256Of, plugin, version } from '../builders/live.ts'
import { type Run, runLockstep } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

const TOKEN = 'the-token-of-the-twin'
const KV = plugin('secret/x-kv')
const NEW = version('v0.21.0')
const FILE = { command: 'kv-0.21.0', sha256: sha256Of(KV, NEW) }
const NODES = [1, 2, 3].map(nodeAddress)

const own: {
  twin?: Twin
  server?: TwinServer
  instead?: (request: ServerRequest) => ServerResponse | undefined
} = {}

beforeEach(async () => {
  delete own.instead
  own.twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: NODES.map((address) => ({
      address,
      files: { [FILE.command]: { sha256: FILE.sha256 } },
    })),
  })
  const { twin } = own
  own.server = await startTwinServer(
    {
      ...twin,
      send: (node, request) => {
        return own.instead?.(request) ?? twin.send(node, request)
      },
    },
    { token: TOKEN },
  )
})
afterEach(() => own.server?.close())

/** Sends a request to the active node. */
function send(method: 'POST' | 'DELETE', path: string, body?: Record<string, unknown>): void {
  const namespace = ROOT_NAMESPACE
  const request = { method, path, namespace, forwarding: true, ...(body !== undefined && { body }) }
  const { status } = own.twin!.send(own.twin!.active()!, request)
  expect(status).toBeLessThan(300)
}

/** The third node joins the cluster when that request is made. */
function joinsAt(method: string, path: string): void {
  const { twin } = own
  let isMember = false
  twin!.stopNode(NODES[2]!)
  own.instead = (request) => {
    if (request.method === method && request.path === path) {
      isMember = true
      twin!.startNode(NODES[2]!)
    }
    const isRaft = request.path === 'sys/storage/raft/configuration'
    return isRaft && !isMember ? withoutThird(twin!.send(twin!.active()!, request)) : undefined
  }
}

function withoutThird({ status, body }: ServerResponse): ServerResponse {
  const { servers } = (body as { data: { config: { servers: { node_id: string }[] } } }).data.config
  const others = servers.filter(({ node_id }) => node_id !== 'node3')
  expect(others).toHaveLength(2)
  return { status, body: { data: { config: { servers: others } } } }
}

function addresses(): readonly string[] {
  return own.server!.addresses
}

function run(...args: readonly string[]): Promise<Run> {
  return runLockstep(args, {
    env: { BAO_ADDR: addresses()[0]!, BAO_TOKEN: TOKEN },
  })
}

/** A mount whose plugin has lost its only entry. Restarts the last `nodes` nodes after that. */
function loseMount(nodes: number): void {
  send('POST', `sys/plugins/catalog/${KV}`, { ...FILE, version: NEW })
  send('POST', 'sys/mounts/xx', { type: 'x-kv', config: { plugin_version: NEW } })
  send('DELETE', `sys/plugins/catalog/${KV}?version=${NEW}`)
  // The active node restarts last: the node that takes over sets up its mounts again.
  for (const node of NODES.slice(-nodes).reverse()) own.twin!.restartNode(node)
}

describe('a mount whose plugin is no longer registered', () => {
  test('is shown as lost on the nodes that lost it', async () => {
    loseMount(2)

    const { stdout } = await run('status')

    const line = stdout.split('\n').find((text) => text.startsWith('xx/'))
    expect(line?.match(/nothing down/g)).toHaveLength(2)
    expect(line).toContain('v0.21.0 !')
    expect(line).not.toContain('builtin')
  })

  test('is shown, and noted by import, when every node has lost it', async () => {
    loseMount(3)

    const { stdout } = await run('status')
    const imported = await run('import')

    expect(stdout).toContain('1 mount on 3 nodes: 1 not as configured, 1 down.')
    expect(stdout).toContain('nothing down')
    expect(imported.stdout).toMatch(/^# Note: xx\/ is a mount of secret\/x-kv, of which nothing is/)
  })
})

describe('mounts of builtin plugins', () => {
  beforeEach(() => {
    send('POST', 'sys/auth/jwt', { type: 'jwt' })
    send('POST', 'sys/mounts/pki', { type: 'pki' })
  })

  test('are counted, and shown if --plugin asks for them', async () => {
    const [all, chosen] = await Promise.all([
      run('status'),
      run('status', '--plugin', 'secret/pki'),
    ])

    expect(all.stdout).toContain(
      '2 mounts of compiled-in plugins not shown (auth/jwt, secret/pki): --plugin <type/name>',
    )
    expect(all.stdout).not.toContain('MOUNT')
    expect(chosen.stdout).toContain('1 mount on 3 nodes, each as configured.')
    expect(chosen.stdout).not.toContain('not shown')
  })

  test('are shown if the file names their plugin', async () => {
    const file = 'version: 1\nplugins: { auth/jwt: { use: builtin } }\n'
    await using folder = await makeScratchFolder({ 'lockstep.yaml': file })

    const { stdout } = await run('status', '-f', folder.path)

    expect(stdout).toMatch(/^auth\/jwt\/ .*v2\.7\.2\+builtin\.bao ok/m)
    expect(stdout).toContain('1 mount of compiled-in plugins not shown (secret/pki)')
  })
})

describe('database connections', () => {
  const DB = plugin('database/x-db')
  const BUILTIN = 'mysql-database-plugin'

  beforeEach(() => {
    send('POST', 'sys/mounts/db', { type: 'database' })
    send('POST', 'db/config/own', { plugin_name: BUILTIN })
  })

  /** A connection whose plugin has lost its only entry. */
  function loseConnection(): void {
    send('POST', `sys/plugins/catalog/${DB}`, { ...FILE, version: NEW })
    send('POST', 'db/config/orders', { plugin_name: 'x-db', plugin_version: NEW })
    send('DELETE', `sys/plugins/catalog/${DB}?version=${NEW}`)
  }

  test('are shown by status and noted by import if nothing is registered for them', async () => {
    loseConnection()

    const [{ stdout }, imported] = await Promise.all([run('status'), run('import')])

    expect(stdout).toMatch(/^db\/config\/orders +database\/x-db +v0\.21\.0 !$/m)
    expect(stdout).toContain('1 connection not registered.')
    expect(imported.stdout).toMatch(
      /^# Note: db\/config\/orders is a connection of database\/x-db,/,
    )
  })

  test('of builtin plugins are counted, and shown if --plugin asks for them', async () => {
    const [all, chosen] = await Promise.all([
      run('status'),
      run('status', '--plugin', `database/${BUILTIN}`),
    ])

    expect(all.stdout).not.toContain('db/config/own')
    expect(all.stdout).toContain('1 mount and 1 connection of compiled-in plugins not shown')
    expect(chosen.stdout).toMatch(/^db\/config\/own +database\/mysql-database-plugin +default$/m)
  })
})

test('drift names the apply command with the given files, address and nodes', async () => {
  const plugins = `
version: 1
plugins:
  ${KV}: { use: ${NEW}, versions: { ${NEW}: { command: ${FILE.command}, sha256: ${FILE.sha256} } } }
`
  const files = { 'cluster.yaml': 'version: 1\ncluster: { name: lab }\n', 'plugins.yaml': plugins }
  await using folder = await makeScratchFolder(files)
  const asked = ['-f', folder.path, '--address', addresses()[0]!]
  const nodes = addresses().flatMap((address) => ['--node', address])

  const { stdout, exitCode } = await run('drift', ...asked, ...nodes)

  expect(exitCode).toBe(2)
  expect(stdout).toContain(`\`lockstep apply ${[...asked, ...nodes].join(' ')}\``)
})

test('a node that is not in the given list is shown as not asked', async () => {
  const { stdout } = await run('status', '--node', addresses()[0]!, '--node', addresses()[1]!)

  expect(stdout).toMatch(
    /\(not asked\) the cluster has 3 nodes, and this is none of the 2 that are listed/,
  )
  expect(stdout).not.toContain('unreachable')
})

test('a sealed node is reported once', async () => {
  own.twin!.seal(NODES[2]!)

  const { stdout } = await run('status', ...addresses().flatMap((address) => ['--node', address]))

  expect(stdout).toMatch(/ \(sealed\)$/m)
})

test('a secret in a server’s answer is neither printed nor written to the journal', async () => {
  const said = `could not start: PW=a-secret-value with ${TOKEN}`
  own.instead = ({ method, path }) =>
    method === 'POST' && path.startsWith('sys/plugins/catalog')
      ? { status: 500, body: { errors: [said] } }
      : undefined
  const versions = { [NEW]: { ...FILE, env: { PW: 'a-secret-value' } } }
  const file = JSON.stringify({ version: 1, plugins: { [KV]: { use: NEW, versions } } })
  await using folder = await makeScratchFolder({ 'lockstep.yaml': file })

  const { stdout, stderr, journal, exitCode } = await run(
    ...['apply', '--auto-approve', '-f', folder.path],
  )

  expect(exitCode).toBe(5)
  expect(stdout).toContain('could not start: PW=*** with ***')
  expect(journal).toContain('could not start: PW=*** with ***')
  for (const text of [stdout, stderr, journal]) {
    expect(text).not.toContain('a-secret-value')
    expect(text).not.toContain(TOKEN)
  }
})

test('a step for which the token lacks a right exits 8 with the line for the policy', async () => {
  own.instead = ({ method, path }) =>
    method === 'POST' && path.startsWith('sys/plugins/catalog')
      ? { status: 403, body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] } }
      : undefined
  const plugins = { [KV]: { use: NEW, versions: { [NEW]: FILE } } }
  await using folder = await makeScratchFolder({
    'lockstep.yaml': JSON.stringify({ version: 1, plugins }),
  })

  const { stdout, exitCode } = await run('apply', '--auto-approve', '-f', folder.path)

  expect(exitCode).toBe(8)
  expect(stdout).toContain(
    `the token’s policy needs path "sys/plugins/catalog/${KV}" { capabilities = ["sudo", "update"] }`,
  )
  expect(stdout).not.toContain('not registered')
  expect(stdout).toContain('The failed step changed nothing')
})

/** Refuses the first of these requests, with a `Retry-After` of so many seconds. */
function isBusyOnce(status: number, seconds: number, is: (request: ServerRequest) => boolean) {
  let refused = false
  own.instead = (request) => {
    if (refused || !is(request)) return undefined
    refused = true
    return { status, body: { errors: ['too many requests'] }, retryAfter: String(seconds) }
  }
}

test.each([
  [429, 'a write', ({ method }: ServerRequest) => method === 'POST'],
  [503, 'a read between its steps', ({ path }: ServerRequest) => path.includes(`${KV}?version`)],
])('apply says that it waits after a %i to %s, and continues', async (status, _what, is) => {
  const plugins = { [KV]: { use: NEW, versions: { [NEW]: FILE } } }
  await using folder = await makeScratchFolder({
    'lockstep.yaml': JSON.stringify({ version: 1, plugins }),
  })
  let wrote = false
  isBusyOnce(status, 3, (request) => {
    wrote ||= request.method === 'POST'
    return wrote && is(request)
  })

  const applied = await run('apply', '-f', folder.path, '--auto-approve')

  expect(applied.stderr).toMatch(
    /http:\/\/127\.0\.0\.1:\d+ is busy or limits requests: waiting [34] s …/,
  )
  expect(applied.exitCode).toBe(0)
})

describe('files on the nodes', () => {
  const OLD = version('v0.16.2')
  const OLD_FILE = { command: 'kv-0.16.2', sha256: sha256Of(KV, OLD) }

  /**
   * A mount on the old version. The new version is registered, and the file changes the mount to
   * it.
   */
  async function makeUpgrade(cluster: object = {}) {
    for (const node of NODES) own.twin!.putFile(node, OLD_FILE.command, OLD_FILE)
    send('POST', `sys/plugins/catalog/${KV}`, { ...OLD_FILE, version: OLD })
    send('POST', `sys/plugins/catalog/${KV}`, { ...FILE, version: NEW })
    send('POST', 'sys/mounts/xx', { type: 'x-kv', config: { plugin_version: OLD } })
    const plugins = { [KV]: { use: NEW, versions: { [NEW]: FILE } } }
    return makeScratchFolder({ 'lockstep.yaml': JSON.stringify({ version: 1, cluster, plugins }) })
  }

  test('--html of plan and drift writes their pages', async () => {
    await using folder = await makeUpgrade()
    const [plan, drift] = ['plan', 'drift'].map((name) => join(folder.path, `${name}.html`))

    const planned = await run('plan', '-f', folder.path, '--html', plan!)
    const drifted = await run('drift', '-f', folder.path, '--html', drift!)

    expect([planned.exitCode, drifted.exitCode]).toEqual([0, 2])
    expect(await readFile(plan!, 'utf8')).toContain('Upgrades 1 mount on 3 nodes')
    expect(await readFile(drift!, 'utf8')).toContain('Drift: 1 version-differs')
  })

  test('block a plan if a standby lacks a file that the plan starts, and status shows them', async () => {
    await using folder = await makeUpgrade()
    own.twin!.removeFile(NODES[1]!, FILE.command)

    const plan = await run('plan', '-f', folder.path, '--json')
    const status = await run('status')

    const { findings } = JSON.parse(plan.stdout) as Plan
    expect(plan.exitCode).toBe(3)
    expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject([
      { rule: 'binary-missing', subject: addresses()[1] },
    ])
    expect(status.stdout).toMatch(/Could not be read\n.*kv-0\.21\.0: no such file/)
  })

  test('are checked with binary_check if the entry is registered already, and for a rollback', async () => {
    const script =
      'const [log, line, command] = process.argv.slice(1);' +
      'require("fs").appendFileSync(log, line + "\\n");' +
      `console.log(command === "${FILE.command}" ? "${FILE.sha256}" : "${'0'.repeat(64)}")`
    await using log = await makeScratchFolder({ asked: '' })
    const file = join(log.path, 'asked')
    const check = [process.execPath, '-e', script, file, '{address} {command}', '{command}']
    await using folder = await makeUpgrade({ binary_check: check })

    const { stdout, exitCode } = await run('plan', '-f', folder.path, '--json')

    const asked = (await readFile(file, 'utf8')).trimEnd().split('\n')
    const every = addresses().flatMap((address) =>
      [FILE, OLD_FILE].map(({ command }) => `${address} ${command}`),
    )
    expect(asked.sort()).toEqual(every.sort())
    const { findings } = JSON.parse(stdout) as Plan
    expect(exitCode).toBe(0)
    expect(
      findings.flatMap(({ rule, severity }) => (rule === 'binary-differs' ? severity : [])),
    ).toEqual(['warning', 'warning', 'warning'])
  })

  test('block a saved plan if they have changed since and the file has a binary_check', async () => {
    await using disk = await makeScratchFolder({ sum: FILE.sha256 })
    const sum = join(disk.path, 'sum')
    const check = [process.execPath, '-p', 'fs.readFileSync(process.argv[1], "utf8")', sum]
    await using folder = await makeUpgrade({ binary_check: [...check, '{command}'] })
    const saved = join(disk.path, 'plan.json')
    await run('plan', '-f', folder.path, '--out', saved)
    await writeFile(sum, '0'.repeat(64))

    const held = await run('apply', saved, '--auto-approve')
    await writeFile(sum, FILE.sha256)
    const applied = await run('apply', saved, '--auto-approve')

    expect(held.exitCode).toBe(3)
    expect(held.stderr).toContain('nothing was changed')
    expect(held.journal).not.toContain('run_started')
    for (const address of addresses()) {
      expect(held.stderr).toContain(`binary-differs  ${address}`)
    }
    expect(applied.exitCode).toBe(0)
  })

  test.each([false, true])(
    'are not said to be in order on a node that joins during the run, saved plan: %s',
    async (isSaved) => {
      await using folder = await makeUpgrade()
      const saved = join(folder.path, 'plan.json')
      joinsAt('POST', 'sys/mounts/xx/tune')
      await run('plan', '-f', folder.path, '--out', saved)

      const applied = await run(
        ...['apply', ...(isSaved ? [saved] : ['-f', folder.path]), '--auto-approve'],
      )

      expect(applied.exitCode).toBe(4)
      expect(applied.stdout).not.toContain('Apply complete')
      expect(applied.stdout).toContain(`nodes that are not in the plan: ${addresses()[2]!}`)
      expect(applied.stdout).toMatch(
        isSaved ? /plan again: lockstep plan --out/ : /plan again: lockstep apply/,
      )
    },
  )
})

describe('a cluster that cannot be read completely', () => {
  const FULL = { exitCode: 0, stdout: expect.stringMatching(/^No (drift|changes)\./m) as string }

  /** The output of drift and plan for a cluster that is in sync. */
  async function look(): Promise<{ readonly drift: Run; readonly plan: Run }> {
    const plugins = { [KV]: { use: NEW, versions: { [NEW]: FILE } } }
    const text = JSON.stringify({ version: 1, plugins })
    await using folder = await makeScratchFolder({ 'lockstep.yaml': text })
    return {
      drift: await run('drift', '-f', folder.path),
      plan: await run('plan', '--detailed-exitcode', '-f', folder.path),
    }
  }

  beforeEach(() => send('POST', `sys/plugins/catalog/${KV}`, { ...FILE, version: NEW }))

  test('is reported as in sync only if everything was read', async () => {
    const { drift, plan } = await look()

    expect(drift).toMatchObject(FULL)
    expect(plan).toMatchObject(FULL)
  })

  test.each([
    [
      'the members may not be read',
      () => {
        own.instead = ({ path }) =>
          path === 'sys/storage/raft/configuration'
            ? { status: 403, body: { errors: ['permission denied'] } }
            : undefined
      },
      { planExits: 9 },
    ],
    // A node that cannot be asked blocks a plan.
    ['a node is sealed', () => own.twin!.seal(NODES[2]!), { planExits: 3 }],
  ])('exits 9 if nothing differs and %s', async (_, hide, { planExits }) => {
    hide()

    const { drift, plan } = await look()

    expect(drift.exitCode).toBe(9)
    expect(drift.stdout).toContain('Not known: nothing differs in what could be read')
    expect(drift.stdout).not.toContain('No drift')
    expect(plan.exitCode).toBe(planExits)
    expect(plan.stdout).not.toContain('No changes')
  })
})
