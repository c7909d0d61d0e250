/** Completes what a comparison found: its severity, and a fingerprint that stays. Pure. */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Difference, DriftReport } from '../documents/drift.generated.ts'
import type { LiveNode } from '../domain/live.ts'
import { compareText } from '../domain/names.ts'
import { identityOf } from '../domain/node-identity.ts'
import { DRIFT_SEVERITIES } from './classes.ts'

/** What a comparison returns. */
export type FoundDifference = Omit<Difference, 'severity' | 'fingerprint'>

type IdentifiedNode = DriftReport['cluster']['nodes'][number]

/** The node with the name that stays if its address changes. */
export function identifyNode(node: LiveNode): IdentifiedNode {
  const { address, role, state } = node
  return { address, role, state, ...identityOf(node) }
}

/** Adds severity and fingerprint to a difference of a cluster with these nodes. */
export function completeDifference(
  nodes: readonly IdentifiedNode[],
): (found: FoundDifference) => Difference {
  // An address can be the beginning of another: `http://a:82` and `http://a:8200`.
  const byLength = [...nodes].sort((a, b) => b.address.length - a.address.length)
  const withIds = (text: string): string =>
    byLength.reduce((left, { address, id }) => left.replaceAll(address, `node ${id}`), text)
  return (found) => {
    const { class: name, subject, mount, plugin, node, desired, found: actual } = found
    // The words of a server or of the network about a failed request vary from try to try.
    const seen = name === 'unreadable' ? undefined : withIds(actual)
    const content = {
      ...{ class: name, subject: withIds(subject), mount, plugin },
      ...{ node: node === undefined ? undefined : withIds(node) },
      ...{ desired: withIds(desired), found: seen },
    }
    const { class: _, ...rest } = found
    return {
      class: name,
      severity: DRIFT_SEVERITIES[name],
      fingerprint: sha256(canonicalize(content) ?? ''),
      ...rest,
    }
  }
}

/** The fingerprint of a set of differences, in whatever order. */
export function fingerprintOf(differences: readonly Difference[]): string {
  const each = new Set(differences.map(({ fingerprint }) => fingerprint))
  return sha256([...each].sort(compareText).join('\n'))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
