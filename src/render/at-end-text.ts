/**
 * Describes the cluster at the end of a run: mounts that differ, nodes that are away, and steps
 * that are still to do.
 */
import type { AwayNode, RunOutcome, Unconfirmed } from '../documents/run-outcome.ts'
import { unreachable } from '../domain/errors.ts'
import { groupBy } from '../domain/group-by.ts'
import { versionLabel } from '../domain/names.ts'
import { listSome, printable, shortenHashes } from './wording.ts'

/** The first line of a run whose steps are all done, but whose last check did not show in sync. */
export function headOf(unconfirmed: Unconfirmed): string {
  switch (unconfirmed.kind) {
    case 'nodes_not_seen':
      return 'Every step is done, but not every node can be reached now.'
    case 'cluster_not_read':
      return 'Every step is done, but the cluster cannot be read now.'
    case 'more_to_do':
      return 'Every step is done, but the cluster has changed since then.'
    default:
      return unreachable(unconfirmed)
  }
}

/** What the last check found; empty if the lines about nodes that are away say it. */
export function unconfirmedLines(unconfirmed: Unconfirmed): string[] {
  switch (unconfirmed.kind) {
    case 'nodes_not_seen':
      return []
    case 'cluster_not_read':
      return [`  ${printable(shortenHashes(unconfirmed.why))}`]
    case 'more_to_do':
      return [
        'Still to do:',
        ...unconfirmed.steps.map(
          ({ id, why }) => `  - ${printable(shortenHashes(`${id}: ${why}`))}`,
        ),
        'If this happens again after the next run, someone else changes the cluster.',
      ]
    default:
      return unreachable(unconfirmed)
  }
}

/** The mounts that run different versions on different nodes. */
export function differingLines({ atEnd }: RunOutcome): string[] {
  const differing = atEnd?.differing ?? []
  if (differing.length === 0) return []
  const groups = groupBy(differing, ({ running }) => JSON.stringify(running))
  return [
    'The cluster is between two versions. These mounts do not run the new one on every node:',
    ...[...groups.values()].flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const mounts = listSome(
        group.map(({ mount }) => mount),
        { all: true },
      )
      const running = first.running.map(({ what, nodes }) => `${what} on ${nodes.join(', ')}`)
      return [`  ${mounts}: ${printable(shortenHashes(running.join('; ')))}`]
    }),
  ]
}

/** A node that could not be reached, and what it runs when it comes back. */
export function awayLines({ atEnd }: RunOutcome): string[] {
  return (atEnd?.away ?? []).flatMap((away) => [
    `Could not be reached at the end: ${printable(away.node)} (${printable(away.why)}).`,
    ...startsLine(away),
  ])
}

function startsLine({ starts }: AwayNode): string[] {
  if (starts.length === 0) return []
  const byVersion = groupBy(starts, ({ version }) => version)
  const versions = [...byVersion].map(
    ([version, groups]) =>
      `${listSome(
        groups.map(({ mount }) => mount),
        { all: true },
      )} ${versionLabel(version)}`,
  )
  return [`  When it starts again, it runs: ${versions.join('; ')}.`]
}
