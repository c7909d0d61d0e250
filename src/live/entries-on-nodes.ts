/**
 * Reads the entries of the catalog on each node. A read returns the command and args, which the
 * list does not have. On OpenBao a read fails if the file is not in that node's plugin directory.
 */
import { LockstepError } from '../domain/errors.ts'
import type { CatalogEntry, LiveNode, Unreadable } from '../domain/live.ts'
import { compareText } from '../domain/names.ts'
import { compareNodes } from '../domain/node-identity.ts'
import type { Reader } from '../server/reader.ts'
import { type EntryReading, readEntry } from './catalog.ts'

export interface EntriesReading {
  readonly entries: readonly CatalogEntry[]
  readonly unreadable: readonly Unreadable[]
}

export interface EntriesQuestion {
  /** All nodes with their states. Nodes that forward (Vault's standbys) are not asked. */
  readonly nodes: readonly LiveNode[]
  readonly listed: readonly CatalogEntry[]
  /** Selects the entries to read. */
  readonly asks: (entry: CatalogEntry) => boolean
}

/**
 * The listed entries, in the same order. Those that `asks` selects are read on all nodes, in
 * parallel. An entry that could not be read stays as listed. Throws a LockstepError if the active
 * node gives no answer.
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
      const joined = joinReadings(entry, readings.flat())
      unreadable.push(...joined.unreadable)
      return joined.entry
    }),
  )
  return {
    entries,
    unreadable: unreadable.sort(
      (a, b) => compareText(a.path, b.path) || compareText(a.node ?? '', b.node ?? ''),
    ),
  }
}

/** The active node first: its reading is used before those of the others. */
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

/** The reading of one node. Empty if a standby gave no answer. */
async function readOn(
  reader: Reader,
  node: LiveNode,
  { plugin, version }: CatalogEntry,
): Promise<readonly ReadingOnNode[]> {
  // A request to the active node may be forwarded: if another node leads by now, that node's answer
  // counts.
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
 * If the active node lacks the file, the entry stays as listed, even if a standby can read it: a
 * step that used the standby's reading would find that the active node cannot read the entry.
 */
function joinReadings(
  listed: CatalogEntry,
  readings: readonly ReadingOnNode[],
): { readonly entry: CatalogEntry; readonly unreadable: readonly Unreadable[] } {
  const refused = readings.flatMap(({ node, reading }) =>
    reading.kind === 'unreadable' ? [{ node, ...reading }] : [],
  )
  // A standby that is behind, busy or fails in another way proves nothing about the file.
  const lacking = refused
    .filter(({ lacksFile }) => lacksFile)
    .sort((a, b) => compareNodes(a.node, b.node))
  const read = readings.flatMap(({ reading }) => (reading.kind === 'entry' ? reading.entry : []))
  const known = lacking.some(({ node }) => node.role === 'active') ? undefined : read[0]
  const unreadable_on = lacking.map(({ node, unreadable }) => ({
    node: node.address,
    reason: unreadable.reason,
  }))
  return {
    entry: { ...(known ?? listed), ...(unreadable_on.length > 0 && { unreadable_on }) },
    unreadable:
      known === undefined
        ? refused.slice(0, 1).map(({ unreadable }) => unreadable)
        : lacking.map(({ node, unreadable }) => ({ ...unreadable, node: node.address })),
  }
}
