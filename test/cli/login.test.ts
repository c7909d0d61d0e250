/** Where a login goes, and what is shown of its secrets, with servers that are not what they seem. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runLockstep } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

/** A server that notes the path of each request. */
async function startServer(answer: RequestListener) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    asked,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const LOGIN = {
  ...{ LOCKSTEP_AUTH: 'approle', LOCKSTEP_ROLE_ID: 'the-role' },
  LOCKSTEP_SECRET_ID: 'canary-of-a-secret-id-6c2e',
}
const json = { 'Content-Type': 'application/json' }
const fileFor = (address: string): string =>
  `version: 1\ncluster: { address: '${address}' }\nplugins: {}\n`

test('no login goes to an address that an untrusted file names', async () => {
  await using server = await startServer((_, response) => response.writeHead(500).end())
  await using folder = await makeScratchFolder({ 'a.yaml': fileFor(server.address) })

  const run = await runLockstep(['plan', '--untrusted-files', '-f', join(folder.path, 'a.yaml')], {
    env: LOGIN,
  })

  expect(run).toMatchObject({ exitCode: 1, stdout: '' })
  expect(run.stderr).toContain('--untrusted-files takes the address from the command line')
  expect(server.asked).toEqual([])
})

test('no login is sent if a variable and the file name different addresses', async () => {
  await using server = await startServer((_, response) => response.writeHead(500).end())
  await using folder = await makeScratchFolder({ 'a.yaml': fileFor(server.address) })
  const env = { ...LOGIN, BAO_ADDR: server.address.replace('127.0.0.1', 'localhost') }

  const run = await runLockstep(['plan', '-f', join(folder.path, 'a.yaml')], { env })

  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain('so neither was asked anything')
  expect(server.asked).toEqual([])
})

test.each([
  [400, { errors: [`invalid secret_id ${LOGIN.LOCKSTEP_SECRET_ID}`] }, 8, 'invalid secret_id ***'],
  [200, { auth: { client_token: LOGIN.LOCKSTEP_SECRET_ID } }, 1, 'auth.renewable'],
  [200, { auth: null }, 1, 'not its documented shape'],
  [200, [], 1, 'not its documented shape'],
  [307, {}, 1, 'HTTP 307'],
  [503, { errors: ['Vault is sealed'] }, 1, 'is sealed'],
])('an answer %d %j to a login shows no secret', async (...[status, body, exitCode, words]) => {
  await using server = await startServer((_, response) => {
    response.writeHead(status, { ...json, Location: 'http://127.0.0.1:1/' })
    response.end(JSON.stringify(body))
  })

  // The runner searches what is written for the secrets of `env`.
  const run = await runLockstep(['status', '--verbose'], {
    env: { ...LOGIN, BAO_ADDR: server.address },
  })

  expect(run).toMatchObject({ exitCode, stdout: '' })
  expect(run.stderr).toContain(words)
  expect(new Set(server.asked)).toEqual(new Set(['POST /v1/auth/approle/login']))
})

test('a wrapped secret ID cannot be used for check after check', async () => {
  await using folder = await makeScratchFolder({ 'a.yaml': fileFor('http://127.0.0.1:1') })
  const args = [
    'drift',
    '--interval',
    '1m',
    '--secret-id-wrapped',
    '-f',
    join(folder.path, 'a.yaml'),
  ]

  const run = await runLockstep(args, { env: LOGIN })

  expect(run).toMatchObject({ exitCode: 1, stdout: '' })
  expect(run.stderr).toContain('a wrapped secret ID cannot be used with --interval')
})
