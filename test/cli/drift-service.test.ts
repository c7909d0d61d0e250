/** `lockstep drift --interval`: the built program on simulated nodes. */
import { type AddressInfo, connect, createServer } from 'node:net'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTwin, type Twin } from '../../src/twin/cluster/twin.ts'
import { startTwinServer, type TwinServer } from '../../src/twin/http/http-server.ts'
import { nodeAddress, plugin, sha256Of, version } from '../builders/live.ts'
import { Workplace } from '../faults/run-program.ts'
import { assertDocument } from '../json-documents.ts'
import { RunningService } from '../service.ts'
import { runLockstep } from './run-lockstep.ts'

const TOKEN = 'the-token-of-the-twin'
const KV = plugin('secret/x-kv')
const FILE = { command: 'kv-0.21.0', sha256: sha256Of(KV, version('v0.21.0')) }
const DESIRED = JSON.stringify({
  version: 1,
  cluster: { name: 'lab' },
  plugins: { [KV]: { use: 'v0.21.0', versions: { 'v0.21.0': FILE } } },
})

const own: { twin?: Twin; server?: TwinServer; place?: Workplace; hangs?: boolean } = {}

beforeAll(async () => {
  const twin = createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: [1, 2, 3].map((number) => ({
      address: nodeAddress(number),
      files: { [FILE.command]: { sha256: FILE.sha256 } },
    })),
  })
  own.twin = twin
  own.server = await startTwinServer(twin, { token: TOKEN })
  own.place = await Workplace.make(TOKEN, { BAO_ADDR: own.server.addresses[0] ?? '' })
  await writeFile(join(own.place.home, 'lockstep.yaml'), DESIRED)
})
afterAll(async () => {
  await own.server?.close()
  await own.place?.[Symbol.asyncDispose]()
})

const start = (...args: readonly string[]): RunningService =>
  new RunningService(own.place!, ['--interval', '1s', ...args])

describe('the service', () => {
  test('answers what the last check found, and ends with 0 at SIGTERM', async () => {
    const service = start('--listen', '127.0.0.1:0')
    await service.nextRound(({ result }) => result === 'drift')

    const page = await service.get('/')
    const report = (await (await service.get('/report.json')).json()) as { in_sync: boolean }
    const [head, posted] = await Promise.all([
      service.get('/metrics', { method: 'HEAD' }),
      service.get('/metrics', { method: 'POST', body: 'x'.repeat(100) }),
    ])

    expect(await page.text()).toContain('<h1')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    assertDocument('lockstep:drift', report)
    expect(report.in_sync).toBe(false)
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(posted.status).toBe(405)
    expect((await service.get('/readyz')).status).toBe(200)
    expect(await service.metric('lockstep_drift_differences', 'lab', 'not-registered')).toBe(1)
    expect(await service.metric('lockstep_service_up')).toBe(1)

    service.kill('SIGTERM')
    const { exitCode, stdout, stderr } = await service.ended
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(stderr.trimEnd().split('\n').at(-1)).toContain('"event":"stopped"')
  })

  test('reads the files again, and goes on if they are wrong', async () => {
    const service = start('--listen', '127.0.0.1:0')
    const file = join(own.place!.home, 'lockstep.yaml')
    await service.nextRound(({ result }) => result === 'drift')
    await writeFile(file, 'version: 1\nplugins: [')
    await service.nextRound(({ cause }) => cause === 'invalid-input')

    expect(await service.metric('lockstep_drift_check_success')).toBe(0)
    expect(await (await service.get('/')).text()).toContain('failed (invalid-input)')

    await writeFile(file, DESIRED)
    await service.nextRound(({ result }) => result === 'drift')
    service.kill('SIGINT')
    expect((await service.ended).exitCode).toBe(0)
  })

  test('ends in the middle of a check whose node does not answer', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const service = start(
      '--listen',
      '127.0.0.1:0',
      '--address',
      `http://127.0.0.1:${String(port)}`,
    )
    await once(silent, 'connection')

    expect((await service.get('/healthz')).status).toBe(200)
    expect((await service.get('/readyz')).status).toBe(503)
    service.kill('SIGTERM')
    const { exitCode } = await service.ended
    silent.close()

    expect(exitCode).toBe(0)
  })

  test('answers nothing but an error to a request that is too large or is none', async () => {
    const service = start('--listen', '127.0.0.1:0')
    await service.get('/healthz')
    const { listen = '' } = service.log().find((line) => line.listen !== undefined) ?? {}
    const send = async (text: string): Promise<string> => {
      const socket = connect(Number(listen.split(':')[1]), '127.0.0.1')
      let answered = ''
      socket.on('data', (chunk: Buffer) => (answered += chunk.toString()))
      socket.on('error', () => undefined)
      socket.write(text)
      await once(socket, 'close')
      return answered
    }

    expect(
      await send(`GET /metrics HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(9000)}\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 431 /)
    expect(await send('\u0000\u0001 garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 405 /,
    )
    expect((await service.get('/healthz')).status).toBe(200)
    service.kill('SIGTERM')
    expect((await service.ended).exitCode).toBe(0)
  })
})

describe('refused at the start, with exit code 1:', () => {
  const refuse = (...args: readonly string[]) =>
    runLockstep(['drift', '-f', join(own.place!.home, 'lockstep.yaml'), ...args], {
      env: { BAO_ADDR: own.server?.addresses[0] ?? '', BAO_TOKEN: TOKEN },
    })

  test.each([
    [['--interval', '0'], 'Write a time from 1s to 24d'],
    [['--interval', '500ms'], 'Write a time from 1s to 24d'],
    [['--interval', '30d'], 'Write a time from 1s to 24d'],
    [['--interval', 'often'], 'Write a time such as 30s'],
    [['--listen', '127.0.0.1:0'], '--listen needs --interval'],
    [['--interval', '1s', '--listen', '9470'], 'Write an address and a port'],
    [['--interval', '1s', '--listen', '300.1.1.1:80'], 'Write an address and a port'],
    [['--interval', '1s', '--listen', '192.0.2.1:9470'], 'this machine does not have that address'],
    [['--interval', '1s', '-f', '-'], '-f - cannot be used with --interval'],
    [['--interval', '1s', '--after', '1s'], '--after is the time between two readings'],
    [['--interval', '1s', '--json'], "cannot be used with option '--json'"],
    [['--interval', '1s', '--out', 'x'], "cannot be used with option '--out <file>'"],
    [['--interval', '1s', '-f', '/nowhere.yaml'], '/nowhere.yaml'],
  ])('%j', async (args, expected) => {
    const { exitCode, stderr } = await refuse(...args)

    expect(stderr).toContain(expected)
    expect(exitCode).toBe(1)
  })

  test('a port in use', async () => {
    const port = new URL(own.server?.addresses[0] ?? '').port
    const { exitCode, stderr } = await refuse('--interval', '1s', '--listen', `127.0.0.1:${port}`)

    expect(stderr).toContain('another program listens there')
    expect(exitCode).toBe(1)
  })
})
