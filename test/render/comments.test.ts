/** Complete comments, as reviewers see them. */
import { describe, expect, it } from 'vitest'
import type { Plan, RegisterAction } from '../../src/documents/plan.generated.ts'
import { liveNode, mountPath, plugin, sha256Of, version } from '../builders/live.ts'
import { finding, plan, planCluster, step, upgradePlan } from '../builders/plan.ts'
import { PLANS } from './cases.ts'
import { renderComment, reviewed } from './comment.ts'

const KV = plugin('secret/my-kv')
const JWT = plugin('auth/jwt')
const OLD = version('v0.16.2')
const NEW = version('v0.21.0')
const BUILTIN_VERSION = version('v2.7.2+builtin.bao')
const NODES = [liveNode(1), liveNode(2), liveNode(3)]
const upgrade = { plugin: KV, from: OLD, to: NEW, nodes: NODES }
const mounts = (number: number) =>
  Array.from({ length: number }, (_, at) => mountPath(`team-${String(at + 1).padStart(3, '0')}/`))

/** A check of the plugin files, a check after the reloads, and a canary. */
function withCommands(of: Plan): Plan {
  const [canary] = mounts(1)
  return {
    ...of,
    cluster: {
      ...of.cluster,
      lock: 'secret/lockstep',
      binary_check: {
        command: ['ssh', '{host}', 'sha256sum', '/opt/plugins/{command}'],
        files: [{ command: 'my-kv_0.21.0', sha256: sha256Of(KV, NEW) }],
      },
    },
    steps: of.steps.flatMap((one) => {
      const { action } = one
      if (action.kind === 'register') {
        return [{ ...one, action: { ...action, env: [{ name: 'PROXY', from: 'HTTPS_PROXY' }] } }]
      }
      if (action.kind !== 'reload') return [one]
      const [first, ...others] = action.mounts
      return [
        {
          ...one,
          id: `${one.id} canary`,
          group: `${one.group} canary`,
          canary: true as const,
          action: { ...action, mounts: [first!] },
          verify: [{ mount: canary!, kind: 'run' as const, command: ['./check.sh', '{mount}'] }],
        },
        { ...one, action: { ...action, mounts: others } },
      ]
    }),
  }
}

/** Five mounts of a builtin change to an external version. */
function overridePlan(): Plan {
  const paths = [1, 2, 3, 4, 5].map((number) => mountPath(`auth/jwt-${number}/`))
  const over = upgradePlan({ ...upgrade, plugin: JWT, from: BUILTIN_VERSION, mounts: paths })
  return {
    ...over,
    steps: over.steps.filter(({ action }) => action.kind !== 'deregister'),
    changes: over.changes
      .filter(({ action }) => action !== 'remove')
      .map((change) => ({
        ...change,
        fields: change.fields.map((field) =>
          field.name === 'running' ? { ...field, from: 'builtin' } : field,
        ),
      })),
    rehearsal: { stopping_points: 9, safe: 9, unsafe: [] },
    findings: [
      finding({
        rule: 'no-rollback',
        severity: 'warning',
        subject: JWT,
        message: `If the new ${JWT} fails, auth/jwt-1/ cannot be rolled back`,
        fix: 'Make one mount the canary.',
        mounts: paths,
      }),
    ],
  }
}

function retirePlan(): Plan {
  const undo: RegisterAction = {
    kind: 'register',
    plugin: KV,
    version: OLD,
    entry: { command: 'my-kv_0.16.2', sha256: sha256Of(KV, OLD), args: [] },
    env: [],
  }
  const action = { kind: 'deregister', plugin: KV, version: OLD } as const
  const why = 'retired, and nothing uses it any more'
  return plan({
    changes: [
      {
        ...{ subject: `${KV} ${OLD}`, kind: 'entry', action: 'remove', why },
        fields: [{ name: 'sha256', from: sha256Of(KV, OLD), to: null }],
      },
    ],
    steps: [{ ...step(`deregister ${KV} ${OLD}`, action, why), undo: [undo] }],
    rehearsal: { stopping_points: 1, safe: 1, unsafe: [] },
  })
}

/** An error that the file allows, by a person and until a day, and an unused allowance. */
function waivedPlan(): Plan {
  const rule = 'data-downgrade'
  const because = 'the roles are made again by CHG-1432'
  return plan({
    ...upgradePlan({ ...upgrade, from: NEW, to: OLD, mounts: mounts(2) }),
    desired: {
      version: 1,
      plugins: {},
      allow: [
        { rule, subject: KV, because, by: 'Ana (platform)', until: '2026-12-31' },
        { rule: 'siblings', subject: KV, because: 'no traffic at night' },
      ],
    },
    findings: [
      finding({
        rule,
        subject: KV,
        message: `${OLD} is not known to read what ${NEW} has written`,
        allowed: because,
        mounts: mounts(2),
        at: 'lockstep.yaml:9:7',
      }),
    ],
  })
}

/** The branch upgrades another mount than the files at the ref, by the same registration. */
function comparedPlan(): Plan {
  const [first, second, third] = mounts(3)
  const plans = [[first!], [second!, third!]].map((some) =>
    upgradePlan({ ...upgrade, mounts: some }),
  )
  const [here, there] = plans as [Plan, Plan]
  const ids = here.steps.map(({ id }) => id)
  return {
    ...here,
    against: {
      id: '0'.repeat(64),
      ref: 'origin/main',
      commit: '0123456789abcdef0123456789abcdef01234567',
      only_here: ids.slice(1, -1),
      in_both: [ids[0]!, ids.at(-1)!],
      only_there: there.steps.slice(1, -1),
    },
  }
}

function ofCluster(of: Plan, name: string, id: string): Plan {
  return { ...of, cluster: { ...of.cluster, name, id } }
}

const upgraded = withCommands(upgradePlan({ ...upgrade, mounts: mounts(3) }))

const COMMENTS = {
  'nothing-to-do': [reviewed(plan())],
  upgrade: [reviewed(upgraded)],
  blocked: [reviewed(PLANS.blocked)],
  'waived-error': [reviewed(waivedPlan())],
  override: [reviewed(overridePlan())],
  retire: [reviewed(retirePlan())],
  '300-mounts': [reviewed(upgradePlan({ ...upgrade, mounts: mounts(300) }))],
  mixed: [reviewed(PLANS.mixed)],
  compared: [reviewed(comparedPlan())],
  edited: [reviewed(upgraded, { isEdited: true })],
  'three-clusters': ['eu', 'us', 'ap'].map((region) =>
    reviewed(ofCluster(region === 'us' ? plan() : upgraded, `prod-${region}`, `id-${region}`), {
      apply: `lockstep apply prod-${region}.json`,
    }),
  ),
} as const

/** Update them with `npx vitest run --project unit test/render/comments.test.ts -u`. */
describe('a comment', () => {
  it.each(Object.entries(COMMENTS))('%s', async (name, plans) => {
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
    const three = COMMENTS['three-clusters']

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
  const [eu, us, ap] = COMMENTS['three-clusters']
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
