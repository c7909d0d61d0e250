import { describe, expect, test } from 'vitest'
import { liveNode, nodeAddress, sha256Of } from '../../test/builders/live.ts'
import { ASKED, cluster, FILE, KV, NEW, OLD, running, TWO } from '../../test/drift/one-mount.ts'
import type { LiveState } from '../domain/live.ts'
import type { NodeAddress } from '../domain/names.ts'
import { findDrift } from './find-drift.ts'
import { identifyNode } from './found-difference.ts'

/** The second of three nodes runs the old version, and the third is unreachable for `why`. */
function drifted({ why = 'connection refused', raft = true } = {}): LiveState {
  const live = cluster(NEW, { [TWO]: running(OLD) })
  const away = { state: 'unreachable', role: 'unknown', detail: why } as const
  const nodes = [...live.nodes, liveNode(12, away)].map((node, at) => ({
    ...node,
    ...(raft && { raft_id: `raft-${at}` }),
  }))
  return { ...live, nodes }
}

/** The same nodes under other addresses. */
function moved(live: LiveState): LiveState {
  const to = new Map(live.nodes.map(({ address }, at) => [address, nodeAddress(40 + at)]))
  const move = (address: NodeAddress): NodeAddress => to.get(address) ?? address
  return {
    ...live,
    nodes: live.nodes.map((node) => ({ ...node, address: move(node.address) })),
    mounts: live.mounts.map((mount) => ({
      ...mount,
      nodes: mount.nodes.map((view) => ({ ...view, node: move(view.node) })),
    })),
  }
}

const fingerprints = (live: LiveState, file = FILE) => {
  const { fingerprint, differences, unreadable } = findDrift(file, live, ASKED)
  return { fingerprint, each: [...differences, ...unreadable].map((one) => one.fingerprint).sort() }
}

describe('a fingerprint', () => {
  test('is one for each difference', () => {
    expect(new Set(fingerprints(drifted()).each).size).toBe(2)
  })

  test('stays if nodes change their addresses', () => {
    expect(fingerprints(moved(drifted()))).toEqual(fingerprints(drifted()))
  })

  test('changes with the address of a node of which nothing else is known', () => {
    const live = drifted({ raft: false })

    expect(fingerprints(moved(live)).fingerprint).not.toBe(fingerprints(live).fingerprint)
  })

  test('stays if lines of the file move, or the command that fixes it is another', () => {
    const source = { file: 'other.yaml', line: 40, column: 7 }
    const plugins = FILE.plugins.map((plugin) => ({ ...plugin, source }))
    const before = findDrift(FILE, drifted(), ASKED)
    const after = findDrift({ ...FILE, plugins }, drifted(), { ...ASKED, apply: 'lockstep x' })

    expect(after.fingerprint).toBe(before.fingerprint)
  })

  test('stays if a node is away for another reason', () => {
    const { fingerprint } = fingerprints(drifted({ why: 'timed out' }))

    expect(fingerprint).toBe(fingerprints(drifted()).fingerprint)
  })

  test('changes with what is found', () => {
    const other = { running_sha256: sha256Of(KV, NEW), running_version: OLD }
    const live = drifted()
    const changed = {
      ...live,
      mounts: live.mounts.map((mount) => ({
        ...mount,
        nodes: mount.nodes.map((view) => (view.node === TWO ? { ...view, ...other } : view)),
      })),
    }

    expect(fingerprints(changed).fingerprint).not.toBe(fingerprints(live).fingerprint)
  })
})

test.each([
  [{ raft_id: 'raft-1', cluster_address: 'bao-1.svc:8201' }, 'raft-1', 'raft'],
  [{ cluster_address: 'bao-1.svc:8201' }, 'bao-1.svc:8201', 'cluster_address'],
  [{}, nodeAddress(1), 'api_address'],
])('a node of which %j is known is named by that', (known, id, source) => {
  expect(identifyNode({ ...liveNode(1), ...known })).toMatchObject({ id, id_source: source })
})
