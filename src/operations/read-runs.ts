/**
 * Reads the runs of a cluster from the journals of this machine and from the shared journal, if the
 * file names one. A run may be in both: then the longer journal is used, since a run that was killed
 * may have written a line to one of them only.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { DesiredCluster, DesiredState } from '../domain/desired.ts'
import type { LiveNode, LiveState } from '../domain/live.ts'
import { compareText, type NodeAddress } from '../domain/names.ts'
import { withCurrentNodes } from '../journal/current-nodes.ts'
import { listRuns, readRun } from '../journal/read-journal.ts'
import { startOf } from '../journal/past-runs.ts'
import {
  listSharedRuns,
  readSharedRun,
  type SharedJournalPlace,
  type SharedRun,
} from '../cluster-journal/read-shared-journal.ts'
import { type Context, journalFolder } from './context.ts'

/** Work of older runs was finished by later runs, or by hand. */
const RUNS_READ = 50

export interface RunsQuestion {
  /** The id of the cluster. */
  readonly cluster: string
  /** Names the shared journal; without it only the journals of this machine are read. */
  readonly journal?: Pick<NonNullable<DesiredCluster['journal']>, 'kv'> | undefined
  /** The node that is asked; the address of the cluster if not given. */
  readonly node?: NodeAddress | undefined
  /** The nodes of the cluster now: they may have had other addresses during a run. */
  readonly nodes?: readonly LiveNode[]
}

/** The question for the runs of a cluster that was read. */
export function runsQuestion(
  desired: Pick<DesiredState, 'cluster'> | undefined,
  live: LiveState,
): RunsQuestion {
  return {
    cluster: live.cluster.id,
    journal: desired?.cluster.journal,
    node: live.nodes.find(({ role }) => role === 'active')?.address,
    nodes: live.nodes,
  }
}

/** A run that has a journal. It is read only when its events are needed. */
export interface KeptRun {
  readonly run: string
  /** False if only the shared journal has it. */
  readonly isLocal: boolean
  /** Throws a LockstepError if a journal of the run cannot be read or does not fit the schema. */
  readonly read: () => Promise<readonly JournalEvent[]>
}

/** All runs that are kept, of other clusters too, the oldest first. Throws as `KeptRun.read`. */
export async function listKeptRuns(
  { cluster, journal, node }: RunsQuestion,
  context: Context,
): Promise<readonly KeptRun[]> {
  const folder = journalFolder(context, cluster)
  const local = new Set(listRuns(folder))
  // An untrusted file must not choose which secrets are read.
  const isUntrusted = context.commands === undefined
  if (journal !== undefined && isUntrusted) {
    context.warn(
      `the shared journal in ${journal.kv} was not read: the file is untrusted. Runs of other machines are not known.`,
    )
  }
  if (journal === undefined || isUntrusted) {
    return [...local].map((run) => ({
      run,
      isLocal: true,
      read: () => Promise.resolve(readRun(folder, run)),
    }))
  }
  const place = { reader: context.client, node: node ?? context.address, kv: journal.kv }
  const shared = new Map((await listSharedRuns(place)).map((found) => [found.run, found]))
  return [...new Set([...local, ...shared.keys()])].sort(compareText).map((run) => ({
    run,
    isLocal: local.has(run),
    read: async () => {
      const found = shared.get(run)
      if (!local.has(run)) return found === undefined ? [] : readSharedRun(found, place)
      const own = readRun(folder, run)
      return found === undefined ? own : readBoth({ own, folder, found, place }, context)
    },
  }))
}

/**
 * The newest runs of the cluster, the oldest first, as far as they can change a plan, with the
 * addresses that its nodes have now. Throws a LockstepError if a journal cannot be read.
 */
export async function readRuns(
  question: RunsQuestion,
  context: Context,
): Promise<readonly (readonly JournalEvent[])[]> {
  const kept = (await listKeptRuns(question, context)).slice(-RUNS_READ)
  const runs = await Promise.all(kept.map(({ read }) => read()))
  return runs
    .filter((events) => startOf(events)?.cluster.id === question.cluster)
    .map((events) => withCurrentNodes(events, question.nodes ?? []))
}

interface TwoJournals {
  readonly own: readonly JournalEvent[]
  readonly folder: string
  readonly found: SharedRun
  readonly place: SharedJournalPlace
}

async function readBoth(
  { own, folder, found, place }: TwoJournals,
  context: Context,
): Promise<readonly JournalEvent[]> {
  const shared = await readSharedRun(found, place)
  const lines = Math.min(own.length, shared.length)
  const textOf = (event: JournalEvent | undefined): string => JSON.stringify(event)
  const differs = own
    .slice(0, lines)
    .findIndex((event, index) => textOf(event) !== textOf(shared[index]))
  if (differs < 0) return own.length < shared.length ? shared : own
  context.warn(
    `two journals of run ${found.run} disagree from line ${differs + 1} on: ${folder}/${found.run}.jsonl and ${place.kv} in the cluster. The one on this machine is used, since no other user can write it. Find out who changed the other one.`,
  )
  return own
}
