/** Runs on the twin that meet one particular misfortune, and how they end. */
import { expect, it } from 'vitest'
import type { FreshPlan } from '../../src/plan/make-plan.ts'
import type { RunOutcome } from '../../src/documents/run-outcome.ts'
import type { ServerRequest } from '../../src/domain/exchange.ts'
import {
  type MountPath,
  type NodeAddress,
  ROOT_NAMESPACE,
  type Sha256,
} from '../../src/domain/names.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import { mountPath, nodeAddress, version } from '../builders/live.ts'
import { desiredMount, desiredPlugin, desiredVersion, SOURCE } from '../builders/safety-input.ts'
import { desiredState } from '../drift/desired-state.ts'
import type { Deed } from '../property/deeds.ts'
import { applyOn, changesSomething, makeTwin, observeTwin, planOn } from '../property/drive-twin.ts'
import { MADE_UP, usualBinary } from '../property/palette.ts'

const KV = MADE_UP.plugins.find(({ id }) => id === 'secret/my-kv')!
const UNCHECKED = {
  rule: 'unchecked-without-rollback',
  subject: KV.id,
  because: 'the file was compared by hand',
  source: SOURCE,
}
const FORBIDDEN = { status: 403, body: { errors: ['permission denied'] } }
const FULL = { status: 500, body: { errors: ['disk full'] } }
const LAST = nodeAddress(3)
/** Of the list of mounts, and of one mount. */
const READS_MOUNTS = /^sys\/mounts(\/[^/]+)?$/

it('is not rolled back where a version that was set cannot be cleared', async () => {
  const { twin, plan } = await upgrade('', ['a/', 'b/'])

  const { outcome } = await applyOn(twin, plan, {
    around: (_node, { path }, pass) => (path === 'sys/mounts/b/tune' ? FULL : pass()),
  })

  expect(outcome).toMatchObject({
    kind: 'rollback_failed',
    rolled_back: ['tune b/'],
    not_rolled_back: ['tune a/'],
    problems: {
      reason: 'a/: plugin_version is v2.0.0, not none; a version, once set, cannot be cleared',
    },
  })
})

it('counts as rolled back where the refused request changed nothing', async () => {
  const { twin, plan } = await upgrade('', ['a/'])

  const { outcome } = await applyOn(twin, plan, {
    around: (_node, { path }, pass) => (path === 'sys/mounts/a/tune' ? FULL : pass()),
  })

  expect(outcome).toMatchObject({ kind: 'rolled_back', rolled_back: [] })
})

it('waits for a node that stays silent after it refused a reload, and rolls back what it can', async () => {
  const { twin, plan } = await upgrade('v1.0.0', ['a/'])
  let refused = false
  let silent = 1

  const { outcome } = await applyOn(twin, plan, {
    around: (node, request, pass) => {
      if (isReload(request) && node === LAST && !refused) {
        spoil(twin, node, 'v2.0.0')
        refused = true
      } else if (refused && node === LAST && READS_MOUNTS.test(request.path) && silent-- > 0) {
        throw new Error('connect ECONNREFUSED')
      }
      return pass()
    },
  })

  expect(refused).toBe(true)
  expect(outcome.kind).toBe('rolled_back')
  expect(await answersOn(twin, 'a/')).toEqual(['yes', 'yes', 'yes'])
})

it('needs a person where a node refused a reload and stays away', async () => {
  const { twin, plan } = await upgrade('v1.0.0', ['a/'])
  let refused = false

  const { outcome } = await applyOn(twin, plan, {
    around: (node, request, pass) => {
      if (refused && node === LAST) throw new Error('connect ECONNREFUSED')
      if (isReload(request) && node === LAST) {
        spoil(twin, node, 'v2.0.0')
        refused = true
      }
      return pass()
    },
  })

  expect(outcome.kind).toBe('rollback_failed')
  expect(problemsOf(outcome)).toContain('ECONNREFUSED')
  const { mounts } = await observeTwin(twin)
  const mount = mounts.find(({ path }) => path === mountPath('a/'))
  expect(mount?.configured_version).toBe('v1.0.0')
})

it('takes no listing for proof that a refused undo left the mount alive', async () => {
  const { twin, plan } = await upgrade('v1.0.0', ['a/'])

  const { outcome } = await applyOn(twin, plan, {
    around: (node, request, pass) => {
      if (request.path.endsWith('?help=1')) return FORBIDDEN
      if (isReload(request)) for (const of of ['v1.0.0', 'v2.0.0']) spoil(twin, node, of)
      return pass()
    },
  })

  expect(await answersOn(twin, 'a/')).toContain('no')
  expect(outcome.kind).toBe('rollback_failed')
  expect(problemsOf(outcome)).toContain('was not seen to answer')
})

it('is done where the mount is there, though the second request for it was refused', async () => {
  const twin = makeTwin({ product: 'openbao', nodes: 3, deeds: [register('v1.0.0')] })
  const versions = [versionOf('v1.0.0')]
  const desired = desiredState({
    plugins: [desiredPlugin(KV.id, { use: 'v1.0.0', versions })],
    mounts: [desiredMount('a/', KV.id, { enable: true })],
  })
  const { plan } = await planOn(twin, desired)
  let late: (() => void) | undefined

  const { outcome } = await applyOn(twin, plan, {
    around: (_node, request, pass) => {
      if (request.path !== 'sys/mounts/a' || !changesSomething(request)) return pass()
      if (late === undefined) {
        late = () => void pass()
        throw Object.assign(new Error('cut'), { code: 'ECONNRESET' })
      }
      late()
      return pass()
    },
  })

  expect(outcome.kind).toBe('done')
  expect(await answersOn(twin, 'a/')).toEqual(['yes', 'yes', 'yes'])
})

it('sends nothing more once the lock is lost, also where it waited for a leader', async () => {
  const { twin, plan } = await upgrade('v1.0.0', ['a/'])
  let away: number | undefined
  const lost = (now: number): boolean => away !== undefined && now > away + 60_000

  const { outcome, writes } = await applyOn(twin, plan, {
    lockLost: lost,
    recorded: (event, now) => {
      if (event.event === 'step_started' && event.step.startsWith('tune')) away = now
    },
    around: (_node, _request, pass, now) => {
      if (away !== undefined && now < away + 70_000) throw new Error('connect ECONNREFUSED')
      return pass()
    },
  })

  expect(outcome).toMatchObject({ kind: 'stopped', error: { code: 'lock-lost', exitCode: 7 } })
  // The tune was sent once, while the lock was held, and got no answer.
  expect(writes.map(({ path }) => path)).toEqual([
    ...['sys/plugins/catalog/secret/my-kv', 'sys/mounts/a/tune'],
  ])
})

it('stops at a step whose facts no longer hold when it comes to it', async () => {
  const { twin, plan } = await upgrade('v1.0.0', ['a/'])

  const { outcome, writes } = await applyOn(twin, plan, {
    recorded: ({ event }) => {
      if (event === 'step_done') twin.send(twin.active()!, tuneTo('v1.0.0'))
    },
  })

  expect(outcome).toMatchObject({ kind: 'stale' })
  expect(writes.filter(isReload)).toEqual([])
})

it('does not reload a mount that was made anew while the run was under way', async () => {
  const { twin, plan } = await upgrade('v1.0.0', ['a/'])
  const { accessor } = (await observeTwin(twin)).mounts.find(({ path }) => path === 'a/')!
  const done = new Set<string>()

  const { outcome, writes } = await applyOn(twin, plan, {
    around: (_node, request, pass) => {
      const answer = pass()
      if (!READS_MOUNTS.test(request.path) || !done.has('tune a/')) return answer
      return JSON.parse(JSON.stringify(answer).replace(accessor, 'made_anew')) as typeof answer
    },
    recorded: (event) => {
      if (event.event === 'step_done') done.add(event.step)
    },
  })

  expect(outcome).toMatchObject({ kind: 'stale' })
  expect(outcome.kind === 'stale' && outcome.mismatches.map(({ field }) => field)).toContain(
    'accessor',
  )
  expect(writes.filter(isReload)).toEqual([])
})

it('tunes again and then stops, and rolls nothing back, where a node never comes round', async () => {
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [register('v1.0.0'), register('v2.0.0'), enable('a/', 'v1.0.0')],
  })
  twin.send(twin.active()!, tuneTo('v2.0.0'))
  const versions = ['v1.0.0', 'v2.0.0'].map(versionOf)
  const desired = desiredState({ plugins: [desiredPlugin(KV.id, { use: 'v2.0.0', versions })] })
  const { plan } = await planOn(twin, desired)

  const { outcome, writes } = await applyOn(twin, plan, {
    around: (node, { path }, pass) => {
      const answer = pass()
      if (!READS_MOUNTS.test(path) || node === twin.active()) return answer
      return JSON.parse(JSON.stringify(answer).replaceAll('v2.0.0', 'v1.0.0')) as typeof answer
    },
  })

  expect(outcome).toMatchObject({
    kind: 'stopped',
    between: false,
    done: [],
    remaining: plan.steps.map(({ id }) => id),
    error: { code: 'node-behind', exitCode: 1 },
  })
  // The tune that the active node has already, once more: it changes nothing but what a node shows.
  expect(writes).toMatchObject([tuneTo('v2.0.0')])
})

it('says which file is missing where that is why a node cannot begin', async () => {
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [register('v1.0.0'), register('v2.0.0'), enable('a/', 'v1.0.0')],
  })
  twin.send(twin.active()!, tuneTo('v2.0.0'))
  const versions = ['v1.0.0', 'v2.0.0'].map(versionOf)
  const desired = desiredState({ plugins: [desiredPlugin(KV.id, { use: 'v2.0.0', versions })] })
  const { plan } = await planOn(twin, desired)
  const [first] = plan.steps
  const node = first?.action.kind === 'reload' ? first.action.node : undefined
  const { command } = usualBinary(KV, version('v2.0.0'))
  twin.removeFile(node!, command)

  const { outcome, writes } = await applyOn(twin, plan)

  expect(outcome).toMatchObject({
    kind: 'stopped',
    done: [],
    error: {
      code: 'binary-missing',
      hint: `Copy ${command} to the plugin directory of ${node}, then resume.`,
    },
  })
  expect(writes).toEqual([])
})

it('needs a person where a mount that was never reloaded is down with the process it shared', async () => {
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [register('v1.0.0'), enable('a/', 'v1.0.0'), enable('b/', 'v1.0.0')],
  })
  const desired = desiredState({
    plugins: [
      desiredPlugin(KV.id, { use: 'v2.0.0', versions: ['v1.0.0', 'v2.0.0'].map(versionOf) }),
    ],
    mounts: [desiredMount('a/', KV.id, { canary: true })],
  })
  const { plan } = await planOn(twin, desired)

  const { outcome } = await applyOn(twin, plan, {
    beforeWrite: (_number, { path }) => {
      if (path !== 'sys/mounts/b/tune') return
      for (const of of ['v1.0.0', 'v2.0.0']) {
        twin.removeFile(LAST, usualBinary(KV, version(of)).command)
      }
    },
  })

  const { sha256 } = usualBinary(KV, version('v1.0.0'))
  expect(outcome).toMatchObject({
    kind: 'rollback_failed',
    step: `reload ${KV.id} on ${LAST}`,
    not_rolled_back: [],
    rolled_back: ['tune b/', `reload ${KV.id} on ${nodeAddress(2)}`],
    mounts_not_rolled_back: [{ mount: 'b/', node: LAST, file: 'v1.0.0', sha256 }],
    by_hand: [{ kind: 'reload', node: LAST, mounts: ['b/'] }],
  })
})

it('gives an entry other arguments that read the same when they are joined', async () => {
  const [before, after] = [['--tags=a', 'b'], ['--tags=a,b']]
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [{ ...register('v1.0.0'), args: before }, enable('a/', 'v1.0.0')],
  })
  const file = desiredVersion(KV.id, 'v1.0.0', {
    ...usualBinary(KV, version('v1.0.0')),
    args: after,
  })
  const desired = desiredState({
    plugins: [desiredPlugin(KV.id, { use: 'v1.0.0', versions: [file] })],
  })
  const { plan } = await planOn(twin, desired)

  const { outcome, writes } = await applyOn(twin, plan)

  expect(outcome.kind).toBe('done')
  expect(writes[0]?.body).toMatchObject({ args: after })
  const { catalog } = await observeTwin(twin)
  expect(catalog.find(({ plugin }) => plugin === KV.id)?.args).toEqual(after)
})

it('ends with the server’s word where the token is no longer good', async () => {
  const { twin, plan } = await upgrade('v1.0.0', ['a/'])
  let ended = false

  const { outcome } = await applyOn(twin, plan, {
    recorded: ({ event }) => {
      if (event === 'step_started') ended = true
    },
    // Anybody may ask for the health.
    around: (_node, { path }, pass) =>
      ended && !path.startsWith('sys/health') ? FORBIDDEN : pass(),
  })

  expect(outcome).toMatchObject({ kind: 'stopped', error: { code: 'bad-token', exitCode: 8 } })
})

async function upgrade(
  from: string,
  mounts: readonly string[],
): Promise<{ readonly twin: Twin; readonly plan: FreshPlan }> {
  const twin = makeTwin({
    product: 'openbao',
    nodes: 3,
    deeds: [register(from), ...mounts.map((path) => enable(path, from))],
  })
  const kept = from === '' ? [] : [versionOf(from)]
  const versions = [...kept, versionOf('v2.0.0')]
  const desired = desiredState({
    plugins: [desiredPlugin(KV.id, { use: 'v2.0.0', versions })],
    // From no version there is no rollback.
    allow: from === '' ? [UNCHECKED] : [],
  })
  return { twin, plan: (await planOn(twin, desired)).plan }
}

function register(of: string): Deed & { do: 'register' } {
  const binary = usualBinary(KV, version(of))
  return { do: 'register', plugin: KV.id, version: version(of), binary, args: [] }
}

function enable(path: string, of: string): Deed {
  const mount = { path: mountPath(path), namespace: ROOT_NAMESPACE }
  return { do: 'enable', mount, plugin: KV.id, version: version(of) }
}

function versionOf(of: string) {
  return desiredVersion(KV.id, of, usualBinary(KV, version(of)))
}

function tuneTo(of: string): ServerRequest {
  return {
    method: 'POST',
    path: 'sys/mounts/a/tune',
    body: { plugin_version: of },
    namespace: ROOT_NAMESPACE,
    forwarding: true,
  }
}

/** The node's program of that version is another one by now: it cannot be started. */
function spoil(twin: Twin, node: NodeAddress, of: string): void {
  twin.putFile(node, usualBinary(KV, version(of)).command, { sha256: 'f'.repeat(64) as Sha256 })
}

function isReload({ path }: ServerRequest): boolean {
  return path === 'sys/plugins/reload/backend'
}

function problemsOf(outcome: RunOutcome): string | undefined {
  return outcome.kind === 'rollback_failed' ? outcome.problems.reason : undefined
}

async function answersOn(twin: Twin, path: string): Promise<string[]> {
  const { mounts } = await observeTwin(twin)
  const mount = mounts.find((one) => one.path === (path as MountPath))
  return mount?.nodes.map(({ answers }) => answers) ?? []
}
