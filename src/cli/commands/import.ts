/**
 * `lockstep import`: writes a file of desired state that describes what is live. A plan for it is
 * empty.
 */
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { line } from '../../domain/printable.ts'
import { importLive } from '../../operations/import-live.ts'
import type { Host } from '../host/host.ts'
import type { CommonOptions } from '../options.ts'
import { openSession } from '../session.ts'

export async function importFile(options: CommonOptions, host: Host): Promise<ExitCode> {
  const session = await openSession(options, host, undefined)
  try {
    const { yaml, notes } = await importLive(session)
    for (const note of notes) host.out(line`# Note: ${note}`)
    host.out(yaml)
    for (const note of notes) host.err(line`Note: ${note}`)
    return EXIT.done
  } finally {
    await session.close()
  }
}
