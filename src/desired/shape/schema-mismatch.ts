/**
 * A part of a file's data that does not fit the schema. Found by the check of the shape, then
 * reported as a problem.
 */
import type { Path } from '../yaml/yaml-tree.ts'

export interface SchemaMismatch {
  readonly path: Path
  /** The part to remove from the data; the value at `path` if absent. */
  readonly drop?: Path
  /**
   * True: nothing is removed, since the problem is not the value itself, such as an unknown key.
   */
  readonly keep?: boolean
  /** True: the problem is at the key, not at the value. */
  readonly atKey?: boolean
  readonly message: string
  readonly hint?: string
}
