/** What a run is given, and what it works with. */
import type { Plan } from '../documents/plan.generated.ts'
import { onlyActiveRuns } from '../documents/standbys.ts'
import type { MountPath, Namespace, NodeAddress } from '../domain/names.ts'
import type { Client } from '../server/client.ts'
import { createRecentFacts, type RecentFacts } from './facts/recent-facts.ts'
import type { SeenAnswers } from './facts/seen-answers.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { recordIfPossible, type Recorder } from './recorder.ts'
import type { EnvironmentOf } from './send-once.ts'
import { createStopState, type StopSources, type StopState } from './stop-state.ts'
import type { VerifyMounts } from './verify.ts'

/** How many steps a run carries out at the same time unless the user says another number. */
export const DEFAULT_PARALLELISM = 4

interface Collaborators {
  readonly client: Client
  readonly recorder: Recorder
  readonly environmentOf: EnvironmentOf
  readonly verify: VerifyMounts
  /** Seconds to wait after each reload before its checks are made once more. */
  readonly soak: number
  /** How many steps may be under way at the same time; at least 1. */
  readonly parallelism: number
  /** A clock for durations only, in milliseconds. */
  readonly clock: () => number
  readonly answers: SeenAnswers
  /** How many mounts the cluster has; 0 if that is not known. */
  readonly mountCount: number
}

export interface RunOptions extends Collaborators, StopSources {
  /** Seconds to wait for a leader, or for a node that does not answer. */
  readonly wait: number
  /** Entries that an earlier run registered and did not reload, as `plugin version`. */
  readonly written?: readonly string[]
}

/** Made once for each run. A function takes the parts that it needs. */
export interface RunContext extends Collaborators {
  readonly plan: Plan
  /** Each node's own address. */
  readonly nodes: readonly NodeAddress[]
  /** True if only the active node runs plugins: what the plan says of a node holds for whichever is active. */
  readonly followsActive: boolean
  /** Milliseconds to wait for a leader, or for a node that does not answer. */
  readonly patience: number
  /** Records why the run waits. Never throws. */
  readonly reportWait: (reason: string) => Promise<void>
  readonly stop: StopState
  readonly ledger: Ledger
  readonly recent: RecentFacts
  /**
   * Entries that were registered and may not have been reloaded since, as `plugin version`. What runs
   * under them is reloaded: servers do not show the arguments and environment of a running process.
   */
  readonly written: Set<string>
  /** Mounts that were seen without a backend, and where. */
  readonly missingBackends: Map<MountPath, MountLocation>
}

export interface MountLocation {
  readonly node: NodeAddress
  readonly namespace: Namespace
}

export function createRunContext(plan: Plan, options: RunOptions): RunContext {
  const { client, recorder, environmentOf, verify, soak, parallelism, clock } = options
  const { answers, mountCount } = options
  return {
    plan,
    client,
    recorder,
    environmentOf,
    verify,
    soak,
    parallelism,
    clock,
    answers,
    mountCount,
    nodes: plan.cluster.nodes.map(({ address }) => address),
    followsActive: onlyActiveRuns(plan.cluster),
    patience: options.wait * 1000,
    reportWait: (reason) => recordIfPossible(() => recorder.waiting(reason)),
    stop: createStopState(options),
    ledger: createLedger(plan),
    recent: createRecentFacts(clock),
    written: new Set(options.written),
    missingBackends: new Map(),
  }
}
