/** Reads whether facts hold now. What several facts of one call need is read once. */
import { maskArguments } from '../../domain/secret-arguments.ts'
import type { Fact, SeenEntry } from '../../documents/plan.generated.ts'
import { LockstepError, unreachable } from '../../domain/errors.ts'
import type { Mismatch } from '../../documents/run-outcome.ts'
import { nameSome } from '../../domain/name-some.ts'
import {
  binaryName,
  type NodeAddress,
  type PluginId,
  ROOT_NAMESPACE,
  versionFromServer,
} from '../../domain/names.ts'
import { remember } from '../../domain/remember.ts'
import { readEntry } from '../../live/catalog.ts'
import { askMount, type ListedMount } from '../../live/mounts.ts'
import { readNamespaces } from '../../live/namespaces.ts'
import { observe } from '../../live/observe.ts'
import { contentOf, sameEntry } from '../../plan/steps.ts'
import { findUses } from '../../plan/uses.ts'
import { connection } from '../../server/answers/plugins.ts'
import { decode } from '../../server/answers/shape.ts'
import type { Client } from '../../server/client.ts'
import { errorWords, isDenied, asksToRetry, describeUnexpectedShape } from '../../server/faults.ts'
import { readConnection } from '../../server/requests.ts'
import {
  createMountFinder,
  type FoundMount,
  type MountFinder,
  type NoMount,
} from './find-mounts.ts'
import {
  entryName,
  finalMismatch,
  pendingMismatch,
  seenMismatch,
  unansweredMismatch,
  unseenMismatch,
  versionName,
} from './mismatch.ts'
import type { SeenAnswers } from './seen-answers.ts'

export interface FactReader {
  readonly client: Client
  readonly active: NodeAddress
  /** Each node's own address, for facts about uses on any node. */
  readonly nodes: readonly NodeAddress[]
  /** Keeps which mounts answer and run what they are expected to run. */
  readonly answers: SeenAnswers
  /** How many mounts the cluster has; 0 if that is not known. */
  readonly mountCount: number
}

export interface LookOptions {
  /**
   * True if only whether a fact holds matters, not why: then a mount that runs another binary is not
   * asked whether it answers.
   */
  readonly brief: boolean
}

/** Returns a mismatch for each fact that does not hold, in the order of the facts. */
export async function findMismatches(
  reader: FactReader,
  facts: readonly Fact[],
  options: LookOptions = { brief: false },
): Promise<Mismatch[]> {
  const look: Look = {
    ...reader,
    ...options,
    mounts: createMountFinder(reader, facts),
    entries: new Map(),
  }
  const checks = await Promise.all(
    facts.map(async (fact): Promise<Mismatch | undefined> => {
      try {
        return await check(look, fact)
      } catch (error) {
        if (!(error instanceof LockstepError)) throw error
        return unansweredMismatch(fact, error)
      }
    }),
  )
  return checks.filter((one) => one !== undefined)
}

/** One reading, with what was read once for all its facts. */
interface Look extends FactReader, LookOptions {
  readonly mounts: MountFinder
  /** By node, plugin and version: hundreds of steps may rely on one entry. */
  readonly entries: Map<string, ReturnType<typeof readEntry>>
}

async function check(look: Look, fact: Fact): Promise<Mismatch | undefined> {
  switch (fact.fact) {
    case 'entry':
      return checkEntry(look, fact)
    case 'mount':
      return checkMount(fact, await look.mounts.find(fact.node ?? look.active, fact))
    case 'no_mount': {
      const mount = await look.mounts.findInList(look.active, fact)
      if (mount.kind === 'absent') return undefined
      if (mount.kind === 'unseen') return noMount(fact, mount)
      const found = `a mount of ${mount.mount.plugin}`
      return finalMismatch(fact, { field: 'mount', expected: 'nothing mounted', found })
    }
    case 'running':
      return checkRunning(look, fact, await look.mounts.find(fact.node, fact))
    case 'unused':
      return checkUnused(look, fact)
    case 'connection':
      return checkConnection(look, fact)
    case 'no_namespaces':
      return checkNoNamespaces(look, fact)
    default:
      return unreachable(fact)
  }
}

function checkMount(fact: Fact & { fact: 'mount' }, found: FoundMount): Mismatch | undefined {
  if (found.kind !== 'mount') return noMount(fact, found)
  const { plugin, accessor, configured_version } = found.mount
  if (plugin !== fact.plugin) {
    return finalMismatch(fact, { field: 'plugin', expected: fact.plugin, found: plugin })
  }
  if (fact.accessor !== undefined && accessor !== fact.accessor) {
    return finalMismatch(fact, { field: 'accessor', expected: fact.accessor, found: accessor })
  }
  if (configured_version === fact.configured_version) return undefined
  return seenMismatch(fact, {
    field: 'plugin_version',
    expected: versionName(fact.configured_version),
    found: versionName(configured_version),
  })
}

async function checkRunning(
  { client, active, brief, answers: seenAnswers }: Look,
  fact: Fact & { fact: 'running' },
  found: FoundMount,
): Promise<Mismatch | undefined> {
  if (found.kind !== 'mount') return noMount(fact, found)
  const differs = differenceInList(fact, found.mount)
  if (differs !== undefined && brief) return differs
  // A mount whose backend is gone may still list its old hash, so the mount must answer too.
  const at = { path: fact.mount, namespace: fact.namespace }
  const start = seenAnswers.begin(fact.node, fact.node === active)
  const { answers, detail = 'no' } = await askMount(client, fact.node, at)
  if (answers === 'no')
    return seenMismatch(fact, { field: 'answers', expected: 'yes', found: detail })
  if (answers === 'yes' && differs === undefined) seenAnswers.add(fact.mount, start)
  return differs
}

function differenceInList(
  fact: Fact & { fact: 'running' },
  { running_version, running_sha256 }: ListedMount,
): Mismatch | undefined {
  if (fact.version !== undefined && running_version !== fact.version) {
    return seenMismatch(fact, {
      field: 'running_plugin_version',
      expected: fact.version,
      found: versionName(running_version),
    })
  }
  // If the fact expects that the server reports no hash, only the version was checked.
  if (running_sha256 === fact.sha256) return undefined
  return seenMismatch(fact, {
    field: 'running_sha256',
    expected: binaryName(fact.sha256),
    found: binaryName(running_sha256),
  })
}

async function checkConnection(
  reader: FactReader,
  fact: Fact & { fact: 'connection' },
): Promise<Mismatch | undefined> {
  const request = readConnection(fact.connection, fact.namespace)
  const answer = await reader.client.ask(reader.active, request)
  if (answer.status !== 200) {
    const words = errorWords(answer) || 'absent'
    const details = { field: 'connection', expected: fact.connection, found: words } as const
    const denied = isDenied(answer)
    return denied || asksToRetry(answer)
      ? unseenMismatch(fact, details, { denied })
      : finalMismatch(fact, details)
  }
  const decoded = decode(connection, answer.body)
  if (decoded.kind === 'odd') {
    const found = describeUnexpectedShape(decoded.problem).reason
    const details = { field: 'connection', expected: fact.connection, found } as const
    return unseenMismatch(fact, details, { denied: false })
  }
  const { pluginName, pluginVersion } = decoded.value
  const plugin = `database/${pluginName}`
  if (plugin !== fact.plugin) {
    return finalMismatch(fact, { field: 'plugin', expected: fact.plugin, found: plugin })
  }
  const found = versionFromServer(pluginVersion)
  if (found === fact.version) return undefined
  const expected = versionName(fact.version)
  return finalMismatch(fact, { field: 'plugin_version', expected, found: versionName(found) })
}

async function checkNoNamespaces(reader: FactReader, fact: Fact): Promise<Mismatch | undefined> {
  const { namespaces, unreadable } = await readNamespaces(reader.client, reader.active)
  const [refused] = unreadable
  if (refused !== undefined) {
    const found = `its namespaces cannot be listed (${refused.reason})`
    const details = { field: 'answer', expected: 'a list of namespaces', found } as const
    return unseenMismatch(fact, details, { denied: refused.denied === true })
  }
  const below = namespaces.filter((namespace) => namespace !== ROOT_NAMESPACE)
  return below.length === 0
    ? undefined
    : finalMismatch(fact, { field: 'namespaces', expected: 'none', found: nameSome(below) })
}

async function checkEntry(
  look: Look,
  fact: Fact & { fact: 'entry' },
): Promise<Mismatch | undefined> {
  const { plugin, version } = fact
  const options = { forwarding: fact.node === undefined }
  const node = fact.node ?? look.active
  const key = JSON.stringify([node, options.forwarding, plugin, version])
  const reading = await remember(look.entries, key, () =>
    readEntry(look.client, node, plugin, version, options),
  )
  const expected = entryName(fact.entry)
  if (reading.kind === 'unreadable') {
    const { unreadable, passing } = reading
    const details = { field: 'readable', expected, found: unreadable.reason } as const
    const denied = unreadable.denied === true
    if (denied || passing) return unseenMismatch(fact, details, { denied })
    return lacksItsFile(fact, unreadable.reason)
      ? finalMismatch(fact, details)
      : seenMismatch(fact, details)
  }
  const found = reading.kind === 'absent' ? null : (contentOf(reading.entry) ?? null)
  if (fact.entry === null || found === null) {
    if (fact.entry === found) return undefined
    return seenMismatch(fact, { field: 'entry', expected, found: entryName(found) })
  }
  if (sameEntry(fact.entry, found)) return undefined
  return seenMismatch(fact, differenceOf(fact.entry, found))
}

/**
 * True if the node lacks the file of the expected entry: OpenBao then answers 500 and names the file.
 * If it names another file, the node still has the entry from before the last change.
 */
function lacksItsFile({ entry }: Fact & { fact: 'entry' }, reason: string): boolean {
  return entry !== null && reason.includes(`/${entry.command}`)
}

function differenceOf(expected: SeenEntry, found: SeenEntry) {
  const field = expected.sha256 !== found.sha256 ? 'sha256' : 'command'
  if (expected[field] !== found[field]) {
    return { field, expected: expected[field], found: found[field] || 'none' } as const
  }
  const text = ({ args }: SeenEntry): string => JSON.stringify(maskArguments(args))
  const args = { expected: text(expected), found: text(found) }
  return { field: 'args', ...args } as const
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
  // A use that was seen comes before one that could not be read, which may become readable.
  const use = uses.find(({ kind }) => kind !== 'unreadable') ?? uses[0]
  if (use === undefined) return undefined
  const details = { expected: 'nothing', found: use.description }
  // The process may belong to a mount that was reloaded a moment ago.
  if (use.kind === 'process') return pendingMismatch(fact, { field: 'run by', ...details })
  return use.kind === 'unreadable'
    ? unseenMismatch(fact, { field: 'used by', ...details }, { denied: false })
    : finalMismatch(fact, { field: 'used by', ...details })
}

function noMount(fact: Fact & { readonly mount: string }, found: NoMount): Mismatch {
  const details = { field: 'mount', expected: fact.mount } as const
  return found.kind === 'absent'
    ? seenMismatch(fact, { ...details, found: 'absent' })
    : unseenMismatch(fact, { ...details, found: found.why }, found)
}
