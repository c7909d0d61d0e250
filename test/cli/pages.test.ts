/** `--html`: where the page goes, and what a command says if it cannot be written. */
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatPlan } from '../../src/plan/format-plan.ts'
import { planId } from '../../src/plan/make-plan.ts'
import { failedRun, RUN_NAME } from '../render/runs.ts'
import { upgraded } from '../render/reviewed-plans.ts'
import { makeScratchFolder } from './scratch-folder.ts'
import { runLockstep } from './run-lockstep.ts'

const PLAN = formatPlan({
  ...upgraded,
  plan_id: planId(upgraded),
  created_at: '2126-05-01T10:00:00.000Z',
})

test('show writes a page beside what it prints', async () => {
  await using folder = await makeScratchFolder({ 'plan.json': PLAN })
  const show = (...flags: readonly string[]) =>
    runLockstep(['show', 'plan.json', ...flags], { cwd: folder.path })

  const [bare, run] = [await show(), await show('--html', 'plan.html')]

  expect(run).toEqual(bare)
  expect(run.exitCode).toBe(0)
  const page = await readFile(join(folder.path, 'plan.html'), 'utf8')
  expect(page).toMatch(/^<!doctype html>[^]*<\/html>\n$/)
  expect(page).toContain('Upgrades 3 mounts on 3 nodes; can be rolled back')
  expect(page).toContain('2126-05-02T10:00:00.000Z')
  expect(page).toContain('lockstep apply plan.json --expect ')
  expect((await stat(join(folder.path, 'plan.html'))).mode & 0o777).toBe(0o600)
})

test('the page of an edited plan says so, and the exit code is 1', async () => {
  const edited = PLAN.replace('"not in the catalog"', '"harmless"')
  await using folder = await makeScratchFolder({ 'plan.json': edited })

  const run = await runLockstep(['show', 'plan.json', '--html', 'plan.html', '--json'], {
    cwd: folder.path,
  })

  expect(run.exitCode).toBe(1)
  const page = await readFile(join(folder.path, 'plan.html'), 'utf8')
  expect(page).toMatch(/<strong>EDITED\.<\/strong>/)
  expect(page).not.toContain('--expect')
})

test('a plan whose date is at the end of time has no expiry', async () => {
  const late = PLAN.replace('2126-05-01T10:00:00.000Z', '+275760-09-13T00:00:00.000Z')
  await using folder = await makeScratchFolder({ 'plan.json': late })

  const run = await runLockstep(['show', 'plan.json', '--html', 'plan.html', '--markdown'], {
    cwd: folder.path,
  })

  expect(run.exitCode).toBe(0)
  expect(run.stdout).not.toContain('expires')
})

test('history writes the page of one run, and needs one', async () => {
  await using folder = await makeScratchFolder({})
  const journals = join(folder.path, 'journals')
  await mkdir(journals)
  const lines = failedRun().map((event) => `${JSON.stringify(event)}\n`)
  await writeFile(join(journals, `${RUN_NAME}.jsonl`), lines.join(''))
  const history = (...args: readonly string[]) =>
    runLockstep(['history', ...args, '--journal', journals, '--html', 'run.html'], {
      cwd: folder.path,
    })

  const [one, none] = [await history('2026-05'), await history()]

  expect(one.exitCode).toBe(0)
  const page = await readFile(join(folder.path, 'run.html'), 'utf8')
  expect(page).toContain('A step failed and was rolled back; 1 of 11 steps done')
  expect(none.exitCode).toBe(1)
  expect(none.stderr).toContain('--html writes the page of one run, and no run was given')
})

test.each([
  ['link.html', 'the page is not written to link.html: it is a symbolic link'],
  ['no/such/folder.html', 'the page cannot be written to no/such/folder.html (ENOENT)'],
])('%s is refused', async (path, message) => {
  await using folder = await makeScratchFolder({ 'plan.json': PLAN, 'kept.html': 'kept' })
  await symlink('kept.html', join(folder.path, 'link.html'))

  const run = await runLockstep(['show', 'plan.json', '--html', path], { cwd: folder.path })

  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain(message)
  expect(await readFile(join(folder.path, 'kept.html'), 'utf8')).toBe('kept')
})
