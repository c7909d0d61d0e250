/** The inputs of a rollback: the run to roll back, the journals, the live state and the file. */
import type { JournalEvent, RunStarted } from '../documents/journal.generated.ts'
import type { DesiredState, Source, Use } from '../domain/desired.ts'
import type { LiveIndex } from '../domain/live-index.ts'
import type { LiveState } from '../domain/live.ts'
import { type ConfiguredVersion, isBuiltinVersion, LATEST, UNVERSIONED } from '../domain/names.ts'
import type { Past } from '../plan/past.ts'

export interface RollbackSources {
  readonly started: RunStarted
  /** The journals of the cluster, the oldest first: they record how entries were registered. */
  readonly runs: readonly (readonly JournalEvent[])[]
  readonly live: LiveState
  /** The file given with `-f`: data declarations, environment, canaries, checks, the lock. */
  readonly file: DesiredState | undefined
}

/** The inputs with indexes built from them. */
export interface RollbackContext extends RollbackSources {
  /** What all journals say together. */
  readonly past: Past
  readonly index: LiveIndex
}

/** Findings point at the journal's first line. */
export function sourceOf({ run }: RunStarted): Source {
  return { file: `${run}.jsonl`, line: 1, column: 1 }
}

/** The `use` of a file that means this configured version. */
export function useOf(version: ConfiguredVersion): Use {
  if (version === LATEST) return { kind: 'latest' }
  if (version === UNVERSIONED) return { kind: 'unversioned' }
  return isBuiltinVersion(version) ? { kind: 'builtin' } : { kind: 'version', version }
}
