/** The interface through which operations run the commands of a file of desired state. */
import type { RunCommand } from '../../apply/verify.ts'
import type { LiveState } from '../../domain/live.ts'
import type { NeededFile } from '../../safety/needed-files.ts'
import type { BinaryReport } from '../../safety/rule.ts'

/** The `binary_check` of a file, with the nodes and plugin files to check. */
export interface DiskCheck {
  /** Holds the placeholders `{host}`, `{address}` and `{command}`. */
  readonly command: readonly string[]
  readonly nodes: LiveState['nodes']
  readonly files: readonly NeededFile[]
}

/** How commands of the file are run. None of these functions throws. */
export interface Commands {
  /** Runs a command of `verify`. */
  readonly run: RunCommand
  /** Runs `binary_check`. Returns a report for each file on each node. */
  readonly checkDisks: (check: DiskCheck) => Promise<readonly BinaryReport[]>
  /** True if this program can be started on this machine. Starts nothing. */
  readonly canStart: (program: string) => boolean
}
