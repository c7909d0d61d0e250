/**
 * `lockstep verify`: runs only the `verify` checks of the file, for each mount on every node that
 * runs it. Changes nothing but what the checks themselves change.
 */
import { count } from '../../domain/count.ts'
import type { DesiredMount } from '../../domain/desired.ts'
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { line } from '../../domain/printable.ts'
import { shellWords } from '../../domain/shell-words.ts'
import { type VerifyResult, verifyMounts } from '../../operations/verify-mounts.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { openSession } from '../session.ts'

/** Returns 0 if every check passed on every node; 1 if one failed or could not be run. */
export async function verify(options: CommonOptions, host: Host): Promise<ExitCode> {
  const desired = await loadDesired(options, host)
  const session = await openSession(options, host, desired)
  try {
    if (options.quiet !== true && session.commands !== undefined) listCommands(desired.mounts, host)
    const onResult = (result: VerifyResult): void => {
      if (result.kind === 'failed') host.out(line`FAILED  ${result.problem}`)
      else if (options.quiet !== true) host.out(line`passed  ${result.mount} on ${result.node}`)
    }
    const results = await verifyMounts({ desired, onResult }, session)
    if (results.length === 0) {
      host.out(line`The file has no verify checks.`)
      return EXIT.done
    }
    const failed = results.filter(({ kind }) => kind === 'failed').length
    const passed = count(results.length - failed, 'check')
    host.out(line`${passed} passed, ${String(failed)} failed.`)
    return failed === 0 ? EXIT.done : EXIT.error
  } finally {
    await session.close()
  }
}

/** Lists the commands before any of them runs, so that the log shows what ran on this machine. */
function listCommands(mounts: readonly DesiredMount[], host: Host): void {
  const commands = mounts.flatMap(({ path, verify: checks }) =>
    checks.flatMap((check) =>
      check.kind === 'run' ? `${path}: ${shellWords(check.command)}` : [],
    ),
  )
  if (commands.length === 0) return
  host.err(line`These commands run on this machine, once for each node:`)
  for (const command of commands) host.err(line`  ${command}`)
}
