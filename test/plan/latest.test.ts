/** Mounts that are configured for `latest`: what registers, retires and reloads for them, and back. */
import { describe, expect, it } from 'vitest'
import { onLatest, plugin, version } from '../builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  safetyInput,
  type SafetyInputParts,
} from '../builders/safety-input.ts'
import type { DraftPlan } from '../../src/plan/make-plan.ts'
import { findDesiredEnd } from '../../src/plan/desired-end.ts'
import { judge } from '../../src/safety/judge.ts'
import type { RuleInput } from '../../src/safety/rule.ts'
import { rehearse } from '../../src/twin/rehearsal/rehearse.ts'

const KV = 'secret/my-kv'
const CATALOG = [entryOf(KV, 'v1.0.0')]
const MOUNTS = ['a/', 'b/'].map((path) => onLatest(mountOf(path, KV, 'v1.0.0')))

function input(parts: SafetyInputParts): RuleInput {
  return safetyInput(parts)
}

/** The ids of the steps without the nodes, each once. */
function stepsOf({ draft }: { readonly draft: DraftPlan }): string[] {
  return [...new Set(draft.steps.map(({ id }) => id.replace(/ on http.*/, '')))]
}

/** What stops the plan, or warns: the rules' names, with what the rehearsal found. */
function findingsOf(given: RuleInput): string[] {
  const { live, draft } = given
  const rehearsal = rehearse({ live, steps: draft.steps, desiredEnd: findDesiredEnd(draft, live) })
  return judge({ ...given, rehearsal }, [])
    .filter(({ severity }) => severity !== 'note')
    .map(({ rule }) => rule)
}

describe('a higher version beside mounts on latest', () => {
  const raised = input({
    desired: { plugins: [desiredPlugin(KV, { use: 'latest', versions: ['v1.0.0', 'v2.0.0'] })] },
    live: { catalog: CATALOG, mounts: MOUNTS },
  })

  it('is registered and reloaded in one group, and nothing is tuned', () => {
    expect(stepsOf(raised)).toEqual([`register ${KV} v2.0.0`, `reload ${KV}`])
    expect(new Set(raised.draft.steps.map(({ group }) => group))).toEqual(new Set([KV]))
    expect(raised.draft.steps[1]?.ensures).toContainEqual(
      expect.objectContaining({ fact: 'running', mount: 'a/', version: 'v2.0.0' }),
    )
  })

  it('goes back by deregistering: the mounts stay on latest', () => {
    const [register, reload] = raised.draft.steps
    expect(register?.undo).toEqual([{ kind: 'deregister', plugin: KV, version: 'v2.0.0' }])
    expect(reload?.undo).toEqual([
      expect.objectContaining({ kind: 'reload', mounts: ['a/', 'b/'] }),
    ])
    expect(reload?.restores).toContainEqual(
      expect.objectContaining({ fact: 'mount', mount: 'a/', configured_version: 'latest' }),
    )
    expect(reload?.restores).toContainEqual(
      expect.objectContaining({ fact: 'running', mount: 'a/', version: 'v1.0.0' }),
    )
  })

  it('is safe at every stopping point', () => {
    expect(findingsOf(raised)).not.toContain('unsafe-stopping-point')
  })

  it('is a warning where the file does not say what the mounts use', () => {
    const unsaid = input({
      desired: { plugins: [desiredPlugin(KV, { versions: ['v1.0.0', 'v2.0.0'] })] },
      live: { catalog: CATALOG, mounts: MOUNTS },
    })
    expect(stepsOf(unsaid)).toEqual([`register ${KV} v2.0.0`])
    expect(findingsOf(unsaid)).toContain('latest-changes')
  })

  it('comes after the mounts that leave latest for the version they run', () => {
    const leaving = input({
      desired: {
        plugins: [desiredPlugin(KV, { use: 'latest', versions: ['v1.0.0', 'v2.0.0'] })],
        mounts: [desiredMount('b/', KV, { use: 'v1.0.0' })],
      },
      live: { catalog: CATALOG, mounts: MOUNTS },
    })
    expect(stepsOf(leaving)).toEqual(['tune b/', `register ${KV} v2.0.0`, `reload ${KV}`])
    expect(findingsOf(leaving)).not.toContain('unsafe-stopping-point')
  })

  it('is registered before lower ones, so that no restart starts those', () => {
    const two = input({
      desired: {
        plugins: [desiredPlugin(KV, { use: 'latest', versions: ['v1.0.0', 'v1.5.0', 'v2.0.0'] })],
      },
      live: { catalog: CATALOG, mounts: MOUNTS },
    })
    expect(stepsOf(two)).toEqual([`register ${KV} v2.0.0`, `register ${KV} v1.5.0`, `reload ${KV}`])
    expect(findingsOf(two)).not.toContain('unsafe-stopping-point')
  })
})

describe('a lower version beside mounts on latest', () => {
  it('is registered, and nothing is reloaded', () => {
    const lower = input({
      desired: { plugins: [desiredPlugin(KV, { use: 'latest', versions: ['v0.9.0', 'v1.0.0'] })] },
      live: { catalog: CATALOG, mounts: MOUNTS },
    })
    expect(stepsOf(lower)).toEqual([`register ${KV} v0.9.0`])
    expect(findingsOf(lower)).not.toContain('latest-changes')
  })
})

describe('the retirement of what latest is', () => {
  const catalog = [entryOf(KV, 'v1.0.0'), entryOf(KV, 'v2.0.0')]
  const mounts = ['a/', 'b/'].map((path) => onLatest(mountOf(path, KV, 'v2.0.0')))
  const plugins = [desiredPlugin(KV, { use: 'latest', versions: ['v1.0.0'], retire: ['v2.0.0'] })]

  it('comes when the mounts run the next lower version by name, and latest is that', () => {
    const lowered = input({ desired: { plugins }, live: { catalog, mounts } })
    expect(stepsOf(lowered)).toEqual([
      'tune a/',
      'tune b/',
      `reload ${KV}`,
      `deregister ${KV} v2.0.0`,
      'tune a/ to latest',
      'tune b/ to latest',
    ])
    expect(findingsOf(lowered)).toEqual(['data-downgrade'])
    expect(lowered.draft.steps[0]?.undo).toMatchObject([{ kind: 'tune', version: 'latest' }])
  })

  it('is refused while a mount that the file leaves alone follows latest', () => {
    const [plain] = plugins
    const { use: _, ...unsaid } = plain!
    const left = input({ desired: { plugins: [unsaid] }, live: { catalog, mounts } })
    expect(findingsOf(left)).toContain('version-in-use')
  })

  it('is no use of a version that latest is not', () => {
    const higher = input({
      desired: {
        plugins: [desiredPlugin(KV, { use: 'latest', versions: ['v2.0.0'], retire: ['v1.0.0'] })],
      },
      live: { catalog, mounts },
    })
    expect(stepsOf(higher)).toEqual([`deregister ${KV} v1.0.0`])
    expect(findingsOf(higher)).not.toContain('version-in-use')
  })

  it('of everything leaves latest nothing to be', () => {
    const none = input({
      desired: { plugins: [desiredPlugin(KV, { use: 'latest', retire: ['v1.0.0', 'v2.0.0'] })] },
      live: { catalog, mounts },
    })
    expect(findingsOf(none)).toContain('latest-unavailable')
  })
})

describe('a mount that is to follow latest', () => {
  it('is tuned to it, and reloaded where the highest version does not run', () => {
    const catalog = [entryOf(KV, 'v1.0.0'), entryOf(KV, 'v2.0.0')]
    const mounts = [mountOf('a/', KV, 'v1.0.0')]
    const plugins = [desiredPlugin(KV, { use: 'latest', versions: ['v1.0.0', 'v2.0.0'] })]
    const tuned = input({ desired: { plugins }, live: { catalog, mounts } })
    expect(stepsOf(tuned)).toEqual(['tune a/', `reload ${KV}`])
    expect(tuned.draft.steps[0]?.action).toMatchObject({ kind: 'tune', version: 'latest' })
    expect(tuned.draft.steps[0]?.undo).toMatchObject([{ kind: 'tune', version: 'v1.0.0' }])
    expect(findingsOf(tuned)).not.toContain('unsafe-stopping-point')
  })

  it('is a finding on a server without it', () => {
    const given = {
      desired: { plugins: [desiredPlugin(KV, { use: 'latest', versions: ['v1.0.0'] })] },
      live: { catalog: CATALOG, mounts: [mountOf('a/', KV, 'v1.0.0')] },
    }
    for (const server of [
      { product: 'vault', server_version: '1.21.4' },
      { product: 'openbao', server_version: '2.6.1' },
    ] as const) {
      const old = input({ ...given, live: { ...given.live, ...server } })
      expect(stepsOf(old)).toEqual([])
      expect(findingsOf(old)).toContain('latest-unavailable')
    }
  })

  it('runs what was registered by hand, once it is reloaded', () => {
    const id = plugin(KV)
    const pending = input({
      desired: { plugins: [desiredPlugin(KV, { use: 'latest', versions: ['v1.0.0'] })] },
      live: { catalog: [...CATALOG, entryOf(KV, 'v1.1.0')], mounts: MOUNTS },
    })
    expect(stepsOf(pending)).toEqual([`reload ${KV}`])
    expect(pending.draft.targets[0]?.targets.mounts[0]).toMatchObject({
      configured: 'latest',
      version: version('v1.1.0'),
      sha256: entryOf(id, 'v1.1.0').sha256,
    })
    // Nothing can be deregistered that the plan did not register: back is the version that ran.
    expect(pending.draft.steps[0]?.undo[0]).toMatchObject({ kind: 'tune', version: 'v1.0.0' })
  })
})

describe('a new mount that is to follow latest, beside a retirement', () => {
  it('is made when the version is gone that it would start', () => {
    const given = input({
      desired: {
        plugins: [desiredPlugin(KV, { use: 'latest', versions: ['v1.0.0'], retire: ['v2.0.0'] })],
        mounts: [desiredMount('new/', KV, { enable: true })],
      },
      live: { catalog: [entryOf(KV, 'v1.0.0'), entryOf(KV, 'v2.0.0')] },
    })

    expect(stepsOf(given)).toEqual([`deregister ${KV} v2.0.0`, 'enable new/'])
    expect(findingsOf(given)).toEqual([])
  })

  it('is made at once where nothing goes', () => {
    const given = input({
      desired: {
        plugins: [desiredPlugin(KV, { use: 'latest', versions: ['v1.0.0'], retire: ['v2.0.0'] })],
        mounts: [desiredMount('new/', KV, { enable: true })],
      },
      live: { catalog: [entryOf(KV, 'v1.0.0')] },
    })

    expect(stepsOf(given)).toEqual(['enable new/'])
    expect(findingsOf(given)).toEqual([])
  })
})

describe('an unversioned entry that is replaced in place beside mounts on latest', () => {
  it('changes no mount on latest while a version is registered', () => {
    const unversioned = desiredVersion(KV, 'unversioned', { sha256: 'f'.repeat(64) as never })
    const given = input({
      desired: { plugins: [desiredPlugin(KV, { versions: [unversioned, 'v1.0.0'] })] },
      live: { catalog: [...CATALOG, entryOf(KV, 'unversioned')], mounts: MOUNTS },
    })

    expect(stepsOf(given)).toEqual([`register ${KV} unversioned`])
    expect(findingsOf(given)).not.toContain('latest-changes')
    expect(findingsOf(given)).not.toContain('unsafe-stopping-point')
  })
})
