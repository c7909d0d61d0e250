/** Plans as reviewers get them, of every kind that a reviewer decides about. */
import type { Plan, RegisterAction } from '../../src/documents/plan.generated.ts'
import { liveNode, mountPath, plugin, sha256Of, version } from '../builders/live.ts'
import { finding, plan, step, upgradePlan } from '../builders/plan.ts'
import { PLANS } from './cases.ts'
import { reviewed } from './comment.ts'

const KV = plugin('secret/my-kv')
const JWT = plugin('auth/jwt')
export const OLD = version('v0.16.2')
const NEW = version('v0.21.0')
const BUILTIN_VERSION = version('v2.7.2+builtin.bao')
export const NODES = [liveNode(1), liveNode(2), liveNode(3)]
export const upgrade = { plugin: KV, from: OLD, to: NEW, nodes: NODES }
export const mounts = (number: number) =>
  Array.from({ length: number }, (_, at) => mountPath(`team-${String(at + 1).padStart(3, '0')}/`))

/** A check of the plugin files, a check after the reloads, and a canary. */
function withCommands(of: Plan): Plan {
  const steps = withCanary(of.steps)
  return {
    ...of,
    steps,
    rehearsal: { stopping_points: steps.length, safe: steps.length, unsafe: [] },
    cluster: {
      ...of.cluster,
      lock: 'secret/lockstep',
      binary_check: {
        command: ['ssh', '{host}', 'sha256sum', '/opt/plugins/{command}'],
        files: [{ command: 'my-kv_0.21.0', sha256: sha256Of(KV, NEW) }],
      },
    },
  }
}

function withCanary(steps: Plan['steps']): Plan['steps'] {
  const [canary] = mounts(1)
  return steps.flatMap((one) => {
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
  })
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

export function ofCluster(of: Plan, name: string, id: string): Plan {
  return { ...of, cluster: { ...of.cluster, name, id } }
}

export const upgraded = withCommands(upgradePlan({ ...upgrade, mounts: mounts(3) }))

/** What reviewers are shown, as a comment and as a page. */
export const REVIEWED = {
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
