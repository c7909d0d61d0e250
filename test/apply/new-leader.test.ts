/**
 * Another node of a Vault begins to lead before any one of a run's requests: its standbys run no
 * plugins, so what the plan says of the active node is meant of whichever is active by then.
 */
import { expect, it } from 'vitest'
import { ROOT_NAMESPACE, type Sha256 } from '../../src/domain/names.ts'
import { mountPath, nodeAddress, version } from '../builders/live.ts'
import { desiredMount, desiredPlugin, desiredVersion } from '../builders/safety-input.ts'
import { desiredState } from '../drift/desired-state.ts'
import type { Deed } from '../property/deeds.ts'
import { type Applied, applyOn, makeTwin, observeTwin, planOn } from '../property/drive-twin.ts'
import { MADE_UP, usualBinary } from '../property/palette.ts'

const KV = MADE_UP.plugins.find(({ id }) => id === 'secret/my-kv')!
const [old, next] = ['v1.0.0', 'v2.0.0'].map(version)
const OTHER = 'f'.repeat(64) as Sha256

it('ends well where the plan’s own node leads no more', async () => {
  for (let at = 0, sent = 1; at < sent; at += 1) {
    const { twin, desired, plan } = await upgrade()

    const { outcome, requests } = await withNewLeader(twin, plan, at)

    sent = requests
    expect({ at, outcome }).toMatchObject({ at, outcome: { kind: 'done' } })
    expect({ at, runs: await runs(twin) }).toEqual({ at, runs: [hashOf(next), hashOf(next)] })
    expect((await planOn(twin, desired)).plan.steps).toEqual([])
  }
})

it('rolls back on the node that leads now what failed on the other', async () => {
  for (let at = 0, sent = 1; at < sent; at += 1) {
    const { twin, plan } = await upgrade()
    // The node that leads at first cannot start the new program.
    twin.putFile(nodeAddress(1), usualBinary(KV, next!).command, { sha256: OTHER })

    const { outcome, requests } = await withNewLeader(twin, plan, at)

    sent = requests
    expect({ at, kind: outcome.kind }).toEqual({
      at,
      kind: expect.stringMatching(/^(done|rolled_back)$/) as string,
    })
    const wanted = hashOf(outcome.kind === 'done' ? next : old)
    expect({ at, runs: await runs(twin) }).toEqual({ at, runs: [wanted, wanted] })
  }
})

it('carries out a plan that was saved while another node led', async () => {
  const { twin, plan } = await upgrade()
  twin.stepDown()

  const { outcome } = await applyOn(twin, plan)

  expect(outcome.kind).toBe('done')
  expect(await runs(twin)).toEqual([hashOf(next), hashOf(next)])
})

it('says which mounts stay read-only where they came up without their plugin', async () => {
  const { twin, plan } = await upgrade()
  const { command, sha256 } = usualBinary(KV, old!)
  // The next node to lead has no program to start, until it leads.
  twin.removeFile(nodeAddress(2), command)
  twin.stepDown()
  twin.putFile(nodeAddress(2), command, { sha256 })

  const { outcome, journal } = await applyOn(twin, plan)

  const read_only = ['a/', 'b/'].map((mount) => ({ mount, node: nodeAddress(2) }))
  expect(outcome).toMatchObject({ kind: 'done', readOnly: read_only })
  expect(journal.at(-1)).toMatchObject({ event: 'run_ended', read_only })
  expect(writes(twin)).toEqual([500, 500])
  twin.stepDown()
  expect(writes(twin)).toEqual([204, 204])
})

it('says nothing of mounts that a failed reload has taken down', async () => {
  const { twin, plan } = await upgrade()
  twin.putFile(nodeAddress(1), usualBinary(KV, next!).command, { sha256: OTHER })

  const { outcome } = await applyOn(twin, plan)

  expect(outcome).toMatchObject({ kind: 'rolled_back' })
  expect(outcome.readOnly).toBeUndefined()
})

async function upgrade() {
  const mounts = ['a/', 'b/'].map((path) => ({
    path: mountPath(path),
    namespace: ROOT_NAMESPACE,
  }))
  const twin = makeTwin({
    product: 'vault',
    nodes: 3,
    deeds: [
      register(old),
      ...mounts.map((mount): Deed => ({ do: 'enable', mount, plugin: KV.id, version: old! })),
    ],
  })
  const versions = [old, next].map((of) => desiredVersion(KV.id, of!, usualBinary(KV, of!)))
  const desired = desiredState({
    plugins: [desiredPlugin(KV.id, { use: next!, versions })],
    mounts: [desiredMount('a/', KV.id, { canary: true })],
  })
  return { twin, desired, plan: (await planOn(twin, desired)).plan }
}

type Upgrade = Awaited<ReturnType<typeof upgrade>>

/** Just before the request of that number, from 0, whatever it is. */
async function withNewLeader(
  twin: Upgrade['twin'],
  plan: Upgrade['plan'],
  at: number,
): Promise<Applied & { readonly requests: number }> {
  let requests = 0
  const applied = await applyOn(twin, plan, {
    around: (_node, _request, pass) => {
      if (requests++ === at) twin.stepDown()
      return pass()
    },
  })
  return { ...applied, requests }
}

function register(of: typeof old): Deed {
  const binary = usualBinary(KV, of!)
  return { do: 'register', plugin: KV.id, version: of!, binary, args: [] }
}

function hashOf(of: typeof old): Sha256 {
  return usualBinary(KV, of!).sha256
}

/** How a write to each mount is answered. */
function writes(twin: Upgrade['twin']): number[] {
  return ['a/x', 'b/x'].map((path) => {
    const request = { method: 'POST' as const, path, body: { value: 1 }, namespace: ROOT_NAMESPACE }
    return twin.send(twin.active()!, { ...request, forwarding: false }).status
  })
}

/** What answers on the active node, of both mounts. */
async function runs(twin: Upgrade['twin']): Promise<string[]> {
  const { mounts } = await observeTwin(twin)
  return mounts
    .filter(({ plugin }) => plugin === KV.id)
    .flatMap(({ nodes }) =>
      nodes.map(({ answers, running_sha256 }) => (answers === 'yes' ? running_sha256 : 'down')),
    )
}
