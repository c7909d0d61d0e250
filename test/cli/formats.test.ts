/** `--format`, as a pipeline uses it. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { upgradePlan } from '../builders/plan.ts'
import { liveNode, mountPath, plugin, version } from '../builders/live.ts'
import { formatPlan } from '../../src/plan/format-plan.ts'
import { comparisonId, planId } from '../../src/plan/make-plan.ts'
import { makeScratchFolder } from './scratch-folder.ts'
import { runLockstep } from './run-lockstep.ts'

const UPGRADE = upgradePlan({
  plugin: plugin('secret/my-kv'),
  from: version('v1.0.0'),
  to: version('v1.1.0'),
  nodes: [liveNode(1)],
  mounts: [mountPath('a/')],
})
const GENUINE = { ...UPGRADE, plan_id: planId(UPGRADE) }

interface Sarif {
  readonly runs: readonly unknown[]
}

test('validate annotates a problem at its line, with the path from the root of the repository', async () => {
  const bad = 'version: 1\nplugins:\n  secret/kv: { uze: v1 }\n'
  await using folder = await makeScratchFolder({ 'lockstep.yaml': bad })
  const env = { GITHUB_WORKSPACE: join(folder.path, '..') }
  const name = folder.path.split('/').at(-1)!

  const run = await runLockstep(['validate', '--format', 'github'], { cwd: folder.path, env })

  expect(run.exitCode).toBe(1)
  expect(run.stdout).toContain(
    `::error file=${name}/lockstep.yaml,line=3,col=16,title=invalid-input::`,
  )
})

describe.each(['plan', 'drift', 'validate'])('%s of a file with a mistake', (command) => {
  const bad = 'version: 1\nplugins:\n  secret/kv: { uze: v1 }\n'
  const run = async (format: string) => {
    await using folder = await makeScratchFolder({ 'lockstep.yaml': bad })
    const ended = await runLockstep([command, '--format', format], { cwd: folder.path })
    expect(ended.exitCode).toBe(1)
    return ended.stdout
  }

  test('annotates it at its line', async () => {
    expect(await run('github')).toBe(
      [
        '::error file=lockstep.yaml,line=3,col=16,title=invalid-input::unknown key uze%0AFix: did you mean use?',
        'lockstep.yaml: not valid, 1 problem',
      ].join('\n'),
    )
  })

  test('gives a result in SARIF', async () => {
    const { runs } = JSON.parse(await run('sarif')) as Sarif
    expect(runs).toMatchObject([
      {
        automationDetails: { id: `lockstep ${command}/lockstep.yaml` },
        results: [{ ruleId: 'invalid-input', level: 'error' }],
      },
    ])
  })

  test('fails a test in JUnit', async () => {
    expect(await run('junit')).toContain('<failure type="invalid-input" message="unknown key uze">')
  })
})

test.each([
  [['plan'], 'unreachable'],
  [['drift'], 'unreachable'],
  [['show', 'no-such.json'], 'unreadable-file'],
])('%j also says in the format why it fails', async (args, code) => {
  const good = 'version: 1\nplugins: {}\n'
  await using folder = await makeScratchFolder({ 'lockstep.yaml': good })
  const env = { BAO_ADDR: 'http://127.0.0.1:9' }

  const run = await runLockstep([...args, '--format', 'github'], { cwd: folder.path, env })

  expect(run.exitCode).toBe(1)
  expect(run.stdout).toMatch(new RegExp(`^::error title=command-failed ${code}::`))
  expect(run.stderr).toMatch(/^Error: /m)
})

test('validate gives no result for a valid file', async () => {
  const good = 'version: 1\nplugins: {}\n'
  await using folder = await makeScratchFolder({ 'lockstep.yaml': good })

  const run = await runLockstep(['validate', '--format', 'sarif'], { cwd: folder.path })

  expect(run.exitCode).toBe(0)
  expect(JSON.parse(run.stdout)).toMatchObject({ runs: [{ results: [] }] })
})

test('a plan whose comparison was edited is an edited plan', async () => {
  const comparison = {
    ref: 'main',
    commit: '0'.repeat(40),
    only_here: GENUINE.steps.map(({ id }) => id),
    in_both: [],
    only_there: [],
  }
  const id = comparisonId(GENUINE.plan_id, comparison)
  await using folder = await makeScratchFolder({
    'genuine.json': formatPlan({ ...GENUINE, against: { id, ...comparison } }),
    'edited.json': formatPlan({ ...GENUINE, against: { id, ...comparison, ref: 'other' } }),
  })

  const genuine = await runLockstep(['show', 'genuine.json'], { cwd: folder.path })
  const edited = await runLockstep(['show', 'edited.json'], { cwd: folder.path })

  expect(genuine.exitCode).toBe(0)
  expect(genuine.stdout).toContain('Compared with main (commit 000000000000)')
  expect(edited.exitCode).toBe(1)
  expect(edited.stdout).toMatch(/^EDITED: /)
})

test('says in the first visible line of every form that a plan was edited, and exits 1', async () => {
  const edited = formatPlan({ ...GENUINE, changes: [] })
  await using folder = await makeScratchFolder({ 'plan.json': edited })

  const show = (...flags: readonly string[]) =>
    runLockstep(['show', 'plan.json', ...flags], { cwd: folder.path })
  const [text, markdown, github, json] = [
    await show(),
    await show('--markdown'),
    await show('--format', 'github'),
    await show('--json'),
  ]

  for (const { exitCode } of [text, markdown, github, json]) expect(exitCode).toBe(1)
  expect(text.stdout).toMatch(/^EDITED: plan\.json was changed/)
  expect(markdown.stdout).toMatch(/^<!-- [^\n]+ -->\n\n\*\*EDITED: /)
  expect(github.stdout).toMatch(/^::error file=plan\.json,title=edited-plan /)
  expect(json.stderr).toMatch(/^EDITED: /)
})

test('the comment of a saved plan has its expiry, the commit and the command that applies it', async () => {
  const saved = formatPlan({ ...GENUINE, created_at: '2126-05-01T10:00:00.000Z' })
  const event = JSON.stringify({ pull_request: { head: { sha: 'a'.repeat(40) } } })
  await using folder = await makeScratchFolder({ 'my plan.json': saved, 'event.json': event })
  const env = {
    GITHUB_EVENT_NAME: 'pull_request_target',
    GITHUB_EVENT_PATH: join(folder.path, 'event.json'),
    GITHUB_SHA: 'b'.repeat(40),
  }

  const run = await runLockstep(['show', 'my plan.json', '--markdown', '--max-age', '2h'], {
    cwd: folder.path,
    env,
  })

  expect(run.exitCode).toBe(0)
  expect(run.stdout).toContain('expires `2126-05-01T12:00:00.000Z`')
  expect(run.stdout).toContain(`commit \`${'a'.repeat(40)}\``)
  expect(run.stdout).toContain(`\nlockstep apply 'my plan.json' --expect ${GENUINE.plan_id}\n`)
})

test.each([
  [
    ['--json', '--format', 'sarif'],
    /option '--format <format>' cannot be used with option '--json'/,
  ],
  [['--markdown-limit', 'many'], /Write a number of bytes, such as 60000/],
  [
    ['--markdown', '--markdown-limit', '10'],
    /--markdown-limit 10 is too small: .* takes \d+ bytes/,
  ],
  [['--format', 'html'], /Allowed choices are github, sarif, junit/],
])('%j is refused', async (flags, message) => {
  await using folder = await makeScratchFolder({ 'plan.json': formatPlan(GENUINE) })

  const run = await runLockstep(['show', 'plan.json', ...flags], { cwd: folder.path })

  expect(run.exitCode).toBe(1)
  expect(run.stderr).toMatch(message)
})

test('refuses two plans of one cluster in one comment', async () => {
  await using folder = await makeScratchFolder({
    'a.json': formatPlan(GENUINE),
    'b.json': formatPlan(GENUINE),
  })

  const run = await runLockstep(['show', 'a.json', 'b.json', '--markdown'], { cwd: folder.path })

  expect(run.exitCode).toBe(1)
  expect(run.stdout).toBe('')
  expect(run.stderr).toContain('two of the plans are for the same cluster, prod-eu')
})
