/** `lockstep policy`: the policy for a token that plans and applies a file. Changes nothing. */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { renderPolicy } from '../../safety/capabilities.ts'
import { policyFor } from '../../safety/policy.ts'
import { type Capability, faultInPolicy } from '../../server/rights.ts'
import type { Host } from '../host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { openSession, pluginsOf } from '../session.ts'

export async function policy(options: CommonOptions, host: Host): Promise<ExitCode> {
  const desired = await loadDesired(options, host)
  const session = await openSession(options, host, desired)
  try {
    const live = await session.observe(pluginsOf(desired))
    const capabilities = policyFor(desired, live)
    refuseWidening(capabilities)
    host.out(renderPolicy(capabilities))
    return EXIT.done
  } finally {
    await session.close()
  }
}

/** A policy that is printed gives what the file needs and nothing else, or is not printed. */
function refuseWidening(capabilities: readonly Capability[]): void {
  const faults = capabilities.flatMap(({ path }) => {
    const fault = faultInPolicy(path)
    return fault === undefined ? [] : `${path}: ${fault}`
  })
  if (faults.length === 0) return
  throw new LockstepError({
    code: 'unnameable-path',
    message: `no policy can name only what this file needs:\n${faults.join('\n')}`,
    hint: 'Policies cannot escape these characters. Use another name for the mount or plugin, or write the policy by hand, knowing what else it gives.',
  })
}
