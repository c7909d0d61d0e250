/** A plan belongs to the nodes of a cluster, not to the addresses at which they are reached. */
import { describe, expect, it } from 'vitest'
import { withCurrentNodes } from '../../src/journal/current-nodes.ts'
import type { Finding } from '../../src/documents/plan.generated.ts'
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import { type NodeAddress, parseNodeAddress } from '../../src/domain/names.ts'
import { type FreshPlan, finishPlan, planId } from '../../src/plan/make-plan.ts'
import { comparePlans } from '../../src/operations/plan-files/compare-plans.ts'
import { withCurrentAddresses } from '../../src/operations/plan-files/current-addresses.ts'
import { liveNode } from '../builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  safetyInput,
} from '../builders/safety-input.ts'

const KV = 'secret/my-kv'
const INSIDE = ['http://10.0.0.3:8200', 'http://10.0.0.1:8200', 'http://10.0.0.2:8200']
// One address is the beginning of another.
const FORWARDED = ['http://127.0.0.1:82', 'http://127.0.0.1:820', 'http://127.0.0.1:8200']

describe('the id of a plan', () => {
  it('is the same at other addresses of the same nodes', () => {
    const [inside, forwarded] = [planAt(INSIDE).plan, planAt(FORWARDED).plan]

    expect(forwarded.steps).not.toEqual(inside.steps)
    expect(forwarded.plan_id).toBe(inside.plan_id)
  })

  it('is another for another node at the same address', () => {
    const { plan } = planAt(INSIDE)

    expect(planAt(INSIDE, ['bao-0', 'bao-1', 'new']).plan.plan_id).not.toBe(plan.plan_id)
    expect(
      planId({
        ...plan,
        cluster: {
          ...plan.cluster,
          nodes: plan.cluster.nodes.map(({ id: _id, id_source: _source, ...node }) => node),
        },
      }),
    ).not.toBe(plan.plan_id)
  })

  it('is another if a step names another node, or if an argument that holds an address changes', () => {
    const { plan } = planAt(INSIDE, undefined, INSIDE[0])
    const [from = '', to = ''] = INSIDE
    const otherNode = { ...plan, steps: replaceIn(plan.steps, from, to) }
    // Whoever rewrites the address of a node everywhere changes what the plugin is started with.
    const rewritten = replaceIn<FreshPlan>(plan, from, 'http://evil.example:8200')

    expect(planId(plan)).toBe(plan.plan_id)
    expect(planId(otherNode)).not.toBe(plan.plan_id)
    expect(planId(rewritten)).not.toBe(plan.plan_id)
  })
})

describe('a plan file', () => {
  it('agrees with the plan for the same nodes at other addresses', () => {
    expect(compared(INSIDE, FORWARDED)).toEqual({ kind: 'agrees', alreadyDone: 0 })
    const rotated = [...INSIDE.slice(1), ...INSIDE.slice(0, 1)]
    expect(compared(INSIDE, rotated)).toEqual({ kind: 'agrees', alreadyDone: 0 })
  })

  it('differs if another node has the address of a node of the plan', () => {
    const found = compared(INSIDE, INSIDE, ['bao-0', 'bao-1', 'new'])

    expect(found).toMatchObject({
      kind: 'differs',
      notInFile: [{ action: { kind: 'reload', node: INSIDE[2] } }],
      onlyInFile: [{ action: { kind: 'reload' } }],
    })
  })

  it('sends nothing to an address that only the file has', () => {
    const { plan: file } = planAt(INSIDE)
    const forged = replaceIn(file, INSIDE[2] ?? '', 'http://evil.example:8200')
    const { plan, input } = planAt(INSIDE)

    expect(comparePlans(withCurrentAddresses(forged, input.live), plan, input)).toEqual({
      kind: 'agrees',
      alreadyDone: 0,
    })
    expect(JSON.stringify(plan)).not.toContain('evil')
  })
})

it('reads the records of a run for the nodes at their addresses of now', () => {
  const stamp = { at: '2026-01-01T00:00:00.000Z', run: 'one' }
  const { plan } = planAt(INSIDE)
  const events: JournalEvent[] = [
    {
      ...{ ...stamp, event: 'run_started', plan_id: plan.plan_id, steps: 1, by: 'me' },
      cluster: { id: 'c', name: 'lab', nodes: plan.cluster.nodes.map(onlyNode) },
      before: { entries: [], mounts: [], connections: [] },
    },
    ...plan.steps.map(({ id, action, undo, restores }, at): JournalEvent => {
      const place = { step: id, number: at + 1, of: plan.steps.length }
      return { ...stamp, event: 'step_started', ...place, action, undo, restores }
    }),
  ]

  const reloaded = (all: readonly JournalEvent[]): string[] =>
    all.flatMap((event) =>
      event.event === 'step_started' && event.action.kind === 'reload' ? event.action.node : [],
    )
  expect(reloaded(events)).toEqual([INSIDE[1], INSIDE[2], INSIDE[0]])
  expect(reloaded(withCurrentNodes(events, nodesAt(FORWARDED)))).toEqual([
    ...[FORWARDED[1], FORWARDED[2], FORWARDED[0]],
  ])
})

function onlyNode({ address, id, id_source }: FreshPlan['cluster']['nodes'][number]) {
  return { address, ...(id !== undefined && { id }), ...(id_source !== undefined && { id_source }) }
}

function compared(file: readonly string[], now: readonly string[], ids?: readonly string[]) {
  const { plan, input } = planAt(now, ids)
  return comparePlans(withCurrentAddresses(planAt(file).plan, input.live), plan, input)
}

function planAt(addresses: readonly string[], ids?: readonly string[], argument?: string) {
  const nodes = nodesAt(addresses, ids)
  const input = safetyInput({
    desired: {
      plugins: [
        desiredPlugin(KV, {
          use: 'v1.1.0',
          versions: ['v1.1.0'],
        }),
      ],
      mounts: [desiredMount('a/', KV)],
    },
    live: {
      nodes,
      catalog: [entryOf(KV, 'v1.0.0')],
      mounts: [mountOf('a/', KV, 'v1.0.0', { nodes })],
    },
  })
  const { draft, live } = input
  const desired = argument === undefined ? input.desired : withArgument(input.desired, argument)
  // Rules name nodes inside sentences.
  const finding: Finding = {
    ...{ rule: 'binary-unchecked', severity: 'note', subject: 'binary_check', fix: '', mounts: [] },
    message: `Not checked on ${nodes.map(({ address }) => address).join(' and ')}: kv.`,
    nodes: nodes.map(({ address }) => address),
  }
  const judgement = { findings: [finding], rehearsal: null }
  return { plan: finishPlan(draft, desired, live, judgement), input }
}

function withArgument(desired: ReturnType<typeof safetyInput>['desired'], argument: string) {
  const plugins = desired.plugins.map((one) => ({
    ...one,
    versions: one.versions.map((version) => ({ ...version, args: [argument] })),
  }))
  return { ...desired, plugins }
}

function nodesAt(
  addresses: readonly string[],
  ids: readonly string[] = ['bao-0', 'bao-1', 'bao-2'],
) {
  return addresses.map((address, at) =>
    liveNode(at + 1, { address: checked(address), raft_id: ids[at] ?? '' }),
  )
}

function checked(address: string): NodeAddress {
  const parsed = parseNodeAddress(address)
  if (parsed === undefined) throw new Error(`a test uses ${address}`)
  return parsed
}

function replaceIn<Value>(value: Value, from: string, to: string): Value {
  return JSON.parse(JSON.stringify(value).replaceAll(from, to)) as Value
}
