/**
 * Planners that are wrong on purpose: a right plan's steps, changed as a mistake would change them.
 * The rehearsal finds every one of them unsafe.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Action, Step } from '../../src/documents/plan.generated.ts'
import type { DesiredState } from '../../src/domain/desired.ts'
import type { LiveMount, LiveState } from '../../src/domain/live.ts'
import {
  compareText,
  NO_SHA256,
  ROOT_NAMESPACE,
  UNVERSIONED,
  type Version,
} from '../../src/domain/names.ts'
import { runsUnder } from '../../src/domain/live-index.ts'
import type { Draft } from '../../src/plan/make-plan.ts'
import { rehearse } from '../../src/twin/rehearse.ts'
import {
  connectionPath,
  liveConnection,
  liveState,
  mountPath,
  plugin,
  version,
} from '../builders/live.ts'
import { desiredPlugin, desiredVersion, entryOf, mountOf } from '../builders/safety-input.ts'
import { desiredState } from '../drift/desired-state.ts'
import type { Deed } from './deeds.ts'
import { judgedPlan, makeTwin, planOn } from './drive-twin.ts'
import { type Scenario, scenarios } from './generators.ts'
import { MADE_UP, usualBinary } from './palette.ts'

const UPGRADED = plugin('secret/my-kv')
const UP = { stops: false }

/** Whatever else happens to the cluster, one mount leaves a version that is retired. */
const upgrades: fc.Arbitrary<Scenario> = scenarios(UP).map(({ story, desired }) => ({
  story: { ...story, deeds: [...upgradeDeeds(), ...story.deeds] },
  desired: {
    ...desired,
    plugins: [
      ...desired.plugins.filter(({ id }) => id !== UPGRADED),
      ...upgradeDesired().plugins,
    ].sort((a, b) => compareText(a.id, b.id)),
    mounts: desired.mounts.filter((mount) => mount.plugin !== UPGRADED),
  },
}))

interface Right {
  readonly live: LiveState
  readonly draft: Draft
  readonly steps: readonly Step[]
}

type Mistake = (steps: readonly Step[], live: LiveState) => readonly Step[]

/** What is unsafe about a plan, in one text; empty where nothing is. */
function problemsOf({ live, draft }: Right, steps: readonly Step[]): string {
  const ends = draft.targets.flatMap(({ targets }) =>
    targets.mounts.map(({ mount, sha256 }) => ({ mount: mount.path, sha256 })),
  )
  const { unsafe } = rehearse({ live, steps, ends })!
  return unsafe.map(({ after, problem }) => `${after}: ${problem}`).join('\n')
}

describe('an upgrade with its old version retired', () => {
  const mistakes: readonly [name: string, mistake: Mistake, problem: RegExp][] = [
    [
      'the old version deregistered first',
      (steps) => [
        ...steps.filter(is('deregister')),
        ...steps.filter((one) => !is('deregister')(one)),
      ],
      /^deregister .*: a\/ would not come up again .*\(on every node\)/,
    ],
    [
      'the old version deregistered before the last node was reloaded',
      (steps) => {
        const last = steps.findLastIndex(is('reload'))
        return [...steps.slice(0, last), steps.at(-1)!, steps[last]!]
      },
      /^deregister .*: a\/ runs what is registered no more \(on http:\/\/node1:8200\)/,
    ],
    [
      'the active node before the standbys',
      (steps, live) => {
        const first = steps.filter((step) => isReloadOn(step, activeOf(live)))
        const at = steps.findIndex(is('reload'))
        const others = steps.filter((step) => !first.includes(step))
        return [...others.slice(0, at), ...first, ...others.slice(at)]
      },
      /a\/ was reloaded on the active node first/,
    ],
    [
      'a standby forgotten',
      (steps, live) => {
        const standby = live.nodes.find(({ role }) => role === 'standby')!.address
        return steps.filter((step) => !isReloadOn(step, standby))
      },
      /ends with a\/ on another binary/,
    ],
    [
      'the active node forgotten',
      (steps, live) => steps.filter((step) => !isReloadOn(step, activeOf(live))),
      /ends with a\/ on another binary/,
    ],
    [
      'a mount forgotten in a reload',
      (steps) =>
        steps.map((step) =>
          step.action.kind === 'reload'
            ? withAction(step, { ...step.action, mounts: [mountPath('a/')] })
            : step,
        ),
      /ends with b\/ on another binary/,
    ],
    [
      'the registration left out',
      (steps) => steps.filter((one) => !is('register')(one)),
      /^tune a\/: it would be refused/,
    ],
    ['the tunes left out', (steps) => steps.filter(isNotTune), /ends with a\/ on another binary/],
    [
      'the reloads before the tunes',
      (steps) => [
        ...steps.filter(is('register')),
        ...steps.filter(is('reload')),
        ...steps.filter(is('tune')),
      ],
      /ends with a\/ on another binary/,
    ],
    [
      'a mount made again where it is',
      (steps) =>
        steps.map((step) =>
          step.action.kind === 'tune'
            ? withAction(step, {
                kind: 'enable',
                mount: step.action.mount,
                namespace: ROOT_NAMESPACE,
                plugin: UPGRADED,
                version: step.action.version,
              })
            : step,
        ),
      /would be refused .*path is already in use/,
    ],
    [
      'the new version registered with the old binary',
      (steps) =>
        steps.map((step) =>
          step.action.kind === 'register'
            ? withAction(step, { ...step.action, entry: { ...binaryOf('v1.0.0'), args: [] } })
            : step,
        ),
      /ends with a\/ on another binary/,
    ],
  ]

  it('is safe as it is planned', async () => {
    const right = await planUpgrade()

    expect(right.steps.map(({ action }) => action.kind)).toEqual([
      ...['register', 'tune', 'tune', 'reload', 'reload', 'reload', 'deregister'],
    ])
    expect(problemsOf(right, right.steps)).toBe('')
  })

  it.each(mistakes)('is caught with %s', async (_, mistake, problem) => {
    const right = await planUpgrade()

    expect(problemsOf(right, mistake(right.steps, right.live))).toMatch(problem)
  })

  it('has no request with which a mount could be disabled', async () => {
    const right = await planUpgrade()
    const disable = { kind: 'disable', mount: mountPath('a/'), namespace: ROOT_NAMESPACE }
    const wrong = right.steps.map((step) => withAction(step, disable as unknown as Action))

    expect(() => problemsOf(right, wrong)).toThrow('not a member of the union')
  })
})

describe('mounts that leave an unversioned override', () => {
  it('is safe as it is planned, and not with the override deregistered before they left', async () => {
    const right = await planLeaving()
    const early = [
      ...right.steps.filter(is('deregister')),
      ...right.steps.filter((one) => !is('deregister')(one)),
    ]

    expect(problemsOf(right, right.steps)).toBe('')
    // The builtin would come up over the data of the override.
    expect(problemsOf(right, early)).toMatch(/binary that it neither ran before nor is to run/)
  })
})

describe('a connection moved off a version that is retired', () => {
  it('is safe as it is planned, and not with the version deregistered before it left', () => {
    const right = planRepoint()
    const early = [
      ...right.steps.filter(is('deregister')),
      ...right.steps.filter((one) => !is('deregister')(one)),
    ]

    expect(right.steps.map(({ action }) => action.kind)).toEqual([
      ...['register', 'repoint', 'deregister'],
    ])
    expect(problemsOf(right, right.steps)).toBe('')
    expect(problemsOf(right, early)).toMatch(
      /^deregister .*: db\/config\/orders would not start again/,
    )
  })

  it('is caught where it is left out', () => {
    const right = planRepoint()

    expect(
      problemsOf(
        right,
        right.steps.filter((one) => !is('repoint')(one)),
      ),
    ).toMatch(/^deregister .*: db\/config\/orders would not start again: .*\(on every node\)/)
  })
})

/** A step left out or in another place, in any plan that is right and in which it matters. */
describe('any plan', { timeout: 120_000 }, () => {
  it.each<[string, (right: Right, step: Step) => readonly Step[] | undefined]>([
    [
      'a reload left out',
      ({ steps, draft }, step) => {
        const { action } = step
        if (action.kind !== 'reload') return undefined
        const matters = action.mounts.some((path) => {
          const view = draft.index.mountAt(path)!.nodes.find(({ node }) => node === action.node)
          return view?.running_sha256 !== endOf(draft, path)
        })
        return matters ? steps.filter((other) => other !== step) : undefined
      },
    ],
    [
      'a tune left out',
      ({ steps, draft }, step) => {
        const { action } = step
        if (action.kind !== 'tune') return undefined
        const mount = draft.index.mountAt(action.mount)!
        const runs = runsAtTheEnd(draft, mount, mount.configured_version)
        return runs === endOf(draft, action.mount) ? undefined : steps.filter((one) => one !== step)
      },
    ],
    [
      'a retirement that comes first',
      ({ steps, live, draft }, step) => {
        const { action, group } = step
        if (action.kind !== 'deregister' || !group.startsWith('retire')) return undefined
        if (live.pins.some((pin) => pin.plugin === action.plugin)) return undefined
        const hurts = draft.index.mountsOf(action.plugin).some((mount) => {
          const end = endOf(draft, mount.path)
          const retired = draft.index.external(action.plugin, action.version)?.sha256
          const isWell = mount.nodes.every(
            ({ answers, running_sha256 }) => answers === 'yes' && running_sha256 === retired,
          )
          const uses = mount.configured_version === action.version
          return isWell && uses && end !== undefined && end !== NO_SHA256
        })
        return hurts ? [step, ...steps.filter((other) => other !== step)] : undefined
      },
    ],
    [
      'a standby reloaded at the end',
      ({ steps, live }, step) => {
        if (step.action.kind !== 'reload' || isReloadOn(step, activeOf(live))) return undefined
        const { mounts } = step.action
        const follows = steps.some(
          (other) =>
            isReloadOn(other, activeOf(live)) &&
            other.action.kind === 'reload' &&
            other.action.mounts.some((mount) => mounts.includes(mount)),
        )
        if (!follows) return undefined
        return [...steps.filter((other) => other !== step), step]
      },
    ],
  ])('is caught with %s', async (_, mistake) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(scenarios(UP), upgrades), fc.nat(), async (scenario, at) => {
        const { plan, blocked, live, draft } = await planOn(
          makeTwin(scenario.story),
          scenario.desired,
        )
        fc.pre(!blocked)
        const right = { live, draft, steps: plan.steps }
        const wrong = plan.steps.flatMap((step) => {
          const steps = mistake(right, step)
          return steps === undefined || steps.length === 0 ? [] : [steps]
        })
        fc.pre(wrong.length > 0)

        expect(problemsOf(right, wrong[at % wrong.length]!)).not.toBe('')
      }),
      { numRuns: 150, maxSkipsPerRun: 500 },
    )
  })
})

function is(kind: Action['kind']): (step: Step) => boolean {
  return ({ action }) => action.kind === kind
}

function isNotTune(step: Step): boolean {
  return !is('tune')(step)
}

function isReloadOn({ action }: Step, node: string): boolean {
  return action.kind === 'reload' && action.node === node
}

function withAction(step: Step, action: Action): Step {
  return { ...step, action }
}

function activeOf(live: LiveState): string {
  return live.nodes.find(({ role }) => role === 'active')!.address
}

function endOf(draft: Draft, path: string) {
  const targets = draft.targets.flatMap(({ targets }) => targets.mounts)
  return targets.find(({ mount }) => mount.path === path)?.sha256
}

/** What a mount of this version runs when every entry is as the plan leaves it. */
function runsAtTheEnd(draft: Draft, { plugin: id }: LiveMount, of: Version) {
  const written = draft.steps.findLast(
    ({ action }) =>
      (action.kind === 'register' || action.kind === 'deregister') &&
      action.plugin === id &&
      action.version === of,
  )
  if (written?.action.kind === 'register') return written.action.entry.sha256
  if (written === undefined) return runsUnder(draft.index, id, of)
  return of === UNVERSIONED && draft.index.isBuiltin(id) ? NO_SHA256 : undefined
}

function binaryOf(of: string, id: string = UPGRADED) {
  const painted = MADE_UP.plugins.find((one) => one.id === id)!
  return usualBinary(painted, version(of))
}

function enableAt(path: string, id: string, of: Version): Deed {
  const mount = { path: mountPath(path), namespace: ROOT_NAMESPACE }
  return { do: 'enable', mount, plugin: plugin(id), version: of }
}

/** `secret/my-kv` from v1.0.0 to v1.1.0 for two mounts on three nodes, and v1.0.0 retired. */
function planUpgrade(): Promise<Right> {
  return planFor(upgradeDeeds(), upgradeDesired())
}

function upgradeDeeds(): Deed[] {
  const old = { plugin: UPGRADED, version: version('v1.0.0'), binary: binaryOf('v1.0.0') }
  return [
    { do: 'register', ...old, args: [] },
    enableAt('a/', UPGRADED, old.version),
    enableAt('b/', UPGRADED, old.version),
  ]
}

function upgradeDesired(): DesiredState {
  return desiredState({
    plugins: [
      desiredPlugin(UPGRADED, {
        use: 'v1.1.0',
        versions: [desiredVersion(UPGRADED, 'v1.1.0', binaryOf('v1.1.0'))],
        retire: ['v1.0.0'],
      }),
    ],
  })
}

/** `auth/jwt` from an unversioned override to v1.1.0, and the override retired. */
function planLeaving(): Promise<Right> {
  const id = 'auth/jwt'
  const old = { plugin: plugin(id), version: UNVERSIONED, binary: binaryOf('v1.0.0', id) }
  return planFor(
    [{ do: 'register', ...old, args: [] }, enableAt('auth/jwt/', id, UNVERSIONED)],
    desiredState({
      plugins: [
        desiredPlugin(id, {
          use: 'v1.1.0',
          versions: [desiredVersion(id, 'v1.1.0', binaryOf('v1.1.0', id))],
          retire: ['unversioned'],
          overridesBuiltin: true,
        }),
      ],
    }),
  )
}

/** A connection of `database/redis` from v1.0.0 to v1.1.0, and v1.0.0 retired. */
function planRepoint(): Right {
  const id = 'database/redis'
  const desired = desiredState({
    plugins: [desiredPlugin(id, { use: 'v1.1.0', versions: ['v1.1.0'], retire: ['v1.0.0'] })],
  })
  const live = liveState({
    catalog: [entryOf(id, 'v1.0.0')],
    mounts: [mountOf('db/', 'secret/database', 'unversioned')],
    connections: [
      liveConnection(connectionPath('db/config/orders'), {
        plugin: plugin(id),
        version: version('v1.0.0'),
      }),
    ],
  })
  const { draft, plan } = judgedPlan(desired, live)
  return { live, draft, steps: plan.steps }
}

async function planFor(deeds: readonly Deed[], desired: DesiredState): Promise<Right> {
  const twin = makeTwin({ product: 'openbao', nodes: 3, deeds })
  const { live, draft, plan } = await planOn(twin, desired)
  return { live, draft, steps: plan.steps }
}
