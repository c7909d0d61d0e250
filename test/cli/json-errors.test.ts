/**
 * A command with `--json` that fails prints one error document. `runLockstep` checks it against its
 * schema.
 */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { assertJournals, assertJson, assertOut } from '../json-documents.ts'
import { makeScratchFolder } from './scratch-folder.ts'
import { runLockstep } from './run-lockstep.ts'

/** No server listens at this address. */
const NOWHERE = { BAO_ADDR: 'http://127.0.0.1:9' }
const BAD = 'version: 1\nplugins:\n  secret/kv: { uze: v1 }\n'

test.each([
  [['plan'], { code: 'invalid-input', exit_code: 1 }],
  [['drift'], { code: 'invalid-input', exit_code: 1 }],
  [['apply', '--auto-approve'], { code: 'invalid-input', exit_code: 1 }],
])('%j gives the place of a mistake in a file', async (args, error) => {
  await using folder = await makeScratchFolder({ 'lockstep.yaml': BAD })

  const run = await runLockstep([...args, '--json'], { cwd: folder.path, env: NOWHERE })

  expect(run.exitCode).toBe(1)
  expect(JSON.parse(run.stdout)).toEqual({
    format: 1,
    error: {
      ...error,
      message: 'unknown key uze',
      details: [],
      problems: [
        {
          message: 'unknown key uze',
          source: { file: 'lockstep.yaml', line: 3, column: 16 },
          hint: 'did you mean use?',
        },
      ],
    },
  })
  expect(run.stderr).toContain('lockstep.yaml:3:16: unknown key uze')
})

test.each([
  [['status', '--json'], 'unreachable'],
  [['status', '--json', '--colour'], 'usage'],
  [['show', '--json', 'no-such.json'], 'unreadable-file'],
  [['show', '--json', '.'], 'unreadable-file'],
  [['history', '--json', 'no-such-run'], 'no-such-run'],
  [['validate', '--json', '--format', 'sarif'], 'usage'],
])('%j has the code %s', async (args, code) => {
  await using folder = await makeScratchFolder({})

  const run = await runLockstep(args, { cwd: folder.path, env: NOWHERE })

  expect(run.exitCode).toBe(1)
  expect(JSON.parse(run.stdout)).toMatchObject({ format: 1, error: { code, exit_code: 1 } })
  expect(run.stderr).not.toBe('')
})

test('a document that does not fit its schema is found', () => {
  const check = (stdout: string) => () => assertJson(['status', '--json'], stdout, { exitCode: 1 })

  expect(check('{}')).toThrow('does not fit lockstep:status')
  expect(check('{"format":1,"error":{}}')).toThrow('does not fit lockstep:error')
  expect(check('')).toThrow()
  const listing = (stdout: string) => () =>
    assertJson(['history', '--json'], stdout, { exitCode: 0 })
  expect(listing('{"format":1,"runs":[]}')).not.toThrow()
  expect(listing('[]')).toThrow('does not fit lockstep:history')
  expect(listing('{"format":1,"runs":[{"name":"r"}]}')).toThrow('does not fit lockstep:history')
  expect(listing('{"event":"run_waiting"}\n')).toThrow('does not fit lockstep:journal')
  expect(() => assertJson(['lock', '--json'], '{}', { exitCode: 0 })).toThrow('no schema is known')
  const wrong = { code: 'x', message: '', exit_code: 3, details: [], problems: [] }
  expect(check(JSON.stringify({ format: 1, error: wrong }))).toThrow('says exit 3')
})

test('a file that does not fit its schema is found', async () => {
  await using folder = await makeScratchFolder({
    'plan.json': '{"format":2}',
    'runs/one.jsonl': '{"event":"run_waiting"}\n',
    'cut/two.jsonl': '{"event":"run_',
  })
  const out = (...args: string[]) => {
    return () => assertOut(args, { exitCode: 2, cwd: folder.path })
  }

  expect(out('plan', '--out', 'plan.json')).toThrow('does not fit lockstep:plan')
  expect(out('drift', '--json', '--out=plan.json')).toThrow('does not fit lockstep:drift')
  expect(out('import', '--out', 'plan.json')).not.toThrow()
  expect(out('plan', '--out', 'missing.json')).toThrow('ENOENT')
  expect(() => assertJournals(folder.path)).toThrow('does not fit lockstep:journal')
  expect(() => assertJournals(join(folder.path, 'cut'))).not.toThrow()
})
