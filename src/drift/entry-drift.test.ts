import { describe, expect, it } from 'vitest'
import { catalogEntry, sha256Of, version } from '../../test/builders/live.ts'
import { desiredPlugin, desiredState } from '../../test/drift/desired-state.ts'
import {
  KV,
  OLD,
  NEW,
  ONE,
  TWO,
  running,
  onEveryNode,
  cluster,
  drift,
  summarize,
} from '../../test/drift/one-mount.ts'
import { UNVERSIONED } from '../domain/names.ts'

describe('the catalog', () => {
  it('lacks a version: reported once, with how many mounts would be down', () => {
    const differences = drift(cluster(NEW, {}, { catalog: [catalogEntry(KV, OLD)] }))

    expect(differences).toMatchObject([
      {
        class: 'not-registered',
        subject: 'secret/my-kv v0.21.0',
        found: 'nothing',
        cause:
          'not in the catalog; 1 mount or connection configured for it would be down after a restart',
        at: 'lockstep.yaml:7:3',
      },
    ])
  })

  it('holds another hash that was registered by hand and that no node runs yet', () => {
    const sha256 = sha256Of(KV, version('v9.9.9'))
    const catalog = [catalogEntry(KV, OLD), catalogEntry(KV, NEW, { sha256 })]

    const differences = drift(cluster(NEW, {}, { catalog }))

    expect(differences).toMatchObject([
      {
        class: 'hash-differs',
        subject: 'secret/my-kv v0.21.0',
        desired: `sha256 ${sha256Of(KV, NEW)}`,
        found: `sha256 ${sha256}`,
      },
    ])
    expect(differences[0]!.cause).toContain('would start it for 1 mount or connection')
    expect(differences[0]!.fix).toBe(
      'find out who registered it; `lockstep apply -f lockstep.yaml` registers what the file says',
    )
  })

  it('holds another hash that a node runs: the difference names the node', () => {
    const sha256 = sha256Of(KV, version('v9.9.9'))
    const catalog = [catalogEntry(KV, OLD), catalogEntry(KV, NEW, { sha256 })]

    const differences = drift(cluster(NEW, { [ONE]: { running_sha256: sha256 } }, { catalog }))

    expect(summarize(differences)).toEqual([
      'hash-differs secret/my-kv v0.21.0',
      `hash-differs team-a/ ${ONE}`,
    ])
    expect(differences[1]!.cause).toContain('runs the binary that is registered under v0.21.0')
    // Same text as the rule sha256-changed.
    expect(differences[0]!.fix).toContain('refuses to change the binary of a version')
    expect(differences[1]!.fix).toMatch(/^fix secret\/my-kv v0\.21\.0 first; then `lockstep apply/)
  })

  it('holds the desired hash, and a node runs another binary under the version', () => {
    const sha256 = sha256Of(KV, version('v9.9.9'))

    expect(drift(cluster(NEW, { [TWO]: { running_sha256: sha256 } }))).toMatchObject([
      {
        class: 'hash-differs',
        node: TWO,
        cause:
          'runs another binary than the one registered under v0.21.0: not reloaded since the registration',
      },
    ])
  })

  it('holds another unversioned binary, which every node runs', () => {
    const file = desiredState({
      plugins: [desiredPlugin(KV, { use: 'unversioned', versions: [UNVERSIONED] })],
    })
    const sha256 = sha256Of(KV, OLD)
    const catalog = [catalogEntry(KV, UNVERSIONED, { sha256 })]
    const other = { running_sha256: sha256 }

    const differences = drift(cluster(UNVERSIONED, onEveryNode(other), { catalog }), file)

    expect(summarize(differences)).toEqual([
      'hash-differs secret/my-kv unversioned',
      'hash-differs team-a/',
    ])
  })

  it('holds other arguments', () => {
    const catalog = [catalogEntry(KV, OLD), catalogEntry(KV, NEW, { args: ['--debug'] })]

    expect(drift(cluster(NEW, {}, { catalog }))).toMatchObject([
      { class: 'hash-differs', desired: 'no args', found: 'args --debug' },
    ])
  })

  it('is declared by the servers, which the API cannot change', () => {
    const catalog = [
      catalogEntry(KV, OLD),
      catalogEntry(KV, NEW, { command: 'other', declarative: true }),
    ]

    const [difference] = drift(cluster(NEW, {}, { catalog }))

    expect(difference).toMatchObject({ desired: 'command my-kv_0.21.0', found: 'command other' })
    expect(difference!.fix).not.toContain('lockstep apply')
  })

  it('still holds a retired version: the difference names its uses', () => {
    const file = desiredState({
      plugins: [desiredPlugin(KV, { use: NEW, versions: [NEW], retire: [OLD] })],
    })

    const unused = drift(cluster(NEW), file)
    const used = drift(cluster(NEW, { [TWO]: running(OLD) }), file)

    expect(unused).toMatchObject([
      { class: 'retire-pending', subject: 'secret/my-kv v0.16.2', at: 'lockstep.yaml:9:3' },
    ])
    expect(used[0]!.cause).toBe(`still registered: team-a/ still runs it on ${TWO}`)
  })
})
