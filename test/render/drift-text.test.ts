import { describe, expect, it } from 'vitest'
import type { DriftReport } from '../../src/documents/drift.generated.ts'
import { driftReport } from '../builders/drift-report.ts'
import { findDrift } from '../../src/drift/find-drift.ts'
import { renderDrift, summarizeDrift } from '../../src/render/drift-text.ts'
import { createPalette, terminalText } from '../../src/render/palette.ts'
import { liveMount, liveNode, liveState, mountPath, nodeAddress } from '../builders/live.ts'
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
} from '../drift/one-mount.ts'
import { manyDrift, troubledDrift } from './drifts.ts'

const plain = createPalette(false)

function thousand(): DriftReport {
  const mounts = Array.from({ length: 1000 }, (_, index) =>
    liveMount(mountPath(`team-${String(index).padStart(4, '0')}/`), {
      plugin: KV,
      version: NEW,
      nodes: NODES,
      except: { [ONE]: running(OLD), [TWO]: running(OLD), [THREE]: running(OLD) },
    }),
  )
  return driftReport(findDrift(FILE, liveState({ catalog: CATALOG, mounts }), ASKED))
}

/** Update them with `npx vitest run -u --project unit test/render/drift-text.test.ts`. */
async function expectGolden(text: string, name: string): Promise<void> {
  await expect(`${terminalText(text)}\n`).toMatchFileSnapshot(`../golden/drift-${name}.txt`)
}

describe('renderDrift', () => {
  it('troubled, in a log', async () => {
    await expectGolden(
      renderDrift(troubledDrift(), { palette: plain, width: Infinity }),
      'troubled',
    )
  })

  it('troubled, in a narrow terminal', async () => {
    await expectGolden(
      renderDrift(troubledDrift(), { palette: plain, width: 60 }),
      'troubled-narrow',
    )
  })

  it('troubled, in colour', async () => {
    const palette = createPalette(true)
    await expectGolden(renderDrift(troubledDrift(), { palette, width: 100 }), 'troubled-colour')
  })

  it('mounts with a line each in the file in one block', () => {
    const text = renderDrift(manyDrift(), { palette: plain, width: 200 })

    expect(text).toContain(
      '\n  14 mounts: a/team-01/, a/team-02/, a/team-03/ and 11 more  version-differs\n',
    )
    expect(text).toContain(
      '\n    at:      lockstep.yaml:100:3, lockstep.yaml:101:3, lockstep.yaml:102:3 and 11 more\n',
    )
    const all = renderDrift(manyDrift(), { palette: plain, width: Infinity, detail: true })
    expect(all.match(/\n {4}at: /g)).toHaveLength(270)
  })

  it('a thousand mounts in one block', async () => {
    await expectGolden(renderDrift(thousand(), { palette: plain, width: 100 }), 'thousand')
  })

  it('in sync', async () => {
    const report = driftReport(findDrift(FILE, cluster(NEW), ASKED))
    await expectGolden(renderDrift(report, { palette: plain, width: 100 }), 'none')
  })

  it('ends with the summary', () => {
    const report = troubledDrift()

    const lines = renderDrift(report, { palette: plain, width: Infinity }).split('\n')

    expect(lines.at(-1)).toBe(summarizeDrift(report))
  })

  it('keeps a command in one piece', () => {
    const text = renderDrift(thousand(), { palette: plain, width: 40 })

    expect(text).toContain('`lockstep apply -f lockstep.yaml`')
  })

  it('escapes everything in a server’s answer that would act on a terminal', () => {
    const evil = { answers: 'no' as const, detail: 'gone\u001b[2J\nNo drift.' }
    const report = driftReport(findDrift(FILE, cluster(NEW, { [ONE]: evil }), ASKED))

    const text = renderDrift(report, { palette: plain, width: Infinity })

    expect(text).not.toContain('\u001b')
    expect(text).not.toMatch(/^No drift\.$/m)
  })
})

describe('summarizeDrift', () => {
  it('counts by class, the most frequent first', () => {
    const skew = { [ONE]: { answers: 'no' as const }, [TWO]: running(OLD) }
    const nodes = [...NODES, liveNode(4)]
    const mount = liveMount(mountPath('team-a/'), {
      plugin: KV,
      version: NEW,
      nodes,
      except: { ...skew, [nodeAddress(4)]: running(OLD) },
    })
    const live = liveState({ catalog: CATALOG, mounts: [mount], nodes })

    expect(summarizeDrift(findDrift(FILE, live, ASKED))).toBe('Drift: 2 node-skew, 1 mount-down.')
  })

  it('counts what could not be read', () => {
    const nodes = [liveNode(1), liveNode(2, { state: 'unreachable' })]
    const live = liveState({ nodes, catalog: CATALOG })

    expect(summarizeDrift(findDrift(FILE, live, ASKED))).toBe(
      'Not known: nothing differs in what could be read, and 1 thing could not be read.',
    )
  })
})
