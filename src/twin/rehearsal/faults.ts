/** Finds what is wrong with a mount at a stopping point, and describes it: a line for each kind of fault. */
import type { UnsafePoint } from '../../documents/plan.generated.ts'
import { groupBy } from '../../domain/group-by.ts'
import { nameSome } from '../../domain/name-some.ts'
import {
  compareText,
  type ConnectionPath,
  type MountPath,
  type NodeAddress,
  type PluginId,
  type RunningBinary,
} from '../../domain/names.ts'
import type { ConnectionFailure } from '../cluster/connections.ts'
import type { RunningMount, WouldStart } from '../cluster/twin.ts'

export type FaultKind = UnsafePoint['kind']

export interface RehearsalFault {
  readonly kind: FaultKind
  /** Absent if the fault is one of the whole cluster. */
  readonly node?: NodeAddress
  readonly mount?: MountPath
  readonly connection?: ConnectionPath
  /** The server's words, or how the end of the plan differs from the desired state. */
  readonly words?: string
}

/** A fault of one mount on one node. */
export type MountFault = Pick<RehearsalFault, 'words'> & { readonly kind: FaultKind }

export interface MountOnStage {
  readonly path: MountPath
  readonly plugin: PluginId
  readonly accessor: string
  /**
   * The binaries that a restart may start while the plan runs: what the mount ran or would have
   * started before the plan, and the desired binary. Absent if the plan does not change the mount.
   */
  readonly mayStart?: ReadonlySet<RunningBinary>
}

/**
 * Returns the faults of a mount on a node: now, and after a restart of the node.
 *
 * @param running undefined if the node runs no mounts
 */
export function faultsOfMount(
  { accessor, mayStart }: Pick<MountOnStage, 'accessor' | 'mayStart'>,
  running: RunningMount | undefined,
  start: WouldStart,
): MountFault[] {
  const faults: MountFault[] = []
  if (running !== undefined) {
    if (!running.answers) faults.push({ kind: 'down' })
    if (running.accessor !== accessor) faults.push({ kind: 'other-mount' })
    // Only a missing entry counts: between a changed registration and the reload, the entry names a
    // binary that the mount does not run yet.
    if (!running.is_registered) faults.push({ kind: 'unregistered' })
  }
  if (start.kind === 'failed') faults.push(wouldNotStart(start))
  else if (mayStart?.has(start.sha256) === false) faults.push({ kind: 'other-binary' })
  return faults
}

/** Returns the fault of a mount or connection that would not start again after a restart. */
export function wouldNotStart({ why, cause }: ConnectionFailure): MountFault {
  return { kind: cause === 'entry' ? 'entry-missing' : 'file-differs', words: why }
}

/** In the order in which they are reported. */
const SAID: Readonly<Record<FaultKind, (names: string, words: string, number: number) => string>> =
  {
    refused: (_, words) => `it would be refused (${words})`,
    down: (names, _, number) => `${names} ${number === 1 ? 'is' : 'are'} down`,
    'entry-missing': saidOfRestart,
    'file-differs': saidOfRestart,
    'other-binary': (names, _, number) =>
      `${names} would come up after a restart with a binary that ${number === 1 ? 'it neither ran before nor is' : 'they neither ran before nor are'} to run`,
    unregistered: (names, _, number) =>
      `${names} ${number === 1 ? 'runs' : 'run'} a version that is not registered any more`,
    'other-mount': (names, _, number) =>
      `${names} ${number === 1 ? 'is another mount' : 'are other mounts'} than before`,
    'no-leader': (names, words) =>
      words === ''
        ? `with ${names} on a builtin’s version no node could lead once the leader has changed twice`
        : `no node could lead once the leader has changed: ${words}`,
    'late-standby': (names, _, number) =>
      `${names} ${number === 1 ? 'was' : 'were'} reloaded on the active node first`,
    'free-order': (_, words) =>
      `it may be carried out before or after ${words}, and both may concern one mount`,
    'missed-end': (_, words) => `the plan ends with ${words}`,
  }

function saidOfRestart(names: string, words: string): string {
  return `${names} would not come up again after a restart: ${words}`
}

/**
 * Returns what is unsafe after a step: a point for each kind of fault, with its mounts and nodes.
 *
 * @param nodes how many nodes there are: a fault on all of them is `on every node`
 */
export function describeFaults(
  after: string,
  faults: readonly RehearsalFault[],
  nodes: number,
): UnsafePoint[] {
  const groups = groupBy(faults, ({ kind }) => kind)
  return (Object.keys(SAID) as FaultKind[]).flatMap((kind) => {
    const group = groups.get(kind)
    if (group === undefined) return []
    const mounts = unique(group.map(({ mount }) => mount))
    const names = unique(group.map(({ mount, connection }) => mount ?? connection))
    const words = unique(group.map((fault) => fault.words))
    const on = unique(group.map(({ node }) => node))
    const where = on.length === nodes ? 'every node' : nameSome(on)
    const problem = SAID[kind](nameSome(names), nameSome(words), names.length)
    return [
      {
        after,
        kind,
        problem: on.length === 0 ? problem : `${problem} (on ${where})`,
        mounts,
        nodes: on,
      },
    ]
  })
}

function unique<Text extends string>(texts: readonly (Text | undefined)[]): Text[] {
  return [...new Set(texts.filter((text) => text !== undefined))].sort(compareText)
}
