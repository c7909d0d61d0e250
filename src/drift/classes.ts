/**
 * The classes of difference and what each means: for help, for messages, and to check `ignore`.
 * The schema has the same names: if one of the two lists has a name more, this does not compile.
 */
import type { Difference } from '../documents/drift.generated.ts'

export type DriftClass = Difference['class']

export const DRIFT_CLASSES = {
  'reload-pending':
    'The catalog and the configuration are as the file says, but the mount was not reloaded.',
  'node-skew': 'Nodes run different binaries for one mount. Reported for each node that differs.',
  'mount-down': 'The backend of a mount does not answer on a node.',
  'mount-missing':
    'A mount or connection that the file names does not exist, is of another plugin, or is not listed on a node.',
  'not-registered':
    'A version that the file lists, or that a mount or connection is configured for, is not in the catalog.',
  'hash-differs':
    'A registered version, or what a node runs under it, has another SHA-256, command or arguments.',
  'version-differs':
    'A mount is configured for another version than the file says, or than on the active node.',
  'connection-differs': 'A database connection uses another version than the file says.',
  'pinned-elsewhere': 'A pin makes the mounts of a plugin run another version than the file says.',
  overridden:
    'The file says builtin, but an external plugin runs, or will run after the next reload.',
  'not-overridden': 'The file says an external plugin, but the builtin of its name runs.',
  'retire-pending': 'A version that the file retires is still registered.',
  unmanaged: 'An external plugin that no file names. Lockstep leaves it alone; it is no drift.',
  unreadable: 'A node, a namespace, a mount or a hash could not be read and may differ.',
} as const satisfies Readonly<Record<DriftClass, string>>

type Severity = Difference['severity']

/**
 * How much a difference of each class matters. `error`: a node runs, or after its next restart will
 * run, something else than the file says. `warning`: no node runs anything wrong, or it is not
 * known. `note`: no drift.
 */
export const DRIFT_SEVERITIES: Readonly<Record<DriftClass, Severity>> = {
  'reload-pending': 'error',
  'node-skew': 'error',
  'mount-down': 'error',
  'mount-missing': 'error',
  'not-registered': 'error',
  'hash-differs': 'error',
  'version-differs': 'error',
  'connection-differs': 'error',
  'pinned-elsewhere': 'error',
  overridden: 'error',
  'not-overridden': 'error',
  'retire-pending': 'warning',
  unreadable: 'warning',
  unmanaged: 'note',
}
