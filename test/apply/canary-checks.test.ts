/** A canary whose checks were not seen to pass keeps the other mounts where they are. */
import { expect, it } from 'vitest'
import type { FreshPlan } from '../../src/plan/make-plan.ts'
import type { DesiredState } from '../../src/domain/desired.ts'
import type { ServerRequest } from '../../src/domain/exchange.ts'
import { ROOT_NAMESPACE } from '../../src/domain/names.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import { mountPath, nodeAddress, version } from '../builders/live.ts'
import { desiredMount, desiredPlugin, desiredVersion } from '../builders/safety-input.ts'
import { desiredState } from '../drift/desired-state.ts'
import {
  applyOn,
  type ApplyOptions,
  makeTwin,
  observeTwin,
  planOn,
} from '../property/drive-twin.ts'
import { MADE_UP, usualBinary } from '../property/palette.ts'

const KV = MADE_UP.plugins.find(({ id }) => id === 'secret/my-kv')!
const FAILING: ApplyOptions = {
  around: (_node, request, pass) =>
    isCheck(request) ? { status: 500, body: { errors: ['the backend is broken'] } } : pass(),
}

/** The read that the file asks for after each reload of the canary. */
function isCheck({ method, path }: ServerRequest): boolean {
  return method === 'GET' && path === 'a/config'
}

it('is checked first where the run was killed in its check, and is rolled back where it fails', async () => {
  const { twin, desired, journal } = await killedInCheck()
  const { plan } = await planOn(twin, desired, [journal])

  const { outcome, writes } = await applyOn(twin, plan, FAILING)

  expect(plan.steps[0]).toMatchObject({
    action: { kind: 'check', node: nodeAddress(1), mounts: ['a/'] },
    why: 'active node: a run ended before its checks passed',
  })
  expect(outcome).toMatchObject({ kind: 'rolled_back', step: plan.steps[0]?.id, done: [] })
  expect(writes.map(({ path }) => path)).not.toContain('sys/mounts/b/tune')
  expect(await versionsOf(twin, 'a/')).toEqual(['v1.0.0', 'v1.0.0', 'v1.0.0'])
  expect(await versionsOf(twin, 'b/')).toEqual(['v1.0.0', 'v1.0.0', 'v1.0.0'])
})

it('names a check that passed in the outcome, although a later check of the group failed', async () => {
  const { twin, desired } = await killedInCheck()
  const { plan } = await planOn(twin, desired)
  const [first, , third] = plan.steps
  const node = third?.action.kind === 'check' ? third.action.node : undefined

  const { outcome } = await applyOn(twin, plan, {
    around: (asked, request, pass) =>
      isCheck(request) && asked === node
        ? { status: 500, body: { errors: ['the backend is broken'] } }
        : pass(),
  })

  expect(outcome).toMatchObject({ kind: 'rollback_failed', step: third?.id, not_rolled_back: [] })
  expect([
    ...outcome.done,
    ...(outcome.kind === 'rollback_failed' ? outcome.rolled_back : []),
  ]).toContain(first?.id)
})

it('lets the others be moved once the check that was cut off passes', async () => {
  const { twin, desired, journal } = await killedInCheck()
  const { plan } = await planOn(twin, desired, [journal])

  const resumed = await applyOn(twin, plan)

  expect(resumed.outcome).toMatchObject({ kind: 'done', already: [] })
  expect(await versionsOf(twin, 'b/')).toEqual(['v2.0.0', 'v2.0.0', 'v2.0.0'])
  expect((await planOn(twin, desired, [journal, resumed.journal])).plan.steps).toEqual([])
})

it('is checked on every node where no journal tells, and stops the run with nothing sent', async () => {
  const { twin, desired } = await killedInCheck()
  const { plan } = await planOn(twin, desired)

  const { outcome, writes } = await applyOn(twin, plan, FAILING)

  expect(kindsOf(plan).slice(0, 3)).toEqual(['check', 'check', 'check'])
  expect(outcome).toMatchObject({ kind: 'rollback_failed', step: plan.steps[0]?.id })
  expect(writes).toEqual([])
})

it('is not checked once more where a journal says that it passed', async () => {
  const { twin, desired, plan } = await started()
  const canary = await applyOn(twin, { ...plan, steps: plan.steps.slice(0, lastOfCanary(plan)) })

  const { plan: rest } = await planOn(twin, desired, [canary.journal])

  expect(kindsOf(rest)).not.toContain('check')
  expect(kindsOf(rest)).toContain('reload')
})

it('has its checks made where a change of leader had reloaded it before the run came to it', async () => {
  const { twin, plan } = await started()
  const checked: string[] = []

  const { outcome } = await applyOn(twin, plan, {
    recorded: (event) => {
      // A node that restarts comes up with what the mount is tuned to by then.
      if (event.event === 'step_done' && event.step === 'tune a/') twin.restartNode(nodeAddress(3))
    },
    around: (node, request, pass) => {
      if (isCheck(request)) checked.push(node)
      return pass()
    },
  })

  const reload = `reload ${KV.id} canary on ${nodeAddress(3)}`
  expect(outcome).toMatchObject({ kind: 'done', already: [reload] })
  expect(checked).toContain(nodeAddress(3))
})

async function started(): Promise<{
  readonly twin: Twin
  readonly desired: DesiredState
  readonly plan: FreshPlan
}> {
  const enable = (path: string) => ({
    do: 'enable' as const,
    plugin: KV.id,
    version: version('v1.0.0'),
    mount: { path: mountPath(path), namespace: ROOT_NAMESPACE },
  })
  // Registered before, so that the run itself wrote no entry that every mount must be reloaded for.
  const register = (of: string) => ({
    do: 'register' as const,
    plugin: KV.id,
    version: version(of),
    args: [],
    binary: usualBinary(KV, version(of)),
  })
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [register('v1.0.0'), register('v2.0.0'), enable('a/'), enable('b/')],
  })
  twin.send(nodeAddress(1), {
    method: 'POST',
    path: 'a/config',
    body: { max_versions: 5 },
    namespace: ROOT_NAMESPACE,
    forwarding: true,
  })
  const versions = ['v1.0.0', 'v2.0.0'].map((of) =>
    desiredVersion(KV.id, of, usualBinary(KV, version(of))),
  )
  const verify = [{ kind: 'read' as const, path: 'config' }]
  const desired = desiredState({
    plugins: [desiredPlugin(KV.id, { use: 'v2.0.0', versions })],
    mounts: [desiredMount('a/', KV.id, { canary: true, verify })],
  })
  return { twin, desired, plan: (await planOn(twin, desired)).plan }
}

/** In the check of the last node of the canary. */
async function killedInCheck() {
  const { twin, desired, plan } = await started()
  const steps = plan.steps.slice(0, lastOfCanary(plan))
  const { journal } = await applyOn(twin, { ...plan, steps })
  const last = steps.at(-1)?.id
  const cut = journal.findIndex((event) => event.event === 'step_done' && event.step === last)
  return { twin, desired, journal: journal.slice(0, cut) }
}

/** The position after the canary's last step. */
function lastOfCanary({ steps }: FreshPlan): number {
  return steps.findIndex(({ id }) => id === 'tune b/')
}

function kindsOf({ steps }: FreshPlan): string[] {
  return steps.map(({ action }) => action.kind)
}

async function versionsOf(twin: Twin, path: string): Promise<string[]> {
  const { mounts } = await observeTwin(twin)
  return mounts.find((one) => one.path === path)?.nodes.map((on) => on.running_version) ?? []
}
