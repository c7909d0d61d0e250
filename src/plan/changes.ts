/** What differs between desired and live, for people: entries, mounts and connections, field by field. */
import type { Change, Fact, Step } from '../documents/plan.generated.ts'
import type { MountOnNode } from '../domain/live.ts'
import { NO_SHA256, type Sha256, type Version, versionLabel } from '../domain/names.ts'
import type { LiveIndex } from '../domain/live-index.ts'
import { howItDiffers, RELOAD_REASONS } from './reload.ts'
import { entrySubject } from './steps.ts'

type RunningFact = Extract<Fact, { readonly fact: 'running' }>

/** The changes that a list of steps makes, in the steps' order; each mount and entry once. */
export function describeChanges(steps: readonly Step[], index: LiveIndex): Change[] {
  const changes: Change[] = []
  const mounts = new Map<string, Change>()
  const reasons = new Map<Change, Set<string>>()
  const tuned = new Set<string>()
  const changed = new Set<string | undefined>(
    steps.flatMap(({ action }) => (action.kind === 'register' ? action.plugin : [])),
  )
  for (const { action, requires, ensures, why } of steps) {
    switch (action.kind) {
      case 'register': {
        const before = requires.find((fact) => fact.fact === 'entry')?.entry ?? null
        changes.push({
          subject: entrySubject(action.plugin, action.version),
          kind: 'entry',
          action: before === null ? 'add' : 'change',
          fields: [
            { name: 'command', from: before?.command ?? null, to: action.entry.command },
            { name: 'sha256', from: before?.sha256 ?? null, to: action.entry.sha256 },
            { name: 'args', from: joined(before?.args), to: joined(action.entry.args) },
          ].filter((field) => field.from !== field.to),
          why,
        })
        break
      }
      case 'deregister': {
        const before = requires.find((fact) => fact.fact === 'entry')?.entry
        const unused = requires.find((fact) => fact.fact === 'unused')
        changes.push({
          subject: entrySubject(action.plugin, action.version),
          kind: 'entry',
          action: 'remove',
          fields: [
            { name: 'command', from: before?.command ?? null, to: null },
            { name: 'sha256', from: before?.sha256 ?? unused?.sha256 ?? null, to: null },
          ].filter((field) => field.from !== null),
          why,
        })
        break
      }
      case 'enable':
        changes.push({
          subject: action.mount,
          kind: 'mount',
          action: 'add',
          fields: [
            { name: 'plugin', from: null, to: action.plugin },
            { name: 'version', from: null, to: versionLabel(action.version) },
          ],
          why,
        })
        break
      case 'repoint': {
        const before = requires.find((fact) => fact.fact === 'connection')?.version
        changes.push({
          subject: action.connection,
          kind: 'connection',
          action: 'change',
          fields: [
            {
              name: 'version',
              from: before === undefined ? null : versionLabel(before),
              to: versionLabel(action.version),
            },
          ],
          why,
        })
        break
      }
      case 'tune': {
        const change = changeOf(action.mount, why)
        tuned.add(action.mount)
        const mount = index.mountAt(action.mount)
        const before = mount?.configured_version ?? ('' as Version)
        if (before === action.version) {
          for (const fact of ensures) {
            if (fact.fact !== 'mount' || fact.node === undefined) continue
            const view = mount?.nodes.find(({ node }) => node === fact.node)
            change.fields.push({
              name: `version on ${fact.node}`,
              from: versionName(view?.configured_version ?? ('' as Version)),
              to: versionName(action.version),
            })
          }
          break
        }
        change.fields.push({
          name: 'version',
          from: versionName(before),
          to: versionName(action.version),
        })
        break
      }
      case 'reload':
        for (const fact of ensures) {
          if (fact.fact !== 'running') continue
          const view = index.mountAt(fact.mount)?.nodes.find(({ node }) => node === fact.node)
          const change = changeOf(fact.mount, '')
          addReason(change, view === undefined ? why : whyReloaded(view, fact))
          const running = view === undefined ? null : binaryName(view.running_sha256)
          change.fields.push({
            name: 'running',
            node: fact.node,
            from: view?.answers === 'no' ? 'down' : running,
            to: binaryName(fact.sha256),
          })
        }
        break
    }
  }
  return changes

  // What a listing does not show is the entry: this plan changes it, or an earlier run did.
  function whyReloaded(view: MountOnNode, fact: RunningFact): string {
    const entry = changed.has(index.mountAt(fact.mount)?.plugin) ? 'entry' : 'unfinished'
    return RELOAD_REASONS[howItDiffers(view, fact) ?? entry]
  }

  /** Of its own: the step's is about all the mounts it names. A tuned mount has said why. */
  function addReason(change: Change, reason: string): void {
    if (tuned.has(change.subject)) return
    const known = reasons.get(change) ?? new Set<string>()
    reasons.set(change, known.add(reason))
    change.why = [...known].join(', ')
  }

  function changeOf(mount: string, why: string): Change {
    const known = mounts.get(mount)
    if (known !== undefined) return known
    const change: Change = { subject: mount, kind: 'mount', action: 'change', fields: [], why }
    mounts.set(mount, change)
    changes.push(change)
    return change
  }
}

function joined(args: readonly string[] | undefined): string | null {
  return args === undefined || args.length === 0 ? null : args.join(' ')
}

function versionName(version: Version): string {
  return version === '' ? 'none' : version
}

function binaryName(sha256: Sha256): string {
  return sha256 === NO_SHA256 ? 'builtin' : sha256
}
