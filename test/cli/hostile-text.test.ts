/**
 * Texts of others, printed by the built program: they do not act on a terminal and begin no line.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { liveNode, mountPath, plugin, version } from '../builders/live.ts'
import { finding, planCluster, upgradePlan } from '../builders/plan.ts'
import { type Run, runLockstep } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

const EVIL =
  'x\u001b[2J\u001b]0;t\u0007\u0000\r\nFORGED done\u2028FORGED\u202e\u200b\u009b31m\ue000y'

function expectHarmless({ stdout, stderr }: Run): void {
  for (const text of [stdout, stderr]) {
    expect(
      text.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu)?.filter((one) => one !== '\n') ?? [],
    ).toEqual([])
    expect(text).not.toMatch(/^\s*FORGED/m)
  }
}

const NODES = [liveNode(1), liveNode(2)]

function hostilePlan() {
  const made = upgradePlan(
    {
      plugin: plugin('secret/my-kv'),
      from: version('v1.0.0'),
      to: version('v1.1.0'),
      nodes: NODES,
      mounts: [mountPath('a/')],
    },
    {
      cluster: planCluster(NODES, { name: EVIL, server_version: EVIL }),
      findings: [
        finding({ rule: EVIL, subject: EVIL, message: EVIL, fix: EVIL, at: EVIL, lines: [EVIL] }),
        finding({ subject: EVIL, message: EVIL, allowed: EVIL, severity: 'note' }),
      ],
    },
  )
  return {
    ...made,
    steps: made.steps.map((step) => ({ ...step, why: EVIL })),
    changes: made.changes.map((change) => ({
      ...change,
      subject: EVIL,
      why: EVIL,
      fields: [{ name: EVIL, from: `${EVIL}1`, to: EVIL }],
    })),
  }
}

it.each([[], ['--detail'], ['--markdown'], ['--json']])('a saved plan, %j', async (...flags) => {
  await using folder = await makeScratchFolder({ 'plan.json': JSON.stringify(hostilePlan()) })

  const run = await runLockstep(['show', 'plan.json', ...flags], { cwd: folder.path })

  expect(run.stdout).toContain('FORGED')
  expectHarmless(run)
})

it('a saved plan as JSON parses to the saved document', async () => {
  const plan = hostilePlan()
  await using folder = await makeScratchFolder({ 'plan.json': JSON.stringify(plan) })

  const run = await runLockstep(['show', 'plan.json', '--json'], { cwd: folder.path })

  expect(JSON.parse(run.stdout)).toEqual(JSON.parse(JSON.stringify(plan)))
})

it('with colours, the only escape sequences are those of the palette', async () => {
  await using folder = await makeScratchFolder({ 'plan.json': JSON.stringify(hostilePlan()) })

  const run = await runLockstep(['show', 'plan.json', '--color', 'always'], { cwd: folder.path })

  expect(run.stdout).toContain('\u001b[1m')
  // eslint-disable-next-line no-control-regex -- the colours are control sequences
  const plain = run.stdout.replace(/\u001b\[(?:1|2|22|3[1236]|39)m/g, '')
  expectHarmless({ ...run, stdout: plain })
})

it('arguments, paths and files', async () => {
  const file = `plugins:\n  secret/kv: ${JSON.stringify({ [EVIL]: EVIL, use: EVIL })}\nmounts: ${JSON.stringify({ [EVIL]: EVIL })}\n`
  await using folder = await makeScratchFolder({ 'evil.yaml': file, 'plan.json': EVIL })
  const name = EVIL.replace('\u0000', '')
  const commands = [
    ['show', name],
    ['show', 'plan.json'],
    ['explain', name],
    ['history', name],
    ['validate', name],
    ['validate', 'evil.yaml'],
    ['plan', '-f', 'evil.yaml'],
    ['plan', '--allow', name],
    ['status', '--plugin', name],
    ['status', '--address', name],
    [name],
    ['plan', `--${name}`],
  ]
  for (const args of commands) {
    const run = await runLockstep(args, { cwd: folder.path })
    expect(run.exitCode).not.toBe(0)
    expectHarmless(run)
  }
})

it('journals', async () => {
  await using folder = await makeScratchFolder({})
  const journals = join(folder.path, 'journals')
  await mkdir(journals)
  const common = { at: EVIL, run: EVIL }
  const events = [
    { event: 'step_failed', ...common, step: EVIL, reason: EVIL },
    { event: 'run_waiting', ...common, reason: EVIL },
    { event: 'undo_failed', ...common, step: EVIL, reason: EVIL },
  ]
  await writeFile(
    join(journals, 'run-1.jsonl'),
    events.map((one) => `${JSON.stringify(one)}\n`).join(''),
  )

  for (const args of [['history'], ['history', 'run-1'], ['history', '--json']]) {
    expectHarmless(await runLockstep([...args, '--journal', journals], { cwd: folder.path }))
  }
})

it('a server’s words, also with --verbose', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(400, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ errors: [EVIL], data: { name: EVIL } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const env = { BAO_ADDR: `http://127.0.0.1:${port}`, BAO_TOKEN: 'a-token' }
    for (const args of [['status'], ['import'], ['status', '--verbose'], ['lock', 'show']]) {
      const run = await runLockstep(args, { env })
      expect(run.exitCode).not.toBe(0)
      expectHarmless(run)
    }
  } finally {
    server.close()
    server.closeAllConnections()
  }
})
