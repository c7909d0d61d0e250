/** One try: the scenario's beginning, a first run that something happens to, and the run after it. */
import type { ClusterClient } from '../cluster/cluster-client.ts'
import type { Survival } from './family.ts'
import { FaultProxy } from './fault-proxy.ts'
import { type Ended, type Started, Workplace } from './run-program.ts'
import { begin, type Scenario, whyNotThere, writeFileOf } from './scenario.ts'

export interface Stage {
  readonly cluster: ClusterClient
  readonly proxy: FaultProxy
  readonly place: Workplace
}

/** The cluster is reached through the proxy of the stage. */
export async function openStage(cluster: ClusterClient): Promise<Stage> {
  const proxy = await FaultProxy.start(cluster.addresses)
  return { cluster, proxy, place: await Workplace.make(cluster.token) }
}

export async function closeStage({ proxy, place }: Stage): Promise<void> {
  await proxy[Symbol.asyncDispose]()
  await place[Symbol.asyncDispose]()
}

export interface Attempt {
  readonly stage: Stage
  readonly scenario: Scenario
  readonly options?: readonly string[]
  /** True where nothing can be rolled back while it lasts: the run may end by asking for a person. */
  readonly isBlackout?: boolean
  /** Makes something happen to the first run, which may be started by another command. */
  readonly disturb: (first: (command?: readonly string[]) => Started) => Promise<Ended>
  /** Once the first run has ended, before the next: brings back what the test took away. */
  readonly calm?: () => Promise<void>
}

/** Exit codes of a run that stopped clearly: the next one may go on. */
const CLEAR = new Set([0, 1, 3, 4, 5, 8, 10, 130])
const ROLLBACK_FAILED = 6

export function argumentsFor(
  { proxy, place }: Stage,
  command: string,
  file: string,
  options: readonly string[] = [],
): string[] {
  const nodes = proxy.addresses.flatMap((address) => ['--node', address])
  const journal = command === 'apply' ? ['--journal', place.journals, '--auto-approve'] : []
  const [address = ''] = proxy.addresses
  return [command, '-f', file, '--address', address, ...nodes, ...journal, ...options]
}

/** Throws where the first run ended unclearly, or the next did not bring everything to its end. */
export async function attempt(one: Attempt): Promise<Survival> {
  const { stage, scenario, options = [], isBlackout = false, disturb, calm } = one
  const { cluster, proxy, place } = stage
  proxy.relax()
  await place.clear()
  const beginning = await begin(cluster, scenario)
  const file = await writeFileOf(cluster, scenario, place.home)
  const first = await disturb((command) =>
    place.start(argumentsFor(stage, 'apply', file, ['--verbose', ...options]), command),
  )
  proxy.relax()
  await calm?.()
  const isClear =
    CLEAR.has(first.exitCode ?? 0) || (isBlackout && first.exitCode === ROLLBACK_FAILED)
  if (!isClear) {
    throw new Error(`the first run ended with ${String(first.exitCode)}: ${lastOf(first)}`)
  }
  if (first.exitCode !== 0) {
    const second = await place.run(argumentsFor(stage, 'apply', file))
    if (second.exitCode !== 0) {
      throw new Error(
        `after ${String(first.exitCode)} (${lastOf(first)}) the next run ended with ${String(second.exitCode)}: ${lastOf(second)}`,
      )
    }
  }
  const why = await whyNotThere(cluster, scenario, beginning)
  if (why !== undefined) throw new Error(`after ${String(first.exitCode)}: ${why}`)
  const plan = await place.run(argumentsFor(stage, 'plan', file, ['--detailed-exitcode']))
  if (plan.exitCode !== 0) {
    throw new Error(`the plan after it is not empty (${String(plan.exitCode)}): ${lastOf(plan)}`)
  }
  return first.exitCode === 0 ? 'survived' : 'finished on resume'
}

function lastOf({ stdout, stderr }: Ended): string {
  const lines = stderr.split('\n').filter((line) => !/ -> (\d{3}|[A-Z]+) \(/.test(line))
  return `${lines.join('\n').slice(-700)} ${stdout.slice(-900)}`
}
