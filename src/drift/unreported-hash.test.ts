/** A hash that the server does not report is no builtin and proves nothing. */
import { expect, it } from 'vitest'
import { catalogEntry } from '../../test/builders/live.ts'
import { ASKED, cluster, FILE, KV, NEW, OLD, onEveryNode } from '../../test/drift/one-mount.ts'
import { UNKNOWN_HASH } from '../domain/names.ts'
import { draftPlan } from '../plan/make-plan.ts'
import { findDrift } from './find-drift.ts'

const declared = catalogEntry(KV, NEW, { sha256: UNKNOWN_HASH, declarative: true })
const live = cluster(NEW, onEveryNode({ running_sha256: UNKNOWN_HASH }), {
  catalog: [catalogEntry(KV, OLD), declared],
})

it('makes the entry and the mount unreadable, and the cluster not in sync', () => {
  const report = findDrift(FILE, live, ASKED)

  expect(report.differences).toEqual([])
  expect(report.in_sync).toBe(false)
  expect(report.unreadable).toMatchObject([
    { subject: `${KV} v0.21.0`, found: 'hash not reported by the server' },
    { subject: 'team-a/', found: 'v0.21.0 (hash not reported by the server)' },
  ])
})

it('makes a plan reload nothing that runs the version', () => {
  expect(draftPlan(FILE, live).steps).toEqual([])
})
