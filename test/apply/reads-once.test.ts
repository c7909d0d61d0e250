/** What a run reads once, and what it must read again. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import { type NodeAddress, ROOT_NAMESPACE } from '../../src/domain/names.ts'
import { mountPath, version } from '../builders/live.ts'
import { desiredMount, desiredPlugin, desiredVersion } from '../builders/safety-input.ts'
import { desiredState } from '../drift/desired-state.ts'
import type { Deed } from '../property/deeds.ts'
import { applyOn, changesSomething, makeTwin, planOn } from '../property/drive-twin.ts'
import { MADE_UP, usualBinary } from '../property/palette.ts'

const KV = MADE_UP.plugins.find(({ id }) => id === 'secret/my-kv')!
const [OLD, NEW] = [version('v1.0.0'), version('v2.0.0')]
const NODES = 3

interface Asked {
  readonly node: NodeAddress
  readonly path: string
  readonly isWrite: boolean
}

let asked: Asked[]
beforeEach(() => {
  asked = []
})

/** Upgrades `a/` and `b/`, and notes each request. */
async function upgrade(canaries: readonly string[]): Promise<readonly JournalEvent[]> {
  const enable = (path: string): Deed => {
    const mount = { path: mountPath(path), namespace: ROOT_NAMESPACE }
    return { do: 'enable', mount, plugin: KV.id, version: OLD }
  }
  const register: Deed = {
    do: 'register',
    plugin: KV.id,
    version: OLD,
    binary: usualBinary(KV, OLD),
    args: [],
  }
  const deeds = [register, enable('a/'), enable('b/')]
  const twin = makeTwin({ product: 'openbao', nodes: NODES, deeds })
  const versions = [OLD, NEW].map((one) => desiredVersion(KV.id, one, usualBinary(KV, one)))
  const { plan } = await planOn(
    twin,
    desiredState({
      plugins: [desiredPlugin(KV.id, { use: NEW, versions })],
      mounts: canaries.map((path) => desiredMount(path, KV.id, { canary: true })),
    }),
  )
  const { outcome, journal } = await applyOn(twin, plan, {
    around: (node, request, pass) => {
      asked.push({ node, path: request.path, isWrite: changesSomething(request) })
      return pass()
    },
  })
  expect(outcome).toMatchObject({ kind: 'done' })
  expect(outcome).not.toHaveProperty('unconfirmed')
  return journal
}

/** Questions to a mount's backend on each node since the last reload there. */
function questionsSinceReload(mount: string): readonly number[] {
  const reloads = asked.filter(({ path }) => path === 'sys/plugins/reload/backend')
  const nodes = [...new Set(reloads.map(({ node }) => node))]
  expect(nodes).toHaveLength(NODES)
  return nodes.map((node) => {
    const since = asked.lastIndexOf(reloads.findLast((reload) => reload.node === node)!)
    const questions = asked.slice(since).filter((one) => one.node === node)
    return questions.filter(({ path }) => path === `${mount}?help=1`).length
  })
}

describe('a run that begins right after its plan was made', () => {
  it('records what the nodes ran without reading it again', async () => {
    const journal = await upgrade([])

    const before = asked.slice(
      0,
      asked.findIndex(({ isWrite }) => isWrite),
    )
    expect(before.map(({ path }) => path)).not.toContain('sys/mounts')
    const [started] = journal
    const mounts = started?.event === 'run_started' ? started.before.mounts : []
    expect(mounts.map(({ mount }) => mount)).toEqual(['a/', 'b/'])
    for (const { running = [] } of mounts) expect(running).toHaveLength(NODES)
  })

  it('asks a mount once on each node after it was reloaded there', async () => {
    await upgrade([])

    for (const mount of ['a/', 'b/']) expect(questionsSinceReload(mount)).toEqual([1, 1, 1])
  })

  it('asks a canary again at the end: the reload of the others ended its process', async () => {
    await upgrade(['a/'])

    for (const mount of ['a/', 'b/']) expect(questionsSinceReload(mount)).toEqual([1, 1, 1])
    const canary = asked.filter(({ path }) => path === 'a/?help=1').length
    const other = asked.filter(({ path }) => path === 'b/?help=1').length
    expect(canary - other).toBe(NODES)
  })
})
