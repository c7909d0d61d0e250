/**
 * Checks everything that an apply from this machine needs, in the order in which `apply` would meet
 * the problem: what works, what would stop an apply, and what to do. Only reads: no request that
 * writes is sent but a login and its end, no file is written, and no command of the file is run. A
 * problem is a check that failed, never an error that is thrown.
 */
import type { DoctorCheck, DoctorReport } from '../../documents/doctor.generated.ts'
import { count } from '../../domain/count.ts'
import type { DesiredState } from '../../domain/desired.ts'
import { type ExitCode, LockstepError } from '../../domain/errors.ts'
import type { LiveState } from '../../domain/live.ts'
import type { NodeAddress } from '../../domain/names.ts'
import type { FreshPlan } from '../../plan/make-plan.ts'
import type { ServerCertificate } from '../../server/peer-certificate.ts'
import { type Context, pluginsOf } from '../context.ts'
import type { World } from '../world.ts'
import { checkCertificates, checkProxies } from './check-connection.ts'
import { checkNodes, checkPlan, checkReading, checkRights } from './check-cluster.ts'
import { checkJournal, checkLock } from './check-machine.ts'
import { checkAddress, checkClock, checkToken, greet, type Greeting } from './check-server.ts'
import { completeChecks, exitCodeOf, failed, found, orError } from './checks.ts'

export interface DoctorInput {
  /** Loads the file; undefined if there is none. A LockstepError is reported. */
  readonly load: () => Promise<DesiredState | undefined>
  /** Makes the context. A LockstepError is reported. */
  readonly open: (
    desired: DesiredState | undefined,
    onCertificate: (node: NodeAddress, certificate: ServerCertificate) => void,
  ) => Promise<Context>
  readonly world: Pick<World, 'env' | 'now'>
}

/** What the checks found so far. */
interface Findings {
  readonly checks: readonly DoctorCheck[]
  readonly address?: NodeAddress
  readonly live?: LiveState
  /** Undefined if no plan was made. */
  readonly plan?: FreshPlan | undefined
  /** Why the checks that are not in `checks` were not made. */
  readonly why: string
}

export interface Diagnosis {
  readonly report: DoctorReport
  /** 0, or the exit code that `apply` would end with. */
  readonly exitCode: ExitCode
}

export async function diagnose(input: DoctorInput): Promise<Diagnosis> {
  const began = input.world.now()
  const { checks, address, live, why } = await checkFile(input)
  const all = completeChecks(checks, why)
  const exitCode = exitCodeOf(all)
  const report: DoctorReport = {
    format: 1,
    checked_at: began.toISOString(),
    ...(address !== undefined && { address }),
    ...(live !== undefined && {
      cluster: {
        ...{ id: live.cluster.id, name: live.cluster.name },
        ...{ product: live.product, server_version: live.server_version },
      },
    }),
    exit_code: exitCode,
    checks: [...all],
  }
  return { report, exitCode }
}

async function checkFile(input: DoctorInput): Promise<Findings> {
  const desired = await orError(input.load)
  if (desired instanceof LockstepError) {
    return {
      checks: [failed('file', desired)],
      why: 'Not checked: the file has to be valid first.',
    }
  }
  const file =
    desired === undefined
      ? found({
          ...{ check: 'file', result: 'skipped' },
          message: 'No file was given (-f), so no plan is checked.',
        })
      : found({ check: 'file', result: 'ok', message: `The file is valid: ${sizeOf(desired)}.` })
  const certificates = new Map<NodeAddress, ServerCertificate>()
  const context = await orError(() =>
    input.open(desired, (node, certificate) => certificates.set(node, certificate)),
  )
  if (context instanceof LockstepError) {
    const checks = [file, failed('settings', context)]
    return {
      checks,
      why: 'Not checked: the settings have to be valid first, and a login accepted.',
    }
  }
  try {
    const settings = found({
      ...{ check: 'settings', result: 'ok' },
      message:
        context.login === undefined
          ? 'The options and variables can be used.'
          : 'The options and variables can be used. The login was accepted.',
    })
    const asked = await askServer({ desired, context })
    const nodes = asked.live?.nodes.map(({ address }) => address) ?? []
    const addresses = [...new Set([context.address, ...nodes])]
    const checks = [
      ...[file, settings, ...asked.checks],
      await checkProxies(addresses, input.world.env),
      checkCertificates(certificates, { address: context.address, now: input.world.now() }),
    ]
    return { ...asked, checks, address: context.address }
  } finally {
    await context.close()
  }
}

interface Asked {
  readonly desired: DesiredState | undefined
  readonly context: Context
}

async function askServer({ desired, context }: Asked): Promise<Findings> {
  const { check, greeting } = await checkAddress(context)
  if (greeting === undefined) {
    return { checks: [check], why: 'Not checked: the server has to answer first.' }
  }
  const cluster = await askCluster({ desired, context, greeting })
  // A standby that was just unsealed does not know its cluster.
  const clusterId = cluster.live?.cluster.id ?? greeting.health.clusterId
  const machine =
    clusterId === ''
      ? []
      : [
          await checkLock({ clusterId, desired }, context),
          await checkJournal({ clusterId, live: cluster.live }, context),
        ]
  // Without steps, apply takes no lock and writes no journal.
  const isIdle = cluster.plan?.steps.length === 0
  return {
    ...cluster,
    checks: [check, ...cluster.checks, ...(isIdle ? machine.map(withoutFailure) : machine)],
  }
}

function withoutFailure(check: DoctorCheck): DoctorCheck {
  const { exit_code: _, ...rest } = check
  return check.result === 'failed' ? { ...rest, result: 'warning' } : check
}

async function askCluster({
  desired,
  context,
  greeting,
}: Asked & { readonly greeting: Greeting }): Promise<Findings> {
  const clock = [[context.address, greeting.ahead]] as const
  const token = await checkToken(context)
  const begun = [token, checkClock(clock)]
  if (token.result === 'failed') {
    return { checks: begun, why: 'Not checked: the server has to accept the token first.' }
  }
  const live = await orError(() => context.observe(desired && pluginsOf(desired)))
  if (live instanceof LockstepError) {
    const checks = [...begun, failed('nodes', live)]
    return { checks, why: 'Not checked: the cluster has to be read first.' }
  }
  const planned = desired && (await checkPlan({ desired, live }, context))
  const plan = planned?.plan
  const checks = [
    token,
    checkClock([...clock, ...(await readClocks(live, context))]),
    checkNodes(live, plan),
    checkReading(live),
    await checkRights({ desired, live }, context),
    ...(planned === undefined ? [] : [planned.check]),
  ]
  return { checks, live, plan, why: 'Not checked: there is no file.' }
}

function sizeOf({ plugins, mounts }: DesiredState): string {
  return `${count(plugins.length, 'plugin')}, ${count(mounts.length, 'mount')}`
}

/** The clocks of the other nodes. A node that does not answer is reported with the nodes. */
function readClocks({ nodes }: LiveState, context: Context) {
  return Promise.all(
    nodes
      .filter(({ address, unasked }) => unasked !== true && address !== context.address)
      .map(async ({ address }) => {
        const greeting = await orError(() => greet(context, address))
        const ahead = greeting instanceof LockstepError ? undefined : greeting.ahead
        return [address, ahead] as const
      }),
  )
}
