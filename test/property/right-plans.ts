/**
 * Right plans for planners that are wrong on purpose: a mistake changes a right plan's steps, and
 * the rehearsal is to say what is unsafe about it.
 */
import type { Action, Step } from '../../src/documents/plan.generated.ts'
import type { DesiredState } from '../../src/domain/desired.ts'
import type { LiveState } from '../../src/domain/live.ts'
import { ROOT_NAMESPACE, UNVERSIONED, type Version } from '../../src/domain/names.ts'
import type { DraftPlan } from '../../src/plan/make-plan.ts'
import { findDesiredEnd } from '../../src/plan/desired-end.ts'
import { rehearse } from '../../src/twin/rehearsal/rehearse.ts'
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
import { MADE_UP, usualBinary } from './palette.ts'

export const UPGRADED = plugin('secret/my-kv')

export interface Right {
  readonly live: LiveState
  readonly draft: DraftPlan
  readonly steps: readonly Step[]
}

export type Mistake = (steps: readonly Step[], live: LiveState) => readonly Step[]

/**
 * What is unsafe about a plan, a line for each kind of fault after each step; empty where nothing is.
 * Steps that were changed are carried out one after another, as they are listed.
 */
export function problemsOf(right: Right, steps: readonly Step[]): string {
  return problemsInOrder(right, steps === right.steps ? steps : oneAfterAnother(steps))
}

/** The same, with each step's `after` as it is. */
export function problemsInOrder({ live, draft }: Right, steps: readonly Step[]): string {
  const rehearsal = rehearse({ live, steps, desiredEnd: findDesiredEnd(draft, live) })
  return (rehearsal?.unsafe ?? []).map(({ after, problem }) => `${after}: ${problem}`).join('\n')
}

export function oneAfterAnother(steps: readonly Step[]): Step[] {
  return steps.map((step, at) => {
    const before = steps[at - 1]
    return { ...step, after: before === undefined ? [] : [before.id] }
  })
}

export function is(kind: Action['kind']): (step: Step) => boolean {
  return ({ action }) => action.kind === kind
}

export function isReloadOn({ action }: Step, node: string): boolean {
  return action.kind === 'reload' && action.node === node
}

export function withAction(step: Step, action: Action): Step {
  return { ...step, action }
}

export function without(steps: readonly Step[], kind: Action['kind']): readonly Step[] {
  return steps.filter((step) => !is(kind)(step))
}

/** The steps of a kind before all others. */
export function first(steps: readonly Step[], kind: Action['kind']): readonly Step[] {
  return [...steps.filter(is(kind)), ...without(steps, kind)]
}

export function activeOf(live: LiveState): string {
  return live.nodes.find(({ role }) => role === 'active')!.address
}

export function binaryOf(of: string, id: string = UPGRADED) {
  const painted = MADE_UP.plugins.find((one) => one.id === id)!
  return usualBinary(painted, version(of))
}

export function enableAt(path: string, id: string, of: Version): Deed {
  const mount = { path: mountPath(path), namespace: ROOT_NAMESPACE }
  return { do: 'enable', mount, plugin: plugin(id), version: of }
}

/** `secret/my-kv` from v1.0.0 to v1.1.0 for two mounts on three nodes, and v1.0.0 retired. */
export function planUpgrade(): Promise<Right> {
  return planFor(upgradeDeeds(), upgradeDesired())
}

export function upgradeDeeds(): Deed[] {
  const old = { plugin: UPGRADED, version: version('v1.0.0'), binary: binaryOf('v1.0.0') }
  return [
    { do: 'register', ...old, args: [] },
    enableAt('a/', UPGRADED, old.version),
    enableAt('b/', UPGRADED, old.version),
  ]
}

export function upgradeDesired(): DesiredState {
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
export function planLeaving(): Promise<Right> {
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
export function planRepoint(): Right {
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

export async function planFor(deeds: readonly Deed[], desired: DesiredState): Promise<Right> {
  const twin = makeTwin({ product: 'openbao', nodes: 3, deeds })
  const { live, draft, plan } = await planOn(twin, desired)
  return { live, draft, steps: plan.steps }
}
