/** `lockstep completion`: prints the completion script of a shell. Asks no server. */
import type { Command } from 'commander'
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { completionScript } from '../completion/completion-script.ts'
import { describeCommands } from '../completion/describe-commands.ts'
import type { Shell } from '../completion/shells.ts'
import type { Host } from '../host/host.ts'

export function completion(shell: Shell, program: Command, host: Host): ExitCode {
  host.out(completionScript(shell, describeCommands(program)))
  return EXIT.done
}
