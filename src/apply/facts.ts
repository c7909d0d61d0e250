/**
 * Reads whether a fact holds now. Facts about one node's mounts are read together, in one
 * listing, however many there are.
 */
import type { Entry, Fact } from '../documents/plan.generated.ts'
import { LockstepError, unreachable } from '../domain/errors.ts'
import type { Mismatch } from '../documents/run-outcome.ts'
import {
  type Namespace,
  type NodeAddress,
  type PluginId,
  versionFromServer,
  versionLabel,
} from '../domain/names.ts'
import { readEntry } from '../live/catalog.ts'
import { askMount, type ListedMount, listMounts, type NodeMounts } from '../live/mounts.ts'
import { observe } from '../live/observe.ts'
import { findUses } from '../plan/uses.ts'
import { dataOf, text } from '../server/body.ts'
import type { Client } from '../server/client.ts'
import { errorWords, saysComeBack } from '../server/faults.ts'
import { readConnection } from '../server/requests.ts'

export interface FactReader {
  readonly client: Client
  readonly active: NodeAddress
  /** Each node's own address, to look for uses on. */
  readonly nodes: readonly NodeAddress[]
}

/**
 * Those of the facts that do not hold, in their order. Where a node gave no answer of its own
 * nothing is known to hold there: such a mismatch is `unseen`.
 */
export async function findMismatches(
  reader: FactReader,
  facts: readonly Fact[],
): Promise<Mismatch[]> {
  const listings = new Map<string, Promise<NodeMounts>>()
  const list = (node: NodeAddress, namespace: Namespace): Promise<NodeMounts> => {
    const key = `${node} ${namespace}`
    const known = listings.get(key) ?? listMounts(reader.client, node, namespace)
    listings.set(key, known)
    return known
  }
  const checks = await Promise.all(
    facts.map(async (fact): Promise<Mismatch | undefined> => {
      try {
        return await check(reader, fact, list)
      } catch (error) {
        if (!(error instanceof LockstepError)) throw error
        return { ...mismatch(fact, 'answer', 'an answer', error.message), unseen: true }
      }
    }),
  )
  return checks.filter((one) => one !== undefined)
}

type Listing = (node: NodeAddress, namespace: Namespace) => Promise<NodeMounts>

async function check(reader: FactReader, fact: Fact, list: Listing): Promise<Mismatch | undefined> {
  switch (fact.fact) {
    case 'entry':
      return checkEntry(reader, fact)
    case 'mount': {
      const mount = await findMount(list, fact.node ?? reader.active, fact)
      if ('why' in mount) return noMount(fact, mount)
      if (mount.plugin !== fact.plugin) return mismatch(fact, 'plugin', fact.plugin, mount.plugin)
      if (fact.accessor !== undefined && mount.accessor !== fact.accessor) {
        return mismatch(fact, 'accessor', fact.accessor, mount.accessor)
      }
      return mount.configured_version === fact.configured_version
        ? undefined
        : mismatch(
            fact,
            'plugin_version',
            versionName(fact.configured_version),
            versionName(mount.configured_version),
          )
    }
    case 'no_mount': {
      const mount = await findMount(list, reader.active, fact)
      if ('why' in mount) return mount.unseen === true ? noMount(fact, mount) : undefined
      return mismatch(fact, 'mount', 'nothing mounted', `a mount of ${mount.plugin}`)
    }
    case 'running': {
      const mount = await findMount(list, fact.node, fact)
      if ('why' in mount) return noMount(fact, mount)
      // A mount may list its old hash while its backend is gone: it must answer too.
      const { answers, detail } = await askMount(reader.client, fact.node, {
        path: fact.mount,
        namespace: fact.namespace,
      })
      if (answers === 'no') return mismatch(fact, 'answers', 'yes', detail ?? 'no')
      if (fact.version !== undefined && mount.running_version !== fact.version) {
        const found = versionName(mount.running_version)
        return mismatch(fact, 'running_plugin_version', fact.version, found)
      }
      return mount.running_sha256 === fact.sha256
        ? undefined
        : mismatch(
            fact,
            'running_sha256',
            fact.sha256 || 'builtin',
            mount.running_sha256 || 'builtin',
          )
    }
    case 'unused':
      return checkUnused(reader, fact)
    case 'connection': {
      const answer = await reader.client.ask(
        reader.active,
        readConnection(fact.connection, fact.namespace),
      )
      if (answer.status !== 200) {
        const found = errorWords(answer) || 'absent'
        const differs = mismatch(fact, 'connection', fact.connection, found)
        return saysComeBack(answer) ? { ...differs, unseen: true } : differs
      }
      const { plugin_name, plugin_version } = dataOf(answer.body)
      const plugin = `database/${text(plugin_name)}`
      if (plugin !== fact.plugin) return mismatch(fact, 'plugin', fact.plugin, plugin)
      const found = versionFromServer(text(plugin_version))
      return found === fact.version
        ? undefined
        : mismatch(fact, 'plugin_version', versionName(fact.version), versionName(found))
    }
    default:
      return unreachable(fact)
  }
}

async function checkEntry(
  reader: FactReader,
  fact: Fact & { fact: 'entry' },
): Promise<Mismatch | undefined> {
  const options = { forwarding: fact.node === undefined }
  const node = fact.node ?? reader.active
  const reading = await readEntry(reader.client, node, fact.plugin, fact.version, options)
  if (reading.kind === 'unreadable') {
    const { unreadable, passing } = reading
    const differs = mismatch(fact, 'readable', entryName(fact.entry), unreadable.reason)
    return passing ? { ...differs, unseen: true } : differs
  }
  const found: Entry | null =
    reading.kind === 'absent'
      ? null
      : {
          command: reading.entry.command ?? '',
          sha256: reading.entry.sha256,
          args: [...(reading.entry.args ?? [])],
        }
  if (fact.entry === null || found === null) {
    return fact.entry === found
      ? undefined
      : mismatch(fact, 'entry', entryName(fact.entry), entryName(found))
  }
  const expected = fact.entry
  for (const field of ['sha256', 'command', 'args'] as const) {
    const [want, have] = [String(expected[field]), String(found[field])]
    if (want !== have) return mismatch(fact, field, want || 'none', have || 'none')
  }
  return undefined
}

async function checkUnused(
  reader: FactReader,
  fact: Fact & { fact: 'unused' },
): Promise<Mismatch | undefined> {
  const live = await observe(reader.client, {
    address: reader.active,
    nodes: reader.nodes,
    plugins: new Set<PluginId>([fact.plugin]),
  })
  const uses = findUses(live, fact)
  // What is seen to use it is final; what could not be read may be readable in a moment.
  const use = uses.find(({ kind }) => kind !== 'unreadable') ?? uses[0]
  if (use === undefined) return undefined
  // Reloaded away from it on that node a moment ago.
  const field = use.kind === 'process' ? 'run by' : 'used by'
  const differs = mismatch(fact, field, 'nothing', use.description)
  return use.kind === 'unreadable' ? { ...differs, unseen: true } : differs
}

interface NoMount {
  readonly why: string
  readonly unseen?: true
}

/** The mount as the node lists it, or why it is not to be had. */
async function findMount(
  list: Listing,
  node: NodeAddress,
  fact: { readonly mount: string; readonly namespace: Namespace },
): Promise<ListedMount | NoMount> {
  const listed = await list(node, fact.namespace)
  switch (listed.kind) {
    case 'forwards':
      return { why: 'the node sends us to the active node', unseen: true }
    case 'unreadable':
      return { why: listed.unreadable.reason, unseen: true }
    case 'itself':
      return listed.mounts.find((mount) => mount.path === fact.mount) ?? { why: 'absent' }
    default:
      return unreachable(listed)
  }
}

function noMount(fact: Fact & { readonly mount: string }, { why, unseen }: NoMount): Mismatch {
  const differs = mismatch(fact, 'mount', fact.mount, why)
  return unseen === undefined ? differs : { ...differs, unseen }
}

function mismatch(fact: Fact, field: string, expected: string, found: string): Mismatch {
  return { fact, subject: subjectOf(fact), field, expected, found }
}

function subjectOf(fact: Fact): string {
  const on = 'node' in fact ? ` on ${fact.node}` : ''
  switch (fact.fact) {
    case 'entry':
    case 'unused':
      return `${fact.plugin} ${versionLabel(fact.version)}${on}`
    case 'connection':
      return fact.connection
    case 'mount':
    case 'no_mount':
    case 'running':
      return `${fact.mount}${on}`
    default:
      return unreachable(fact)
  }
}

function entryName(entry: Entry | null): string {
  return entry === null ? 'not registered' : `registered (${entry.sha256})`
}

function versionName(version: string): string {
  return version === '' ? 'none' : version
}

/** One line: what, which field, what was relied on, what was found. */
export function describeMismatch(mismatch: Mismatch): string {
  const { subject, field, expected, found } = mismatch
  if (field === 'readable') return `${subject}: the node cannot read it (${found})`
  if (field === 'answer') return `${subject}: ${found}`
  return `${subject}: ${field} is ${found}, not ${expected}`
}
