/** The desired state that `-f` names, or the default file. */
import type { DesiredState } from '../domain/desired.ts'
import { loadDesiredState } from '../desired/load-desired-state.ts'
import { DRIFT_CLASSES } from '../drift/classes.ts'
import { RULES } from '../safety/rules.ts'
import { DEFAULT_FILE, type FileOptions } from './options.ts'

export function loadDesired(options: FileOptions): Promise<DesiredState> {
  return loadPaths(options.file ?? [DEFAULT_FILE])
}

/** `paths` are merged. Throws an InputError with every problem found. */
export function loadPaths(paths: readonly string[]): Promise<DesiredState> {
  return loadDesiredState(paths, {
    rules: new Set(RULES.map(({ name }) => name)),
    classes: new Set(Object.keys(DRIFT_CLASSES)),
  })
}
