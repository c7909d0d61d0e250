import { describe, expect, it } from 'vitest'
import {
  builtinEntry,
  catalogEntry,
  liveMount,
  liveNode,
  liveState,
  mountPath,
  nodeAddress,
  plugin,
  sha256Of,
  version,
} from '../../test/builders/live.ts'
import type { LiveState, MountOnNode } from '../domain/live.ts'
import { BUILTIN, UNKNOWN_HASH, UNVERSIONED } from '../domain/names.ts'
import { type MountView, viewMounts } from './mount-view.ts'

const KV = plugin('secret/my-kv')
const OLD = version('v0.16.2')
const NEW = version('v0.21.0')
const NODES = [liveNode(1), liveNode(2)]

interface Case extends Partial<LiveState> {
  readonly configured?: typeof NEW
  readonly second?: Partial<MountOnNode>
}

/** One mount on two nodes. `second` overrides what the second node reports. */
function view({ configured = NEW, second = {}, ...state }: Case): MountView {
  const mount = liveMount(mountPath('a/'), {
    plugin: KV,
    version: configured,
    nodes: NODES,
    except: { [nodeAddress(2)]: second },
  })
  const [only] = viewMounts(
    liveState({ nodes: NODES, catalog: [catalogEntry(KV, NEW)], mounts: [mount], ...state }),
  )
  if (only === undefined) throw new Error('there is one mount')
  return only
}

const differs = ({ nodes }: MountView) => nodes.map((node) => node.differs)
const running = ({ nodes }: MountView) => nodes.map((node) => node.running)

describe('viewMounts', () => {
  it('marks nothing if every node runs what is registered', () => {
    const mountView = view({})

    expect(mountView.registered).toBe(true)
    expect(differs(mountView)).toEqual([false, false])
    expect(running(mountView)[0]).toBe(`v0.21.0 ${sha256Of(KV, NEW).slice(0, 12)}`)
  })

  it('marks the node that runs another binary, whatever version it reports', () => {
    const mountView = view({ second: { running_sha256: sha256Of(KV, OLD) } })

    expect(differs(mountView)).toEqual([false, true])
  })

  it('marks a compiled-in plugin that runs under an external version', () => {
    const mountView = view({ second: { running_sha256: BUILTIN } })

    expect(differs(mountView)).toEqual([false, true])
    expect(running(mountView)[1]).toBe('v0.21.0 builtin')
  })

  it('does not show a missing hash as a builtin', () => {
    const undeclared = { running_sha256: UNKNOWN_HASH }
    const mountView = view({
      catalog: [catalogEntry(KV, NEW, { sha256: UNKNOWN_HASH, declarative: true })],
      second: undeclared,
    })

    expect(running(mountView)[1]).toBe('v0.21.0 (hash not reported)')
    expect(mountView.nodes[1]).toMatchObject({ answers: 'ok', differs: false })
  })

  it('marks a node that runs nothing', () => {
    const mountView = view({
      second: { running_version: UNVERSIONED, running_sha256: UNKNOWN_HASH, answers: 'no' },
    })

    expect(mountView.nodes[1]).toMatchObject({ running: 'nothing', answers: 'down', differs: true })
  })

  it('shows the version that a node is tuned to if the active node has another one', () => {
    const mountView = view({ second: { configured_version: OLD } })

    expect(differs(mountView)).toEqual([false, true])
    expect(mountView.nodes.map(({ configured }) => configured)).toEqual([undefined, 'v0.16.2'])
  })

  it('expects the builtin after the override was deregistered', () => {
    const mountView = view({
      configured: UNVERSIONED,
      catalog: [builtinEntry(KV, version('v2.7.2+builtin.bao'))],
    })

    expect(mountView.registered).toBe(true)
    expect(differs(mountView)).toEqual([true, true])
  })

  it('treats a builtin of an earlier release as unregistered', () => {
    const mountView = view({
      configured: version('v2.7.1+builtin.bao'),
      catalog: [builtinEntry(KV, version('v2.7.2+builtin.bao'))],
    })

    expect(mountView.registered).toBe(false)
  })

  it('shows no builtin for a node that was not asked', () => {
    const silent = { running_version: UNVERSIONED, running_sha256: UNKNOWN_HASH }
    const states = (['yes', 'no', 'unchecked'] as const).map((answers) =>
      view({ catalog: [], second: { ...silent, answers } }),
    )

    expect(states.map((mountView) => running(mountView)[1])).toEqual([
      'unversioned (hash not reported)',
      'nothing',
      'unknown',
    ])
  })

  it('compares the nodes with each other if nothing is registered', () => {
    const alike = view({ catalog: [] })
    const unlike = view({ catalog: [], second: { running_sha256: sha256Of(KV, OLD) } })

    expect([alike.registered, unlike.registered]).toEqual([false, false])
    expect(differs(alike)).toEqual([false, false])
    expect(differs(unlike)).toEqual([true, true])
  })

  it('expects the pinned version before the configured one', () => {
    const mountView = view({
      catalog: [catalogEntry(KV, OLD), catalogEntry(KV, NEW)],
      pins: [{ plugin: KV, version: OLD }],
      second: { running_sha256: sha256Of(KV, OLD) },
    })

    expect(mountView.configured).toBe('v0.21.0, pinned to v0.16.2')
    expect(differs(mountView)).toEqual([true, false])
  })

  it('expects the unversioned entry for a mount without a version, or else the builtin', () => {
    const builtin = { running_version: UNVERSIONED, running_sha256: BUILTIN }
    const overridden = view({
      configured: UNVERSIONED,
      catalog: [catalogEntry(KV, UNVERSIONED)],
      second: builtin,
    })
    const compiledIn = view({
      configured: version('v2.7.2+builtin.bao'),
      catalog: [builtinEntry(KV, version('v2.7.2+builtin.bao'))],
      second: builtin,
    })

    expect(overridden.configured).toBe('default')
    expect(differs(overridden)).toEqual([false, true])
    expect(differs(compiledIn)).toEqual([false, false])
    expect(running(compiledIn)).toEqual(['v2.7.2+builtin.bao', 'builtin'])
  })

  it('marks a serving node that does not list the mount', () => {
    const mountView = view({ nodes: [...NODES, liveNode(3)] })

    expect(mountView.nodes[2]).toMatchObject({
      running: 'not mounted',
      answers: '?',
      differs: true,
    })
  })
})
