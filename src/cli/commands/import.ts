/** `lockstep import`: the file that says what is live, so that a plan for it is empty. */
import { stringify } from 'yaml'
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { describeLive } from '../../plan/describe-live.ts'
import { printable } from '../../render/wording.ts'
import type { Host } from '../host.ts'
import type { CommonOptions } from '../options.ts'
import { openSession } from '../session.ts'

export async function importLive(options: CommonOptions, host: Host): Promise<ExitCode> {
  const session = await openSession(options, host, undefined)
  try {
    const live = await session.observe()
    const { document, notes } = describeLive(live)
    for (const note of notes) host.out(`# Note: ${printable(note)}\n`)
    host.out(stringify(document, { lineWidth: 0 }))
    for (const note of notes) host.err(`Note: ${note}\n`)
    return EXIT.done
  } finally {
    await session.close()
  }
}
