/**
 * `lockstep policy`: prints the policy for a token that plans and applies a file, or without a
 * file, for a token that imports and shows the status. Changes nothing.
 */
import { existsSync } from 'node:fs'
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { renderPolicy } from '../../safety/capabilities.ts'
import { policyFor, readPolicyFor } from '../../safety/policy.ts'
import { type Capability, findProblemInPolicy } from '../../server/rights.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import { type CommonOptions, DEFAULT_FILE } from '../options.ts'
import { pluginsOf } from '../../operations/context.ts'
import { openSession } from '../session.ts'

export async function policy(options: CommonOptions, host: Host): Promise<ExitCode> {
  const hasFile = options.file !== undefined || existsSync(DEFAULT_FILE)
  const desired = hasFile ? await loadDesired(options, host) : undefined
  const session = await openSession(options, host, desired)
  try {
    const live = await session.observe(desired === undefined ? undefined : pluginsOf(desired))
    const capabilities = desired === undefined ? readPolicyFor(live) : policyFor(desired, live)
    refuseWidening(capabilities)
    host.out(renderPolicy(capabilities))
    return EXIT.done
  } finally {
    await session.close()
  }
}

/**
 * Throws a LockstepError if a path cannot be named exactly: the policy would then allow more than
 * the file needs.
 */
function refuseWidening(capabilities: readonly Capability[]): void {
  const problems = capabilities.flatMap((capability) => {
    const problem = findProblemInPolicy(capability)
    return problem === undefined ? [] : `${capability.path}: ${problem}`
  })
  if (problems.length === 0) return
  throw new LockstepError({
    code: 'unnameable-path',
    message: 'no policy can name only what this file needs:',
    details: problems,
    hint: 'Policies cannot escape these characters. Use another name for the mount or plugin, or write the policy by hand, knowing what else it gives.',
  })
}
