/** A run as its journal tells it: rows with their times, and what each mount came to. */
import type {
  JournalEvent,
  RunEnded,
  RunStarted,
  StepStarted,
} from '../../documents/journal.generated.ts'
import type { Change } from '../../documents/plan.generated.ts'
import { type NodeAddress, UNVERSIONED, versionLabel } from '../../domain/names.ts'
import { describeAction } from '../action-text.ts'

export interface RunStory {
  readonly started: RunStarted | undefined
  /** Absent: killed, or under way. */
  readonly ended: RunEnded | undefined
  /** In the order in which they began. */
  readonly rows: readonly RunRow[]
  /** Every node that the journal names. */
  readonly nodes: readonly NodeAddress[]
}

export type RunResult =
  'done' | 'already' | 'failed' | 'unknown' | 'undone' | 'undo_failed' | 'waited'

export interface RunRow {
  readonly kind: 'step' | 'undo' | 'wait'
  /** The step's id; empty for a wait. */
  readonly step: string
  /** `4/9`; empty for what is no step. */
  readonly number: string
  readonly what: string
  /** RFC 3339, as the journal has it. */
  readonly from: string
  /** Absent: not ended, or no time passed. */
  readonly to?: string
  readonly result: RunResult
  readonly reason?: string
}

export function tellRun(events: readonly JournalEvent[]): RunStory {
  const rows: RunRow[] = []
  /** Where the row of a step, or of what undoes it, stands. */
  const open = new Map<string, number>()
  const close = (key: string, end: Partial<RunRow>): void => {
    const at = open.get(key)
    const row = at === undefined ? undefined : rows[at]
    if (at !== undefined && row !== undefined) rows[at] = { ...row, ...end }
    open.delete(key)
  }
  const begin = (key: string, row: RunRow): void => {
    open.set(key, rows.length)
    rows.push(row)
  }
  for (const event of events) {
    switch (event.event) {
      case 'step_started':
        begin(`step ${event.step}`, {
          ...{ kind: 'step', step: event.step, number: `${event.number}/${event.of}` },
          ...{ what: wordAction(event.action), from: event.at, result: 'unknown' },
        })
        break
      case 'step_done':
        close(`step ${event.step}`, { to: event.at, result: event.outcome })
        break
      case 'step_failed':
        close(`step ${event.step}`, {
          ...{ to: event.at, reason: event.reason },
          result: event.unseen === true ? 'unknown' : 'failed',
        })
        break
      case 'undo_started':
        begin(`undo ${event.step}`, {
          ...{ kind: 'undo', step: event.step, number: '' },
          ...{ what: wordAction(event.action), from: event.at, result: 'unknown' },
        })
        break
      case 'undo_done':
        close(`undo ${event.step}`, { to: event.at, result: 'undone' })
        break
      case 'undo_failed':
        close(`undo ${event.step}`, { to: event.at, reason: event.reason, result: 'undo_failed' })
        break
      case 'run_waiting':
        rows.push({
          ...{ kind: 'wait', step: '', number: '', what: 'wait', from: event.at },
          ...{ result: 'waited', reason: event.reason },
        })
        break
      case 'run_started':
      case 'run_ended':
        break
    }
  }
  return {
    started: events.find((event) => event.event === 'run_started'),
    ended: events.find((event) => event.event === 'run_ended'),
    rows,
    nodes: nodesOf(events),
  }
}

function wordAction(action: StepStarted['action']): string {
  return describeAction(action, { nodes: [], detail: false })
}

function nodesOf(events: readonly JournalEvent[]): NodeAddress[] {
  const nodes = events.flatMap((event): NodeAddress[] => {
    switch (event.event) {
      case 'run_started':
        return event.before.mounts.flatMap(({ running = [] }) => running.map(({ node }) => node))
      case 'step_started':
        return 'node' in event.action ? [event.action.node] : []
      case 'run_ended':
        return (event.away ?? []).map(({ node }) => node)
      case 'step_done':
      case 'step_failed':
      case 'undo_started':
      case 'undo_done':
      case 'undo_failed':
      case 'run_waiting':
        return []
    }
  })
  return [...new Set(nodes)].sort()
}

/** What a node runs of a mount, or a word for it. */
type Running = string

/**
 * Each mount that the run's steps are about: what it was configured for and what each node ran
 * before and after. Only what the journal has seen; a step that was rolled back counts as before.
 */
export function mountsOfRun(events: readonly JournalEvent[]): Change[] {
  const { started, ended } = tellRun(events)
  const undone = new Set(ended?.rolled_back ?? [])
  const left = new Map(
    (ended?.mounts_not_rolled_back ?? []).map(({ mount, node, found }) => [
      JSON.stringify([mount, node]),
      found,
    ]),
  )
  const actions = new Map(
    events.flatMap((event) => (event.event === 'step_started' ? [[event.step, event.action]] : [])),
  )
  const configured = new Map<string, string>()
  const running = new Map<string, Map<NodeAddress, Running>>()
  for (const event of events) {
    if (event.event !== 'step_done' || undone.has(event.step)) continue
    const action = actions.get(event.step)
    if (action?.kind === 'tune' || action?.kind === 'enable') {
      configured.set(action.mount, configuredName(action.version))
    }
    for (const fact of event.passed?.running ?? []) {
      if (fact.fact !== 'running') continue
      const nodes = running.get(fact.mount) ?? new Map<NodeAddress, Running>()
      running.set(fact.mount, nodes.set(fact.node, fact.sha256))
    }
  }
  return (started?.before.mounts ?? []).map(({ mount, version, running: before = [] }): Change => {
    const from = version === null ? null : configuredName(version)
    const seen = running.get(mount)
    const addresses = new Set([...before.map(({ node }) => node), ...(seen?.keys() ?? [])])
    return {
      subject: mount,
      kind: 'mount',
      action: version === null ? 'add' : 'change',
      why: '',
      fields: [
        { name: 'version', from, to: configured.get(mount) ?? from },
        ...[...addresses].flatMap((node) => {
          const ran = before.find((one) => one.node === node)?.sha256 ?? null
          const found = left.get(JSON.stringify([mount, node]))
          const to = found ?? seen?.get(node) ?? ran
          return ran === null && to === null ? [] : [{ name: 'running', node, from: ran, to }]
        }),
      ],
    }
  })
}

function configuredName(version: StepVersion): string {
  return version === UNVERSIONED ? 'none' : versionLabel(version)
}

type StepVersion = Exclude<RunStarted['before']['mounts'][number]['version'], null>
