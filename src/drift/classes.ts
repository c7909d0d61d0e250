/**
 * The classes of difference and what each means: for help, for messages, and to hold `ignore`
 * against. The schema has the same names; the compiler sees to it that neither has one more.
 */
import type { Difference } from '../documents/drift.generated.ts'

export type DriftClass = Difference['class']

export const DRIFT_CLASSES = {
  'reload-pending':
    'What is registered and configured is as the file says, and the mount was not reloaded since.',
  'node-skew': 'The nodes run different binaries for one mount; named on each node that is behind.',
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
  overridden: 'The file says builtin, and an external plugin runs or would at the next reload.',
  'not-overridden': 'The file says an external plugin, and the builtin of its name runs.',
  'retire-pending': 'A version that the file retires is still registered.',
  unmanaged: 'An external plugin that no file names. It is left alone and is no drift.',
  unreadable: 'A node, a namespace, a mount or a hash could not be read, and may differ.',
} as const satisfies Readonly<Record<DriftClass, string>>
