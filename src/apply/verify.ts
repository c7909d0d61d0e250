/**
 * The checks of a mount that its file asks for, after each of its reloads, on the node that was
 * reloaded: paths read below it, commands run. The first that fails is the reason the step failed.
 */
import type { Step } from '../documents/plan.generated.ts'
import type { DesiredMount, DesiredState, Verification } from '../domain/desired.ts'
import { LockstepError, unreachable } from '../domain/errors.ts'
import type { MountPath, Namespace, NodeAddress } from '../domain/names.ts'
import type { Client } from '../server/client.ts'
import { errorWords } from '../server/faults.ts'
import { readBelowMount } from '../server/requests.ts'
import type { VerifyReload } from './run.ts'

/** Runs a command; why it failed, or undefined. Handed in: this module starts no process. */
export type RunCommand = (
  command: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<string | undefined>

export interface VerifyOptions {
  readonly client: Client
  /** Absent for a saved plan that was given without its file: then there is nothing to verify. */
  readonly desired: DesiredState | undefined
  readonly runCommand: RunCommand
}

export function createVerify(options: VerifyOptions): VerifyReload {
  const byPath = new Map<MountPath, DesiredMount>(
    options.desired?.mounts.map((mount) => [mount.path, mount]),
  )
  return async ({ action }: Step) => {
    if (action.kind !== 'reload') return undefined
    for (const mount of action.mounts) {
      for (const verification of byPath.get(mount)?.verify ?? []) {
        const at = { mount, namespace: action.namespace, node: action.node }
        const problem = await verifyOne(options, verification, at)
        if (problem !== undefined) return `${mount} on ${action.node}: ${problem}`
      }
    }
    return undefined
  }
}

interface Place {
  readonly mount: MountPath
  readonly namespace: Namespace
  readonly node: NodeAddress
}

async function verifyOne(
  { client, runCommand }: VerifyOptions,
  verification: Verification,
  place: Place,
): Promise<string | undefined> {
  switch (verification.kind) {
    case 'read':
      return verifyRead(client, verification.path, place)
    case 'run': {
      const fill = (text: string): string =>
        text
          .replaceAll('{mount}', place.mount)
          .replaceAll('{node}', place.node)
          .replaceAll('{address}', place.node)
      const problem = await runCommand(verification.command.map(fill), { BAO_ADDR: place.node })
      const shown = verification.command.join(' ')
      return problem === undefined ? undefined : `verify run ${shown}: ${problem}`
    }
    default:
      return unreachable(verification)
  }
}

async function verifyRead(
  client: Client,
  path: string,
  { mount, namespace, node }: Place,
): Promise<string | undefined> {
  try {
    const answer = await client.ask(node, readBelowMount(mount, namespace, path))
    if (answer.status >= 200 && answer.status < 300) return undefined
    const words = errorWords(answer)
    return `verify read ${path}: HTTP ${answer.status}${words === '' ? '' : ` ${words}`}`
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    return `verify read ${path}: ${error.message}`
  }
}
