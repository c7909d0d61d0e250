import { describe, expect, it } from 'vitest'
import {
  builtinEntry,
  catalogEntry,
  liveMount,
  liveNode,
  liveState,
  mountPath,
  plugin,
  version,
} from '../../test/builders/live.ts'
import { desiredPlugin, desiredState } from '../../test/drift/desired-state.ts'
import {
  KV,
  OLD,
  NEW,
  PATH,
  NODES,
  ONE,
  running,
  onEveryNode,
  cluster,
  drift,
  summarize,
} from '../../test/drift/one-mount.ts'
import { UNVERSIONED } from '../domain/names.ts'
import type { MountOnNode } from '../domain/live.ts'
import type { Version } from '../domain/names.ts'

const JWT = plugin('auth/jwt')
const BUILTIN = version('v2.7.2+builtin.bao')

describe('the name of a builtin', () => {
  const mount = (configured: Version, except: Record<string, Partial<MountOnNode>> = {}) =>
    liveMount(mountPath('auth/jwt/'), { plugin: JWT, version: configured, nodes: NODES, except })
  const builtin = builtinEntry(JWT, BUILTIN)

  it('is overridden by a version the mount is configured for', () => {
    const file = desiredState({ plugins: [desiredPlugin(JWT, { use: 'builtin' })] })
    const live = liveState({ catalog: [builtin, catalogEntry(JWT, NEW)], mounts: [mount(NEW)] })

    expect(summarize(drift(live, file))).toEqual(['overridden auth/jwt/'])
  })

  it('is overridden by an unversioned entry that is not retired', () => {
    const file = desiredState({ plugins: [desiredPlugin(JWT, { use: 'builtin' })] })
    const live = liveState({
      catalog: [catalogEntry(JWT, UNVERSIONED)],
      mounts: [mount(UNVERSIONED)],
    })

    const [difference] = drift(live, file)

    expect(difference).toMatchObject({
      class: 'overridden',
      fix: 'add `unversioned` to `retire` of auth/jwt',
    })
  })

  it('is overridden until the retired unversioned entry is gone, then pending', () => {
    const file = desiredState({
      plugins: [desiredPlugin(JWT, { use: 'builtin', retire: [UNVERSIONED] })],
    })
    const runs = mount(UNVERSIONED)

    const before = drift(
      liveState({ catalog: [catalogEntry(JWT, UNVERSIONED)], mounts: [runs] }),
      file,
    )
    const after = drift(liveState({ catalog: [builtin], mounts: [runs] }), file)

    expect(summarize(before)).toEqual([
      'retire-pending auth/jwt unversioned',
      'overridden auth/jwt/',
    ])
    expect(after).toMatchObject([
      {
        class: 'reload-pending',
        desired: 'builtin',
        cause: expect.stringContaining('is not in the catalog any more'),
      },
    ])
  })

  it('is not overridden while the mount has no version and the builtin runs', () => {
    const file = desiredState({ plugins: [desiredPlugin(JWT, { use: NEW, versions: [NEW] })] })
    const runs = mount(
      UNVERSIONED,
      onEveryNode({ running_version: BUILTIN, running_sha256: 'builtin' }),
    )
    const live = liveState({ catalog: [builtin, catalogEntry(JWT, NEW)], mounts: [runs] })

    expect(summarize(drift(live, file))).toEqual(['not-overridden auth/jwt/'])
  })

  it('is a difference if an external plugin is desired and the builtin cannot be overridden', () => {
    const kv = plugin('secret/kv')
    const file = desiredState({ plugins: [desiredPlugin(kv, { use: NEW, versions: [NEW] })] })
    const runs = liveMount(PATH, {
      plugin: kv,
      version: NEW,
      nodes: NODES,
      except: onEveryNode({ running_sha256: 'builtin' }),
    })
    const live = liveState({
      catalog: [builtinEntry(kv, BUILTIN), catalogEntry(kv, NEW)],
      mounts: [runs],
    })

    expect(summarize(drift(live, file))).toEqual(['not-overridden secret/kv'])
  })

  it('is in sync if the mount is tuned to the builtin’s own version', () => {
    const file = desiredState({ plugins: [desiredPlugin(JWT, { use: 'builtin' })] })
    const live = liveState({ catalog: [builtin], mounts: [mount(BUILTIN)] })

    expect(drift(live, file)).toEqual([])
  })
})

describe('a pin', () => {
  it('on another version is reported once for the plugin, and not for its mounts', () => {
    const nodes = [liveNode(1)]
    const except = { [ONE]: running(OLD) }
    const mount = liveMount(PATH, { plugin: KV, version: NEW, nodes, except })
    const live = cluster(
      NEW,
      {},
      {
        product: 'vault',
        nodes,
        mounts: [mount],
        pins: [{ plugin: KV, version: OLD }],
      },
    )

    expect(drift(live)).toMatchObject([
      {
        class: 'pinned-elsewhere',
        subject: KV,
        desired: 'v0.21.0',
        found: 'pinned to v0.16.2',
        fix: expect.stringContaining('DELETE sys/plugins/pins/secret/my-kv'),
      },
    ])
  })

  it('on the version of the file is no drift', () => {
    const pinned = { pins: [{ plugin: KV, version: NEW }] }

    expect(drift(cluster(NEW, {}, pinned))).toEqual([])
  })

  it('must be removed before a mount can be tuned', () => {
    const pinned = { pins: [{ plugin: KV, version: NEW }] }
    const still = onEveryNode(running(NEW))

    expect(drift(cluster(OLD, still, pinned))).toMatchObject([
      { class: 'version-differs', fix: expect.stringContaining('remove the pin') },
    ])
  })

  it('keeps a mount up whose own version is not registered, until it is removed', () => {
    const pinned = { pins: [{ plugin: KV, version: NEW }] }
    const still = onEveryNode(running(NEW))

    expect(drift(cluster(version('v0.0.9'), still, pinned))).toMatchObject([
      {
        class: 'not-registered',
        cause: expect.stringContaining('the pin starts v0.21.0 instead'),
        fix: expect.stringContaining('remove the pin'),
      },
    ])
  })
})
