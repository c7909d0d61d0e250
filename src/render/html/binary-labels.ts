/** Names of binaries: a plan says what a node runs by its SHA-256, a person reads versions. */
import type { JournalEvent } from '../../documents/journal.generated.ts'
import type { Fact, Plan } from '../../documents/plan.generated.ts'
import { type Version, versionLabel } from '../../domain/names.ts'
import { remember } from '../../domain/remember.ts'
import { shortHash } from '../wording.ts'

/** The versions that a binary is registered or desired under, by SHA-256, as the document has them. */
export type BinaryLabels = ReadonlyMap<string, ReadonlySet<string>>

export function findBinaryLabels({ steps, changes, desired }: Plan): BinaryLabels {
  const labels = new Map<string, Set<string>>()
  const add = (sha256: unknown, version: string): void => {
    if (typeof sha256 === 'string' && version !== '') addLabel(labels, sha256, version)
  }
  for (const { action, undo, requires, ensures } of steps) {
    for (const request of [action, ...undo]) {
      if (request.kind === 'register') add(request.entry.sha256, versionLabel(request.version))
    }
    for (const fact of [...requires, ...ensures]) {
      if (fact.fact === 'entry') add(fact.entry?.sha256, versionLabel(fact.version))
      if (fact.fact === 'unused') add(fact.sha256, versionLabel(fact.version))
    }
  }
  for (const { versions = {} } of Object.values(desired.plugins ?? {})) {
    for (const [version, { sha256 }] of Object.entries(versions)) add(sha256, version)
  }
  for (const { kind, subject, fields } of changes) {
    // A plugin's name may have spaces, a version has none.
    const version = kind === 'entry' ? subject.slice(subject.lastIndexOf(' ') + 1) : ''
    for (const field of fields) {
      if (field.name === 'sha256') add(field.to ?? field.from, version)
    }
  }
  return labels
}

function addLabel(labels: Map<string, Set<string>>, sha256: string, label: string): void {
  remember(labels, sha256, () => new Set<string>()).add(label)
}

/** The same of a run, from its journal. */
export function findRunLabels(events: readonly JournalEvent[]): BinaryLabels {
  const labels = new Map<string, Set<string>>()
  const add = (sha256: string, version: Version): void => {
    addLabel(labels, sha256, versionLabel(version))
  }
  const addFacts = (facts: readonly Fact[]): void => {
    for (const fact of facts) {
      if (fact.fact === 'running' && fact.version !== undefined) add(fact.sha256, fact.version)
    }
  }
  for (const event of events) {
    if (event.event === 'run_started') {
      for (const { version, entry } of event.before.entries) {
        if (entry !== null) add(entry.sha256, version)
      }
    } else if (event.event === 'step_started') {
      for (const action of [event.action, ...event.undo]) {
        if (action.kind === 'register') add(action.entry.sha256, action.version)
      }
      // What a step restores is what ran before it.
      addFacts(event.restores)
    } else if (event.event === 'step_done') addFacts(event.passed?.running ?? [])
  }
  return labels
}

/**
 * What a person calls what a node runs: the version, if the binary has exactly one; else the
 * beginning of its hash. `builtin`, `down` and the like stay as they are.
 */
export function describeBinary(value: string, labels: BinaryLabels): string {
  const versions = labels.get(value)
  const [only] = versions ?? []
  if (only !== undefined && versions?.size === 1) return only
  return /^[0-9a-f]{64}$/.test(value) ? shortHash(value) : value
}
