/** `lockstep policy`: the policy for a token that plans and applies a file. Changes nothing. */
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { renderPolicy } from '../../safety/capabilities.ts'
import { policyFor } from '../../safety/policy.ts'
import type { Host } from '../host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { openSession, pluginsOf } from '../session.ts'

export async function policy(options: CommonOptions, host: Host): Promise<ExitCode> {
  const desired = await loadDesired(options, host)
  const session = await openSession(options, host, desired)
  try {
    const live = await session.observe(pluginsOf(desired))
    host.out(renderPolicy(policyFor(desired, live)))
    return EXIT.done
  } finally {
    await session.close()
  }
}
