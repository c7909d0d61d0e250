/** What is wrong at a place in a file's data: made while its shape is checked, then a problem. */
import type { Path } from '../yaml/yaml-tree.ts'

export interface SchemaMismatch {
  readonly path: Path
  /** What is taken out of the data, where it is more than the value at `path`. */
  readonly drop?: Path
  /** The value stays: only something beside it is wrong, such as an unknown key. */
  readonly keep?: boolean
  /** Points at the key rather than at the value. */
  readonly atKey?: boolean
  readonly message: string
  readonly hint?: string
}
