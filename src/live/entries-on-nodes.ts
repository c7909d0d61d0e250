/**
 * The entries of the catalog as each node reads them. A read has the command and args, which the
 * list has not; and on OpenBao it fails where the file is not in that node's plugin directory.
 */
import { LockstepError } from '../domain/errors.ts'
import type { CatalogEntry, LiveNode, Unreadable } from '../domain/live.ts'
import { compareText } from '../domain/names.ts'
import type { Reader } from '../server/reader.ts'
import { type EntryReading, readEntry } from './catalog.ts'

export interface EntriesReading {
  readonly entries: readonly CatalogEntry[]
  readonly unreadable: readonly Unreadable[]
}

export interface EntriesQuestion {
  /** With their states: those that forward (Vault's standbys) are not asked. */
  readonly nodes: readonly LiveNode[]
  readonly listed: readonly CatalogEntry[]
  /** Which entries are read. */
  readonly asks: (entry: CatalogEntry) => boolean
}

/**
 * The listed entries in their order, those that are asked for as the nodes read them, in parallel.
 * One that could not be read stays as it was listed. Throws a LockstepError where the active node
 * gives no answer.
 */
export async function readEntriesOnNodes(
  reader: Reader,
  { nodes, listed, asks }: EntriesQuestion,
): Promise<EntriesReading> {
  const asked = nodesThatAnswer(nodes)
  const unreadable: Unreadable[] = []
  const entries = await Promise.all(
    listed.map(async (entry) => {
      if (entry.builtin || !asks(entry)) return entry
      const readings = await Promise.all(asked.map((node) => readOn(reader, node, entry)))
      const told = joinReadings(entry, readings.flat())
      unreadable.push(...told.unreadable)
      return told.entry
    }),
  )
  return {
    entries,
    unreadable: unreadable.sort(
      (a, b) => compareText(a.path, b.path) || compareText(a.node ?? '', b.node ?? ''),
    ),
  }
}

/** The active node first: its words go before those of others. */
function nodesThatAnswer(nodes: readonly LiveNode[]): readonly LiveNode[] {
  return [
    ...nodes.filter(({ role }) => role === 'active'),
    ...nodes.filter(({ state, role }) => state === 'serving' && role !== 'active'),
  ]
}

interface ReadingOnNode {
  readonly node: LiveNode
  readonly reading: EntryReading
}

/** None where a standby gave no answer. */
async function readOn(
  reader: Reader,
  node: LiveNode,
  { plugin, version }: CatalogEntry,
): Promise<readonly ReadingOnNode[]> {
  // The active node's word is the cluster's, also where another has begun to lead.
  const forwarding = node.role === 'active'
  try {
    const reading = await readEntry(reader, node.address, plugin, version, { forwarding })
    return [{ node, reading }]
  } catch (error) {
    if (node.role === 'active' || !(error instanceof LockstepError)) throw error
    return []
  }
}

/**
 * What the active node lacks the file of stays as it was listed, also where a standby reads it:
 * a step that relied on more would find on the active node that it cannot be read.
 */
function joinReadings(
  listed: CatalogEntry,
  readings: readonly ReadingOnNode[],
): { readonly entry: CatalogEntry; readonly unreadable: readonly Unreadable[] } {
  const refused = readings.flatMap(({ node, reading }) =>
    reading.kind === 'unreadable' ? [{ node, ...reading }] : [],
  )
  // A standby that is behind, busy or in trouble of another kind says nothing of the file.
  const lacking = refused.filter(({ lacksFile }) => lacksFile)
  const read = readings.flatMap(({ reading }) => (reading.kind === 'entry' ? reading.entry : []))
  const known = lacking.some(({ node }) => node.role === 'active') ? undefined : read[0]
  const unreadable_on = lacking
    .map(({ node, unreadable }) => ({ node: node.address, reason: unreadable.reason }))
    .sort((a, b) => compareText(a.node, b.node))
  return {
    entry: { ...(known ?? listed), ...(unreadable_on.length > 0 && { unreadable_on }) },
    unreadable:
      known === undefined
        ? refused.slice(0, 1).map(({ unreadable }) => unreadable)
        : lacking.map(({ node, unreadable }) => ({ ...unreadable, node: node.address })),
  }
}
