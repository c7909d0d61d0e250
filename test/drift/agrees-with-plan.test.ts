import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DesiredState } from '../../src/domain/desired.ts'
import type { LiveState, MountOnNode } from '../../src/domain/live.ts'
import { type PluginId, UNVERSIONED, type Version } from '../../src/domain/names.ts'
import { findDrift } from '../../src/drift/find-drift.ts'
import { draftPlan } from '../../src/plan/make-plan.ts'
import {
  builtinEntry,
  catalogEntry,
  connectionPath,
  liveConnection,
  liveMount,
  liveNode,
  liveState,
  mountPath,
  plugin,
  sha256Of,
  version,
} from '../builders/live.ts'
import { desiredMount, desiredPlugin, desiredState, using } from './desired-state.ts'
import { ASKED, summarize } from './one-mount.ts'
import { samples } from '../size.ts'

const NODES = [liveNode(1), liveNode(2), liveNode(3)]
const BUILTIN = version('v2.7.2+builtin.bao')
const VERSIONS = [UNVERSIONED, version('v0.16.2'), version('v0.21.0')]
const PATHS = ['a/', 'b/', 'auth/jwt/'].map(mountPath)
const CONNECTION = connectionPath('db/config/orders')

const plugins = fc.constantFrom(plugin('secret/my-kv'), plugin('auth/jwt'))
const uses = fc.constantFrom('unversioned', 'builtin', 'v0.16.2', 'v0.21.0')

function onNode(id: PluginId, of: Version, answers: MountOnNode['answers']): Partial<MountOnNode> {
  const isBuiltin = of === BUILTIN
  return {
    running_version: of,
    running_sha256: isBuiltin ? 'builtin' : sha256Of(id, of),
    answers,
  }
}

/** A file and a cluster that have the same few names, and otherwise nothing to do with each other. */
const states: fc.Arbitrary<{ desired: DesiredState; live: LiveState }> = fc
  .record({
    id: plugins,
    use: fc.option(uses, { nil: undefined }),
    listed: fc.subarray(VERSIONS),
    retired: fc.subarray(VERSIONS),
    registered: fc.subarray(VERSIONS),
    changed: fc.subarray(VERSIONS),
    builtin: fc.boolean(),
    own: fc.option(fc.tuple(fc.constantFrom(...PATHS), uses, fc.boolean()), { nil: undefined }),
    mounts: fc.uniqueArray(
      fc.record({
        path: fc.constantFrom(...PATHS),
        configured: fc.constantFrom(...VERSIONS, BUILTIN),
        nodes: fc.array(
          fc.tuple(
            fc.constantFrom(...VERSIONS, BUILTIN),
            fc.constantFrom('yes' as const, 'yes' as const, 'no' as const),
          ),
          { minLength: 3, maxLength: 3 },
        ),
      }),
      { selector: ({ path }) => path },
    ),
    connection: fc.option(fc.constantFrom(...VERSIONS), { nil: undefined }),
  })
  .map(({ id, use, listed, retired, registered, changed, builtin, own, mounts, connection }) => {
    const named = [use, own?.[1]].flatMap((text) =>
      text === undefined || text === 'builtin'
        ? []
        : [text === 'unversioned' ? UNVERSIONED : version(text)],
    )
    const versions = VERSIONS.filter((of) => listed.includes(of) || named.includes(of))
    const retire = retired.filter((of) => !versions.includes(of))
    const hidden = registered.includes(UNVERSIONED)
    return {
      desired: desiredState({
        plugins: [desiredPlugin(id, { ...(use !== undefined && { use }), versions, retire })],
        mounts:
          own === undefined
            ? []
            : [desiredMount(own[0], id, { use: using(own[1]), enable: own[2] })],
      }),
      live: liveState({
        catalog: [
          ...registered.map((of) =>
            catalogEntry(
              id,
              of,
              changed.includes(of) ? { sha256: sha256Of(id, version('v9.9.9')) } : {},
            ),
          ),
          ...(builtin && !hidden ? [builtinEntry(id, BUILTIN)] : []),
        ],
        mounts: mounts.map(({ path, configured, nodes }) =>
          liveMount(path, {
            plugin: id,
            version: configured,
            nodes: NODES,
            except: Object.fromEntries(
              nodes.map(([of, answers], at) => [NODES[at]!.address, onNode(id, of, answers)]),
            ),
          }),
        ),
        connections:
          connection === undefined
            ? []
            : [liveConnection(CONNECTION, { plugin: id, version: connection })],
      }),
    }
  })

describe('drift and the plan', () => {
  it('is in step only where there is nothing to plan and nothing impossible', () => {
    fc.assert(
      fc.property(states, ({ desired, live }) => {
        const { steps, impossible } = draftPlan(desired, live)
        fc.pre(steps.length + impossible.length > 0)

        expect(findDrift(desired, live, ASKED).in_sync).toBe(false)
      }),
      { ...samples(1000) },
    )
  })

  it('has a difference for every mount that the plan moves', () => {
    fc.assert(
      fc.property(states, ({ desired, live }) => {
        const moved = draftPlan(desired, live).steps.flatMap(({ action }) =>
          action.kind === 'tune' ? [action.mount] : action.kind === 'reload' ? action.mounts : [],
        )
        const report = findDrift(desired, live, ASKED)

        const entries = report.differences.filter(({ mount }) => mount === undefined)
        const mounts = new Set(report.differences.map(({ mount }) => mount))
        // Where its entry is changed, that is the difference.
        if (entries.length === 0) {
          expect(moved.filter((mount) => !mounts.has(mount))).toEqual([])
        }
      }),
      { ...samples(1000) },
    )
  })

  it('says each thing once, in the same order every time', () => {
    fc.assert(
      fc.property(states, ({ desired, live }) => {
        const first = findDrift(desired, live, ASKED)

        const texts = summarize(first.differences)
        expect(new Set(texts).size).toBe(texts.length)
        expect(findDrift(desired, live, ASKED)).toEqual(first)
      }),
      { ...samples(300) },
    )
  })

  it('is in step where everything runs and is registered as the file says', () => {
    fc.assert(
      fc.property(plugins, fc.constantFrom(...VERSIONS), (id, of) => {
        const use = of === UNVERSIONED ? 'unversioned' : of
        const mounts = PATHS.map((path) =>
          liveMount(path, { plugin: id, version: of, nodes: NODES }),
        )
        const desired = desiredState({ plugins: [desiredPlugin(id, { use, versions: [of] })] })

        const report = findDrift(
          desired,
          liveState({ catalog: [catalogEntry(id, of)], mounts }),
          ASKED,
        )

        expect(report).toMatchObject({ in_sync: true, differences: [], unmanaged: [] })
      }),
    )
  })
})
