/**
 * Runs only the `verify` checks of a file: those of each mount, on every node that runs it. Changes
 * nothing but what the checks themselves change.
 */
import { createVerify, type RunCommand } from '../apply/verify.ts'
import type { Step, StepVerification } from '../documents/plan.generated.ts'
import type { DesiredMount, DesiredState } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import type { MountPath, Namespace, NodeAddress } from '../domain/names.ts'
import { verificationOf } from '../plan/checked.ts'
import { type Context, pluginsOf } from './context.ts'

/** The result of the checks of one mount on one node, or why they could not be run. */
export type VerifyResult =
  | { readonly kind: 'passed'; readonly mount: MountPath; readonly node: NodeAddress }
  /** `problem` names the mount and the node. */
  | { readonly kind: 'failed'; readonly mount: MountPath; readonly problem: string }

export interface VerifyInput {
  readonly desired: DesiredState
  /** Called with each result as soon as it is known. */
  readonly onResult?: (result: VerifyResult) => void
}

const refuseCommand: RunCommand = () =>
  Promise.resolve('not made: commands of untrusted files are not run')

/**
 * The results in the order of the mounts; empty if the file has no checks. Throws a LockstepError
 * if the cluster cannot be read.
 */
export async function verifyMounts(
  { desired, onResult }: VerifyInput,
  context: Context,
): Promise<readonly VerifyResult[]> {
  const checked = desired.mounts.filter((mount) => mount.verify.length > 0)
  if (checked.length === 0) return []
  context.secrets.learn({ desired })
  const live = await context.observe(pluginsOf(desired))
  const { client, commands } = context
  const runVerifications = createVerify({ client, runCommand: commands?.run ?? refuseCommand })
  const active = live.nodes.find(({ role }) => role === 'active')?.address
  const results: VerifyResult[] = []
  const add = (result: VerifyResult): void => {
    results.push(result)
    onResult?.(result)
  }
  for (const mount of checked) {
    const { path } = mount
    const { places, problems } = placesOf(mount, live)
    for (const problem of problems) add({ kind: 'failed', mount: path, problem })
    for (const { node, namespace } of places) {
      const verifications = mount.verify.map((check) => verificationOf(path, check))
      const problem = await runVerifications(
        createStep({ mount: path, node, namespace, verifications }),
        active ?? node,
      )
      if (problem === undefined) add({ kind: 'passed', mount: path, node })
      else add({ kind: 'failed', mount: path, problem })
    }
  }
  return results
}

interface VerifyPlaces {
  readonly places: readonly { readonly node: NodeAddress; readonly namespace: Namespace }[]
  /** Why a check cannot be run on a node, naming the mount and the node. */
  readonly problems: readonly string[]
}

function placesOf({ path }: DesiredMount, live: LiveState): VerifyPlaces {
  const mount = live.mounts.find((candidate) => candidate.path === path)
  if (mount === undefined) return { places: [], problems: [`${path}: nothing is mounted there`] }
  const { namespace } = mount
  const listed = new Set(mount.nodes.map(({ node }) => node))
  return {
    places: mount.nodes.map(({ node }) => ({ node, namespace })),
    // A forwarding standby runs no plugins.
    problems: live.nodes
      .filter(({ address, state }) => state !== 'forwarding' && !listed.has(address))
      .map(({ address, detail, state }) => `${path} on ${address}: not seen (${detail ?? state})`),
  }
}

interface MountChecks {
  readonly mount: MountPath
  readonly node: NodeAddress
  readonly namespace: Namespace
  readonly verifications: readonly StepVerification[]
}

/** A `check` step with nothing but the verifications. */
function createStep({ mount, node, namespace, verifications }: MountChecks): Step {
  const none = { after: [], requires: [], ensures: [], undo: [], restores: [] }
  return {
    id: `verify ${mount} on ${node}`,
    group: mount,
    why: 'asked for',
    ...none,
    action: { kind: 'check', node, namespace, mounts: [mount] },
    verify: [...verifications],
  }
}
