/** Loads the desired state of `-f`, or of the default file. */
import { existsSync } from 'node:fs'
import type { DesiredState } from '../domain/desired.ts'
import { InputError } from '../domain/errors.ts'
import { loadDesiredFiles } from '../operations/load-desired.ts'
import type { Host } from './host/host.ts'
import { DEFAULT_FILE, type FileOptions } from './options.ts'
import { trustOf } from './trust.ts'

/** Throws an InputError with every problem found. */
export function loadDesired(options: FileOptions, host: Pick<Host, 'env'>): Promise<DesiredState> {
  return loadDesiredFiles(options.file ?? defaultPaths(), trustOf(options, host))
}

/** The default file. Throws an InputError if it does not exist. */
export function defaultPaths(): readonly string[] {
  if (existsSync(DEFAULT_FILE)) return [DEFAULT_FILE]
  throw new InputError([
    {
      message: `no file was given, and there is no ${DEFAULT_FILE} here`,
      hint: `Name a file or a directory with -f, or write what is live to begin with: lockstep import > ${DEFAULT_FILE}`,
    },
  ])
}
