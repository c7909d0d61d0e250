/** Checks the nodes, the rights of the token and the plan: what `apply` reads before its first step. */
import type { DoctorCheck } from '../../documents/doctor.generated.ts'
import { blockedExitCode, blockingFindings } from '../../documents/blocking.ts'
import { count } from '../../domain/count.ts'
import type { DesiredState } from '../../domain/desired.ts'
import { EXIT, LockstepError } from '../../domain/errors.ts'
import type { LiveNode, LiveState } from '../../domain/live.ts'
import { readOwnCapabilities } from '../../live/capabilities.ts'
import { missingCapabilities } from '../../safety/capabilities.ts'
import { policyFor, readPolicyFor } from '../../safety/policy.ts'
import { policyLine } from '../../server/rights.ts'
import { prepareMachine } from '../apply-plan.ts'
import type { Context } from '../context.ts'
import type { FreshPlan } from '../../plan/make-plan.ts'
import { type MadePlan, makePlan } from '../make-plan.ts'
import { failed, found, orError } from './checks.ts'

/** The most lines of a list; a file for a thousand mounts may need as many rights. */
const MOST_DETAILS = 20

function someOf(details: readonly string[]): string[] {
  const rest = details.length - MOST_DETAILS
  return [...details.slice(0, MOST_DETAILS), ...(rest > 0 ? [`and ${rest} more`] : [])]
}

/** `plan`: undefined if none could be made. A plan can allow that a node is not seen. */
export function checkNodes({ nodes }: LiveState, plan: FreshPlan | undefined): DoctorCheck {
  const details = someOf(nodes.map(describeNode))
  const unseen = nodes.filter(({ state }) => !isSeen(state))
  const message = `${count(nodes.length, 'node')}, each reached at its own address.`
  if (unseen.length === 0) return found({ check: 'nodes', result: 'ok', message, details })
  return found({
    ...{ check: 'nodes', details },
    message: `${unseen.length} of ${count(nodes.length, 'node')} cannot be seen, so what they run is not known.`,
    fix: 'Bring the nodes back, or unseal them. If they have other addresses from here, list each node’s own address under cluster.nodes or with --node.',
    ...(isBlocking(unseen, plan)
      ? { result: 'failed', exit_code: EXIT.blocked }
      : { result: 'warning' }),
  })
}

function isBlocking(unseen: readonly LiveNode[], plan: FreshPlan | undefined): boolean {
  if (plan === undefined) return true
  const addresses = new Set<string>(unseen.map(({ address }) => address))
  return blockingFindings(plan.findings).some(({ subject }) => addresses.has(subject))
}

function isSeen(state: LiveNode['state']): boolean {
  return state === 'serving' || state === 'forwarding'
}

function describeNode({ address, role, state, version, detail }: LiveNode): string {
  const words = detail === undefined || detail === state ? '' : ` (${detail})`
  return isSeen(state) ? `${address}: ${role}, version ${version}` : `${address}: ${state}${words}`
}

/** What could not be read of the cluster. The plan decides whether that stops an apply. */
export function checkReading({ unreadable }: LiveState): DoctorCheck {
  if (unreadable.length === 0) {
    const message = 'Everything that was asked for could be read.'
    return found({ check: 'reading', result: 'ok', message })
  }
  return found({
    ...{ check: 'reading', result: 'warning' },
    message: `${count(unreadable.length, 'answer')} could not be read, so what is there is not known.`,
    details: someOf(
      unreadable.map(({ path, node, reason }) =>
        node === undefined ? `${path}: ${reason}` : `${path} on ${node}: ${reason}`,
      ),
    ),
    fix: 'See each reason. If a right is missing, `lockstep policy` prints the policy.',
  })
}

export interface ClusterQuestion {
  readonly desired: DesiredState | undefined
  readonly live: LiveState
}

/** The rights for every plan of the file; without a file, for reading only. */
export async function checkRights(
  { desired, live }: ClusterQuestion,
  { client, address }: Pick<Context, 'client' | 'address'>,
): Promise<DoctorCheck> {
  const needed = desired === undefined ? readPolicyFor(live) : policyFor(desired, live)
  const paths = needed.map(({ path }) => path)
  const granted = await orError(() => readOwnCapabilities(client, address, paths))
  if (granted instanceof LockstepError) return failed('rights', granted)
  if ('refused' in granted) {
    return found({
      ...{ check: 'rights', result: 'unknown' },
      message: `The server did not say what the token may do: ${granted.refused}.`,
      fix: 'Give the token what `lockstep policy` prints.',
    })
  }
  const what = desired === undefined ? 'status and import read' : 'plans of this file can need'
  const missing = missingCapabilities(needed, granted)
  if (missing.length === 0) {
    const message = `The token may do everything that ${what} (${count(needed.length, 'path')}).`
    return found({ check: 'rights', result: 'ok', message })
  }
  return found({
    ...{ check: 'rights', result: 'warning' },
    message: `The token lacks rights on ${missing.length} of ${count(needed.length, 'path')} that ${what}. A plan that needs one of them is blocked.`,
    details: someOf(missing.map(policyLine)),
    fix: 'Add these lines to the policy of the token. `lockstep policy` prints the whole policy.',
  })
}

export interface PlanChecked {
  readonly check: DoctorCheck
  /** Undefined if no plan could be made. */
  readonly plan?: FreshPlan
}

/** Whether a plan made now is blocked, or needs what this machine does not have. Runs no command. */
export async function checkPlan(
  { desired, live }: ClusterQuestion & { readonly desired: DesiredState },
  context: Context,
): Promise<PlanChecked> {
  const made = await orError(() => makePlan({ desired, live, runsBinaryCheck: false }, context))
  return made instanceof LockstepError
    ? { check: failed('plan', made) }
    : { check: await judgeMade(made, context), plan: made.plan }
}

async function judgeMade(made: MadePlan, context: Context): Promise<DoctorCheck> {
  const { desired, plan } = made
  const blocking = blockingFindings(plan.findings)
  const steps = count(plan.steps.length, 'step')
  if (blocking.length > 0) {
    return found({
      ...{ check: 'plan', result: 'failed', exit_code: blockedExitCode(plan) },
      message: `A plan made now is blocked by ${count(blocking.length, 'finding')}.`,
      details: someOf(
        blocking.map(({ rule, subject, message }) => `${rule} ${subject}: ${message}`),
      ),
      fix: 'See each finding with its fix: `lockstep plan`.',
    })
  }
  const ready = await orError(() => prepareMachine(plan, { made, values: desired }, context))
  if (ready instanceof LockstepError) return failed('plan', ready)
  const check = desired.cluster.binaryCheck === undefined ? '' : ' binary_check was not run.'
  const message = `A plan made now has ${steps}, and no finding blocks the plan.${check}`
  return found({ check: 'plan', result: 'ok', message })
}
