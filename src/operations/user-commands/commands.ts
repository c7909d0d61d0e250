/** The commands that a file of desired state names, as operations see them. */
import type { RunCommand } from '../../apply/verify.ts'
import type { LiveState } from '../../domain/live.ts'
import type { NeededFile } from '../../safety/needed-files.ts'
import type { BinaryReport } from '../../safety/rule.ts'

/** The file's `binary_check`, to be run for each node and each plugin file. */
export interface DiskCheck {
  /** With `{host}`, `{address}` and `{command}` still to fill in. */
  readonly command: readonly string[]
  readonly nodes: LiveState['nodes']
  readonly files: readonly NeededFile[]
}

/** How commands of the file are run. None of these functions throws. */
export interface Commands {
  /** Runs a command of `verify`. */
  readonly run: RunCommand
  /** Runs `binary_check`: a report for each file on each node. */
  readonly checkDisks: (check: DiskCheck) => Promise<readonly BinaryReport[]>
  /** True if this program can be started on this machine; starts nothing. */
  readonly canStart: (program: string) => boolean
}
