import { describe, expect, test } from 'vitest'
import { ASKED, cluster, FILE, NEW, OLD, running, ONE, TWO } from '../../test/drift/one-mount.ts'
import { confirmDrift, type DriftReading } from './confirm.ts'
import { findDrift } from './find-drift.ts'

const IN_SYNC = cluster(NEW)
const AT_TWO = cluster(NEW, { [TWO]: running(OLD) })
const AT_ONE = cluster(NEW, { [ONE]: running(OLD) })

const reading = (live = IN_SYNC, runUnderWay = false): DriftReading => ({
  findings: findDrift(FILE, live, ASKED),
  runUnderWay,
})

describe('a difference', () => {
  test('of every reading is confirmed', () => {
    const { differences, unconfirmed, fingerprint } = confirmDrift([
      reading(AT_TWO),
      reading(AT_TWO),
    ])

    expect(differences).toMatchObject([{ class: 'node-skew', node: TWO }])
    expect(unconfirmed).toEqual([])
    expect(fingerprint).toBe(reading(AT_TWO).findings.fingerprint)
  })

  test('that is gone is not reported', () => {
    expect(confirmDrift([reading(AT_TWO), reading()])).toMatchObject({
      ...{ in_sync: true, differences: [], unconfirmed: [] },
    })
  })

  test('that is new is not confirmed, and no word of being in sync', () => {
    const confirmed = confirmDrift([reading(AT_ONE), reading(AT_TWO)])

    expect(confirmed).toMatchObject({
      ...{ in_sync: false, differences: [], unconfirmed: [{ node: TWO }] },
      counts: { by_severity: { error: 0 }, unconfirmed: 1 },
    })
    expect(confirmed.fingerprint).toBe(reading().findings.fingerprint)
  })

  test.each([
    ['the last reading', [false, true]],
    ['the one before it', [true, false]],
  ])('is not confirmed while a run is under way at the end of %s', (_, [first, second]) => {
    const { differences, unconfirmed } = confirmDrift([
      reading(AT_TWO, first),
      reading(AT_TWO, second),
    ])

    expect(differences).toEqual([])
    expect(unconfirmed).toMatchObject([{ node: TWO }])
  })
})
