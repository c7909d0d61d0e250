/** The desired state that `-f` names, or the default file. */
import type { DesiredState } from '../domain/desired.ts'
import { loadDesiredState } from '../desired/load-desired-state.ts'
import { DEFAULT_FILE, type FileOptions } from './options.ts'

export function loadDesired(options: FileOptions): Promise<DesiredState> {
  return loadDesiredState(options.file ?? [DEFAULT_FILE])
}
