/** Complete comments, as reviewers see them. */
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { mountPath } from '../builders/live.ts'
import { finding, plan, planCluster, upgradePlan } from '../builders/plan.ts'
import { renderComment, reviewed } from './comment.ts'
import { mounts, NODES, ofCluster, REVIEWED, upgrade, upgraded } from './reviewed-plans.ts'

/** Update them with `npx vitest run --project unit test/render/comments.test.ts -u`. */
describe('a comment', () => {
  it.each(Object.entries(REVIEWED))('%s', async (name, plans) => {
    await expect(`${renderComment(plans)}\n`).toMatchFileSnapshot(`../golden/comment-${name}.txt`)
  })
})

/** A plan of any length, with one change for each mount, so that no changes are grouped. */
function largePlan(mountCount: number, findingCount: number): Plan {
  const paths = Array.from({ length: mountCount }, (_, at) => mountPath(`app-${at}/`))
  const large = upgradePlan({ ...upgrade, mounts: paths })
  const apart = large.changes.map((change, at) => ({ ...change, why: `${change.why} (${at})` }))
  const findings = Array.from({ length: findingCount }, (_, at) =>
    finding({
      subject: `secret/plugin-${at}`,
      severity: (['error', 'warning', 'note'] as const)[at % 3]!,
      message: `is used by ${'many '.repeat(40)}mounts`,
      mounts: paths.slice(0, 400),
    }),
  )
  return { ...large, changes: apart, findings }
}

describe('--markdown-limit', () => {
  it.each([3000, 10_000, 60_000, 1_000_000])(
    'limits the comment for 10,000 mounts to %i bytes',
    (limit) => {
      const text = renderComment([reviewed(largePlan(10_000, 500))], { limit })

      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
      // The limit is used: parts are left out only because of it.
      expect(Buffer.byteLength(text)).toBeGreaterThan(limit * 0.7)
      expect(text).toMatch(/Left out because of --markdown-limit: .*\d+ notes.*10,005 steps/)
      expect(text).toContain('`lockstep show plan.json --detail`')
    },
  )

  it('counts bytes, not characters', () => {
    const wide = finding({ message: 'ü'.repeat(900), severity: 'note' })
    const long = plan({ findings: Array.from({ length: 40 }, () => wide) })
    const text = renderComment([reviewed(long)], { limit: 40_000 })

    expect(text.length).toBeLessThan(40_000 / 2)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(40_000)
    expect(text).toContain('40 notes')
    expect(text).not.toContain('ü')
  })

  it('leaves out the full lists before the steps, and the steps before the notes', () => {
    const of = {
      ...upgradePlan({ ...upgrade, mounts: mounts(300) }),
      findings: [finding({ severity: 'note' })],
    }
    const full = renderComment([reviewed(of)])
    const folds = (text: string): string[] =>
      [...text.matchAll(/<summary>\d+ ([a-z ]+?)s?<\/summary>/g)].map(([, name]) => name!)
    const seen = new Set<string>()
    const least = shortest([reviewed(of)])
    for (let limit = Buffer.byteLength(full); limit >= least; limit -= 20) {
      seen.add(folds(renderComment([reviewed(of)], { limit })).join(', '))
    }

    expect([...seen]).toEqual(['note, step, full list', 'note, step', 'note', ''])
  })

  it('is refused if even the heads do not fit', () => {
    const three = REVIEWED['three-clusters']

    expect(() => renderComment(three, { limit: 500 })).toThrow(
      /^--markdown-limit 500 is too small: the shortest comment for these plans takes \d+ bytes$/,
    )
    const least = shortest(three)
    expect(Buffer.byteLength(renderComment(three, { limit: least }))).toBe(least)
    expect(() => renderComment(three, { limit: least - 1 })).toThrow('too small')
  })
})

/** The smallest limit, from the error for a smaller one. */
function shortest(plans: Parameters<typeof renderComment>[0]): number {
  const [, bytes] = /takes (\d+) bytes/.exec(thrown(() => renderComment(plans, { limit: 500 })))!
  return Number(bytes)
}

function thrown(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

it('cuts a finding, waiver or command of any length, and says so', () => {
  const long = 'x'.repeat(100_000)
  const text = renderComment([
    reviewed(
      plan({
        cluster: planCluster(NODES, {
          name: long,
          binary_check: { command: ['check', long], files: [] },
        }),
        findings: [finding({ message: long }), finding({ message: 'm', allowed: long })],
      }),
    ),
  ])

  expect(text).toContain('#### Blocked by')
  expect(text).toContain('#### Waivers')
  expect(text).toContain('#### Runs on, and takes from,')
  expect(text.match(/more characters\)/g)!.length).toBeGreaterThan(3)
})

it('refuses two plans of one cluster', () => {
  expect(() => renderComment([reviewed(plan()), reviewed(upgraded)])).toThrow(
    'two of the plans are for the same cluster, prod-eu (6a1f2c52-0d1c-4a6e-9d7e-0a1b2c3d4e5f)',
  )
})

it('has the same marker for any order of the plans, and no name can end it', () => {
  const [eu, us, ap] = REVIEWED['three-clusters']
  const firstLine = (text: string): string => text.slice(0, text.indexOf('\n'))

  expect(firstLine(renderComment([ap!, us!, eu!]))).toBe(firstLine(renderComment([eu!, us!, ap!])))
  const evil = ofCluster(plan(), 'a--> <b>\n@team ü', '-->')
  expect(firstLine(renderComment([reviewed(evil)]))).toBe(
    '<!-- lockstep:plan a-%2D%3E%20%3Cb%3E%0A%40team%20%C3%BC/-%2D%3E -->',
  )
})

it('names the mount of a check', () => {
  expect(renderComment([reviewed(upgraded)])).toContain(
    '- verify, for `team-001/`: `./check.sh {mount}`',
  )
})
