/**
 * The entries of the catalog as each node reads them. A read has the command and args, which the
 * list has not; and on OpenBao it fails where the file is not in that node's plugin directory.
 */
import { LockstepError } from '../domain/errors.ts'
import type { CatalogEntry, LiveNode, Unreadable } from '../domain/live.ts'
import { compareText, type NodeAddress } from '../domain/names.ts'
import type { Reader } from '../server/reader.ts'
import { type EntryReading, readEntry } from './catalog.ts'
import type { NodeMounts } from './mounts.ts'

export interface EntriesReading {
  readonly entries: readonly CatalogEntry[]
  readonly unreadable: readonly Unreadable[]
}

export interface EntriesQuestion {
  readonly nodes: readonly LiveNode[]
  /** Tells which nodes send what they are asked to the active one (Vault's standbys). */
  readonly roots: ReadonlyMap<NodeAddress, Promise<NodeMounts>>
  readonly listed: readonly CatalogEntry[]
  /** Which entries are read. */
  readonly asks: (entry: CatalogEntry) => boolean
}

/**
 * The listed entries in their order, those that are asked for as the nodes read them, in parallel.
 * One that no node reads stays as it was listed. Throws a LockstepError where the active node gives
 * no answer.
 */
export async function readEntriesOnNodes(
  reader: Reader,
  { nodes, roots, listed, asks }: EntriesQuestion,
): Promise<EntriesReading> {
  const asked = await nodesThatAnswer(nodes, roots)
  const unreadable: Unreadable[] = []
  const entries = await Promise.all(
    listed.map(async (entry) => {
      if (entry.builtin || !asks(entry)) return entry
      const readings = await Promise.all(asked.map((node) => readOn(reader, node, entry)))
      const told = joinReadings(entry, readings)
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

/** The active node first: what it reads goes before what others do. */
async function nodesThatAnswer(
  nodes: readonly LiveNode[],
  roots: EntriesQuestion['roots'],
): Promise<readonly LiveNode[]> {
  const standbys = nodes.filter(({ state, role }) => state === 'serving' && role !== 'active')
  const forwards = await Promise.all(
    standbys.map(async ({ address }) => {
      // One that went away meanwhile is told of where its mounts are read.
      const root = await roots.get(address)?.catch(() => undefined)
      return root?.kind === 'forwards'
    }),
  )
  return [
    ...nodes.filter(({ role }) => role === 'active'),
    ...standbys.filter((_, at) => forwards[at] === false),
  ]
}

interface ReadingOnNode {
  readonly node: NodeAddress
  readonly reading: EntryReading
}

/** None where a standby gave no answer. */
async function readOn(
  reader: Reader,
  { address: node, role }: LiveNode,
  { plugin, version }: CatalogEntry,
): Promise<readonly ReadingOnNode[]> {
  // The active node's word is the cluster's, also where another has begun to lead.
  const forwarding = role === 'active'
  try {
    return [{ node, reading: await readEntry(reader, node, plugin, version, { forwarding }) }]
  } catch (error) {
    if (role === 'active' || !(error instanceof LockstepError)) throw error
    return []
  }
}

/** An entry as the first node has it that reads it, and the nodes that do not. */
function joinReadings(
  listed: CatalogEntry,
  readings: readonly (readonly ReadingOnNode[])[],
): { readonly entry: CatalogEntry; readonly unreadable: readonly Unreadable[] } {
  const all = readings.flat()
  const known = all.find(({ reading }) => reading.kind === 'entry')?.reading
  const entry = known?.kind === 'entry' ? known.entry : listed
  const refused = all.flatMap(({ node, reading }) =>
    reading.kind === 'unreadable' ? [{ node, ...reading }] : [],
  )
  const [first] = refused
  const unread = known === undefined && first !== undefined ? [first.unreadable] : []
  // A standby that is behind does not know the token; a busy one says nothing of the entry.
  const lacking = refused.filter(({ unreadable, passing }) => !passing && !unreadable.denied)
  if (lacking.length === 0) return { entry, unreadable: unread }
  const unreadable_on = lacking
    .map(({ node, unreadable }) => ({ node, reason: unreadable.reason }))
    .sort((a, b) => compareText(a.node, b.node))
  return {
    entry: { ...entry, unreadable_on },
    unreadable:
      known === undefined
        ? unread
        : lacking.map(({ node, unreadable }) => ({ ...unreadable, node })),
  }
}
