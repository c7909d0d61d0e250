import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { DRIFT_CLASSES } from '../../src/drift/classes.ts'
import { findDrift } from '../../src/drift/find-drift.ts'
import { driftReport } from '../builders/drift-report.ts'
import {
  catalogEntry,
  liveMount,
  liveNode,
  liveState,
  mountPath,
  plugin,
  version,
} from '../builders/live.ts'
import {
  CATALOG,
  cluster,
  FILE,
  KV,
  NEW,
  NODES,
  OLD,
  ONE,
  running,
  THREE,
  ASKED,
  TWO,
} from './one-mount.ts'

const schema: unknown = JSON.parse(readFileSync('schemas/drift.schema.json', 'utf8'))

describe('the drift report', () => {
  const validate = new Ajv2020({ allErrors: true, validateFormats: false }).compile(
    schema as object,
  )

  it('is what its schema says, with every part filled', () => {
    const file = {
      ...FILE,
      ignore: [
        {
          class: 'mount-down',
          subject: THREE,
          because: 'CHG-1432',
          until: '2026-12-31',
          source: { file: 'lockstep.yaml', line: 20, column: 3 },
        },
      ],
    }
    const live = cluster(
      NEW,
      { [TWO]: running(OLD), [THREE]: { answers: 'no' } },
      {
        catalog: [...CATALOG, catalogEntry(plugin('secret/other'), OLD)],
        nodes: [...NODES, liveNode(4, { state: 'unreachable', role: 'unknown' })],
      },
    )

    const report = driftReport(findDrift(file, live, ASKED))

    expect(validate(report), JSON.stringify(validate.errors)).toBe(true)
    expect([report.differences, report.ignored, report.unreadable, report.unmanaged]).toMatchObject(
      [
        [{ class: 'node-skew', node: TWO }],
        [{ class: 'mount-down', node: THREE }],
        [{ class: 'unreadable' }],
        [{ class: 'unmanaged' }],
      ],
    )
    expect(validate({ ...report, extra: 1 })).toBe(false)
    expect(validate({ ...report, differences: [{ ...report.differences[0], extra: 1 }] })).toBe(
      false,
    )
  })

  it('knows every class that the schema has', () => {
    expect(schema).toMatchObject({
      $defs: { difference: { properties: { class: { enum: Object.keys(DRIFT_CLASSES) } } } },
    })
  })

  it('holds for ten thousand mounts', () => {
    const stale = { [TWO]: running(OLD), [THREE]: running(OLD) }
    const mounts = Array.from({ length: 10_000 }, (_, index) =>
      liveMount(mountPath(`team-${index}/`), {
        plugin: KV,
        version: index % 2 === 0 ? NEW : version('v0.16.2'),
        nodes: NODES,
        except: index % 2 === 0 ? stale : {},
      }),
    )

    const { differences } = findDrift(FILE, liveState({ catalog: CATALOG, mounts }), ASKED)

    const skewed = differences.filter(({ class: name }) => name === 'node-skew')
    expect(skewed).toHaveLength(10_000)
    expect(differences).toHaveLength(15_000)
    expect(skewed.some(({ node }) => node === ONE)).toBe(false)
  })
})
