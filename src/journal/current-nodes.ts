/** Brings the events of a run to the addresses that the nodes of the cluster have now. Pure. */
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { LiveNode } from '../domain/live.ts'
import { findAddresses, renameNodes } from '../domain/node-identity.ts'

/**
 * The events with today's addresses: a record about a node holds for it when it comes back at
 * another address. The ids of steps stay as they were written.
 */
export function withCurrentNodes<Event extends JournalEvent>(
  events: readonly Event[],
  nodes: readonly LiveNode[],
): readonly Event[] {
  const all: readonly JournalEvent[] = events
  const started = all.find((event) => event.event === 'run_started')
  return renameNodes(events, findAddresses(started?.cluster.nodes ?? [], nodes))
}
