import { describe, expect, it } from 'vitest'
import { catalogEntry, sha256Of, version } from '../../test/builders/live.ts'
import { desiredMount, desiredPlugin, desiredState, using } from '../../test/drift/desired-state.ts'
import {
  ASKED,
  KV,
  OLD,
  NEW,
  PATH,
  ONE,
  TWO,
  THREE,
  FILE,
  running,
  onEveryNode,
  cluster,
  drift,
  summarize,
} from '../../test/drift/one-mount.ts'
import { UNKNOWN_HASH, UNVERSIONED } from '../domain/names.ts'
import { findDrift } from './find-drift.ts'

describe('a mount that is as the file says', () => {
  it('is in sync', () => {
    const report = findDrift(FILE, cluster(NEW), ASKED)

    expect(report).toMatchObject({ in_sync: true, differences: [], unreadable: [], unmanaged: [] })
  })

  it('does not drift if an entry was read without its command or args', () => {
    const bare = [OLD, NEW].map((of) => {
      const { command: _command, args: _args, ...entry } = catalogEntry(KV, of)
      return entry
    })

    expect(drift(cluster(NEW, {}, { catalog: bare }))).toEqual([])
  })
})

describe('a mount that was not reloaded', () => {
  it('is pending, once, if every node runs the old binary', () => {
    const stale = onEveryNode(running(OLD))

    const differences = drift(cluster(NEW, stale))

    expect(differences).toMatchObject([
      {
        class: 'reload-pending',
        subject: PATH,
        mount: PATH,
        plugin: KV,
        desired: `v0.21.0 (${sha256Of(KV, NEW)})`,
        found: `v0.16.2 (${sha256Of(KV, OLD)})`,
        cause: 'tuned to v0.21.0 and not reloaded on 3 of 3 nodes',
        fix: '`lockstep apply -f lockstep.yaml`',
        at: 'lockstep.yaml:4:3',
      },
    ])
  })

  it('is a skew on the two standbys if only the active node was reloaded', () => {
    const differences = drift(cluster(NEW, { [TWO]: running(OLD), [THREE]: running(OLD) }))

    expect(summarize(differences)).toEqual([
      `node-skew team-a/ ${TWO}`,
      `node-skew team-a/ ${THREE}`,
    ])
    expect(differences[0]).toMatchObject({
      desired: `v0.21.0 (${sha256Of(KV, NEW)})`,
      found: `v0.16.2 (${sha256Of(KV, OLD)})`,
      cause: 'reloaded on 1 of 3 nodes, but not here: the earlier binary runs',
    })
  })

  it('is a skew on every node if none runs what the mount is configured for', () => {
    const third = version('v0.10.0')

    const differences = drift(
      cluster(NEW, { [ONE]: running(OLD), [TWO]: running(third), [THREE]: running(OLD) }),
    )

    expect(summarize(differences)).toEqual([
      `node-skew team-a/ ${ONE}`,
      `node-skew team-a/ ${TWO}`,
      `node-skew team-a/ ${THREE}`,
    ])
  })

  it('is pending on the nodes that answer if it is down on another node', () => {
    const stale = {
      [ONE]: { answers: 'no' as const },
      [TWO]: running(OLD),
      [THREE]: running(OLD),
    }

    const differences = drift(cluster(NEW, stale))

    expect(summarize(differences)).toEqual([`mount-down team-a/ ${ONE}`, 'reload-pending team-a/'])
    expect(differences[1]!.cause).toBe('tuned to v0.21.0 and not reloaded on 2 of 3 nodes')
  })

  it('reports that the running binary is not registered any more', () => {
    const stale = onEveryNode(running(OLD))
    const file = desiredState({ plugins: [desiredPlugin(KV, { use: NEW, versions: [NEW] })] })

    const [difference] = drift(cluster(NEW, stale, { catalog: [catalogEntry(KV, NEW)] }), file)

    expect(difference).toMatchObject({
      class: 'reload-pending',
      cause:
        'tuned to v0.21.0 and not reloaded on 3 of 3 nodes; the running binary is not registered any more',
    })
  })

  it('is pending if the same binary runs under another version', () => {
    const twin = [catalogEntry(KV, OLD, { sha256: sha256Of(KV, NEW) }), catalogEntry(KV, NEW)]
    const file = desiredState({ plugins: [desiredPlugin(KV, { use: NEW, versions: [NEW] })] })
    const renamed = { running_version: OLD }

    const differences = drift(cluster(NEW, onEveryNode(renamed), { catalog: twin }), file)

    expect(summarize(differences)).toEqual(['reload-pending team-a/'])
  })

  it('is pending after its unversioned entry was registered again', () => {
    const file = desiredState({
      plugins: [desiredPlugin(KV, { use: 'unversioned', versions: [UNVERSIONED] })],
    })
    const before = { running_sha256: sha256Of(KV, OLD) }

    const differences = drift(
      cluster(UNVERSIONED, onEveryNode(before), { catalog: [catalogEntry(KV, UNVERSIONED)] }),
      file,
    )

    expect(differences).toMatchObject([
      {
        class: 'reload-pending',
        cause:
          'the unversioned entry was registered again, and the mount was not reloaded on 3 of 3 nodes',
      },
    ])
  })
})

describe('a mount that is configured for another version than the file says', () => {
  it('differs only in its version if it was not reloaded', () => {
    const still = onEveryNode(running(NEW))

    expect(drift(cluster(OLD, still))).toMatchObject([
      {
        class: 'version-differs',
        desired: 'v0.21.0',
        found: 'v0.16.2',
        cause:
          'configured for v0.16.2, but not reloaded: until its next restart the mount still runs what the file says',
      },
    ])
  })

  it('differs only in its version if every node runs that version', () => {
    expect(drift(cluster(OLD))).toMatchObject([
      { class: 'version-differs', cause: 'configured for v0.16.2, and runs it' },
    ])
  })

  it('is also a skew if one node was reloaded: the difference names that node', () => {
    const differences = drift(cluster(OLD, { [TWO]: running(NEW), [THREE]: running(NEW) }))

    expect(summarize(differences)).toEqual([`node-skew team-a/ ${ONE}`, 'version-differs team-a/'])
    expect(differences[0]!.cause).toBe(
      `reloaded here; v0.21.0 (${sha256Of(KV, NEW)}) still runs on 2 of 3 nodes`,
    )
  })

  it('differs on the node that missed the tune', () => {
    const missed = { ...running(OLD), configured_version: OLD }

    const differences = drift(cluster(NEW, { [TWO]: missed }))

    expect(summarize(differences)).toEqual([
      `node-skew team-a/ ${TWO}`,
      `version-differs team-a/ ${TWO}`,
    ])
    expect(differences[1]).toMatchObject({
      desired: 'v0.21.0',
      found: 'v0.16.2',
      cause: 'the node missed the tune to v0.21.0, which the active node has',
      fix: '`lockstep apply -f lockstep.yaml` tunes it again',
    })
  })

  it('is reported as not registered if a reload would lose the mount', () => {
    const gone = version('v0.18.0')

    expect(drift(cluster(gone))).toMatchObject([
      {
        class: 'not-registered',
        subject: PATH,
        desired: 'v0.21.0',
        found: 'v0.18.0, not registered',
      },
    ])
  })

  it('follows its own `use`, not that of its plugin', () => {
    const file = {
      ...FILE,
      mounts: [desiredMount(PATH, KV, { use: using(OLD) })],
    }

    expect(drift(cluster(OLD), file)).toEqual([])
    expect(summarize(drift(cluster(NEW), file))).toEqual(['version-differs team-a/'])
  })

  it('cannot be unversioned again, and the difference says so', () => {
    const file = desiredState({
      plugins: [desiredPlugin(KV, { use: 'unversioned', versions: [UNVERSIONED, NEW] })],
    })
    const catalog = [catalogEntry(KV, UNVERSIONED), catalogEntry(KV, NEW)]

    const differences = drift(cluster(NEW, {}, { catalog }), file)

    expect(summarize(differences)).toEqual(['version-differs team-a/'])
    expect(differences[0]!.fix).toContain('`use` that version')
  })
})

describe('a plugin without `use`', () => {
  const file = desiredState({ plugins: [desiredPlugin(KV, { versions: [OLD, NEW] })] })

  it('leaves its mounts on their configured versions', () => {
    expect(drift(cluster(OLD), file)).toEqual([])
  })

  it('still reports a node that runs another binary, and that no plan fixes that', () => {
    const [difference] = drift(cluster(NEW, { [TWO]: running(OLD) }), file)

    expect(difference).toMatchObject({ class: 'node-skew', node: TWO })
    expect(difference!.fix).toMatch(/^set `use` for it/)
  })
})

describe('a mount that does not answer', () => {
  it('is down on a node that started without the plugin’s file', () => {
    const empty = {
      running_version: UNVERSIONED,
      running_sha256: UNKNOWN_HASH,
      answers: 'no' as const,
      detail: 'backend is nil',
    }

    expect(drift(cluster(NEW, { [TWO]: empty }))).toMatchObject([
      {
        class: 'mount-down',
        node: TWO,
        found: 'does not answer',
        cause: 'the node started without its plugin: backend is nil',
        fix: 'check that my-kv_0.21.0 is in the plugin directory of the node, unchanged; then `lockstep apply -f lockstep.yaml`',
      },
    ])
  })

  it('is down, even if the server still reports a hash', () => {
    expect(summarize(drift(cluster(NEW, { [ONE]: { answers: 'no' } })))).toEqual([
      `mount-down team-a/ ${ONE}`,
    ])
  })

  it('is down if it was not asked and nothing runs', () => {
    const empty = {
      running_version: UNVERSIONED,
      running_sha256: UNKNOWN_HASH,
      answers: 'unchecked' as const,
    }

    expect(summarize(drift(cluster(NEW, { [TWO]: empty })))).toEqual([`mount-down team-a/ ${TWO}`])
  })

  it('may stay read-only on Vault', () => {
    const live = cluster(NEW, { [ONE]: { answers: 'no' } }, { product: 'vault' })

    expect(drift(live)[0]!.fix).toContain('step the node down')
  })
})
