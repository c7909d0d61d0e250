import { expect, test } from 'vitest'
import { driftReport } from '../../test/builders/drift-report.ts'
import { catalogEntry, plugin, version } from '../../test/builders/live.ts'
import {
  ASKED,
  CATALOG,
  cluster,
  FILE,
  NEW,
  OLD,
  running,
  THREE,
  TWO,
} from '../../test/drift/one-mount.ts'
import type { LiveState } from '../domain/live.ts'
import { findDrift } from '../drift/find-drift.ts'
import { logRound } from './log-entry.ts'

const TIMES = { began: new Date(0), duration: 2 }
const entryOf = (live: LiveState) =>
  logRound({ kind: 'reported', ...TIMES, report: driftReport(findDrift(FILE, live, ASKED)) })

test('a round with drift counts its differences by class', () => {
  const entry = entryOf(cluster(NEW, { [TWO]: running(OLD), [THREE]: running(OLD) }))

  expect(entry).toMatchObject({ level: 'warning', result: 'drift', began: TIMES.began.toJSON() })
  expect(entry['differences']).toEqual({ 'node-skew': 2 })
})

test('a plugin that no file names is no drift', () => {
  const catalog = [...CATALOG, catalogEntry(plugin('secret/other'), version('v1.0.0'))]
  const report = driftReport(findDrift(FILE, cluster(NEW, {}, { catalog }), ASKED))
  expect(report.unmanaged).toHaveLength(1)

  const entry = logRound({ kind: 'reported', ...TIMES, report })

  expect(entry).toMatchObject({ level: 'info', result: 'no_drift' })
  expect(entry).not.toHaveProperty('differences')
})

test('a round that could not read everything is incomplete', () => {
  const found = driftReport(findDrift(FILE, cluster(NEW), ASKED))
  const [unread] = findDrift(FILE, cluster(NEW, { [TWO]: running(OLD) }), ASKED).differences
  const report = { ...found, unreadable: [unread!] }

  expect(logRound({ kind: 'reported', ...TIMES, report })).toMatchObject({
    ...{ level: 'warning', result: 'incomplete', unreadable: 1 },
  })
})

test('a failed round has its cause, and a hint only if there is one', () => {
  const failure = { kind: 'failed', cause: 'sealed', message: 'a node is sealed' } as const
  const entry = logRound({ ...failure, ...TIMES, details: [], hint: undefined })

  expect(entry).toEqual({
    ...{ level: 'error', event: 'round', result: 'failed', cause: 'sealed' },
    ...{ began: TIMES.began.toJSON(), duration: 2, message: 'a node is sealed' },
  })
})
