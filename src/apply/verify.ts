/**
 * Makes the checks of a mount that the desired-state file asks for (`verify`), on the node that was
 * reloaded: reads paths below the mount, runs commands. The first check that fails is the reason
 * that the step failed.
 */
import type { Step, StepVerification } from '../documents/plan.generated.ts'
import { LockstepError, unreachable } from '../domain/errors.ts'
import { fillPlaceholders } from '../domain/fill-placeholders.ts'
import type { MountPath, Namespace, NodeAddress } from '../domain/names.ts'
import { shellWords } from '../domain/shell-words.ts'
import type { Client } from '../server/client.ts'
import { errorWords, wordsToJudge } from '../server/faults.ts'
import { readBelowMount } from '../server/requests.ts'

/** Makes the checks that the file asks for of a step's mounts; returns why the first one failed. */
export type VerifyMounts = (step: Step, active: NodeAddress) => Promise<string | undefined>

/** Runs a command; returns why it failed, or undefined. */
export type RunCommand = (
  command: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<string | undefined>

export interface VerifyOptions {
  readonly client: Client
  readonly runCommand: RunCommand
}

export function createVerify(options: VerifyOptions): VerifyMounts {
  return async ({ action, verify = [] }: Step, active) => {
    if (action.kind !== 'reload' && action.kind !== 'check') return undefined
    const { namespace, node } = action
    for (const check of verify) {
      const at = { mount: check.mount, namespace, node, active: node === active }
      const problem = await verifyOne(options, check, at)
      if (problem !== undefined) return `${check.mount} on ${node}: ${problem}`
    }
    return undefined
  }
}

interface VerifiedMount {
  readonly mount: MountPath
  readonly namespace: Namespace
  readonly node: NodeAddress
  /** True on the active node, which alone can write. */
  readonly active: boolean
}

/** Said by a mount whose backend was nil when its server was unsealed, and by one on a standby. */
const READ_ONLY = /cannot write to (storage during setup|readonly storage)/

/** What these words mean for a mount that was just reloaded on the active node. */
const STAYS_READ_ONLY =
  'the mount answers but cannot write, and no reload changes that: have the node step down, or restart it'

async function verifyOne(
  { client, runCommand }: VerifyOptions,
  verification: StepVerification,
  place: VerifiedMount,
): Promise<string | undefined> {
  switch (verification.kind) {
    case 'read':
      return verifyRead(client, verification.path, place)
    case 'run': {
      const { mount, node } = place
      const fill = (text: string): string => fillPlaceholders(text, { mount, node, address: node })
      const where = {
        LOCKSTEP_NODE: new URL(node).hostname,
        LOCKSTEP_ADDRESS: node,
        LOCKSTEP_MOUNT: mount,
      }
      const problem = await runCommand(verification.command.map(fill), where)
      if (problem === undefined) return undefined
      const reason = `verify run ${shellWords(verification.command)}: ${problem}`
      return READ_ONLY.test(problem) ? `${reason} (${STAYS_READ_ONLY})` : reason
    }
    default:
      return unreachable(verification)
  }
}

async function verifyRead(
  client: Client,
  path: string,
  { mount, namespace, node, active }: VerifiedMount,
): Promise<string | undefined> {
  try {
    const answer = await client.ask(node, readBelowMount(mount, namespace, path))
    if (answer.status >= 200 && answer.status < 300) return undefined
    const words = errorWords(answer)
    // A read that creates a lease fails on a standby, which cannot store the lease, although the
    // backend answered. OpenBao then says only `internal error`; a backend's own error has words.
    const meant = wordsToJudge(answer)
    const cannotStore = READ_ONLY.test(meant) || meant === 'internal error'
    if (answer.status === 500 && cannotStore && !active) return undefined
    if (READ_ONLY.test(meant)) return `verify read ${path}: ${words} (${STAYS_READ_ONLY})`
    return `verify read ${path}: HTTP ${answer.status}${words === '' ? '' : ` ${words}`}`
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return `verify read ${path}: ${error.message}`
  }
}
