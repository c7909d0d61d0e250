/** Reads whether facts hold now. What several facts of one look ask for is read once. */
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
import { errorWords, isDenied, asksToRetry, whyOdd } from '../../server/faults.ts'
import { readConnection } from '../../server/requests.ts'
import {
  createMountFinder,
  type FoundMount,
  type MountFinder,
  type NoMount,
} from './find-mounts.ts'
import { entryName, final, pending, seen, unanswered, unseen, versionName } from './mismatch.ts'

export interface FactReader {
  readonly client: Client
  readonly active: NodeAddress
  /** Each node's own address, to look for uses on. */
  readonly nodes: readonly NodeAddress[]
}

export interface LookOptions {
  /**
   * True if only whether a fact holds matters, not why: then a mount that runs another binary is not
   * asked whether it answers.
   */
  readonly brief: boolean
}

/** Those of the facts that do not hold, in their order; what is known of each is its state. */
export async function findMismatches(
  reader: FactReader,
  facts: readonly Fact[],
  options: LookOptions = { brief: false },
): Promise<Mismatch[]> {
  const look: Look = {
    ...reader,
    ...options,
    mounts: createMountFinder(reader.client, facts, reader.active),
    entries: new Map(),
  }
  const checks = await Promise.all(
    facts.map(async (fact): Promise<Mismatch | undefined> => {
      try {
        return await check(look, fact)
      } catch (error) {
        if (!(error instanceof LockstepError)) throw error
        return unanswered(fact, error)
      }
    }),
  )
  return checks.filter((one) => one !== undefined)
}

/** One look. */
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
      return final(fact, { field: 'mount', expected: 'nothing mounted', found })
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
    return final(fact, { field: 'plugin', expected: fact.plugin, found: plugin })
  }
  if (fact.accessor !== undefined && accessor !== fact.accessor) {
    return final(fact, { field: 'accessor', expected: fact.accessor, found: accessor })
  }
  if (configured_version === fact.configured_version) return undefined
  return seen(fact, {
    field: 'plugin_version',
    expected: versionName(fact.configured_version),
    found: versionName(configured_version),
  })
}

async function checkRunning(
  { client, brief }: Look,
  fact: Fact & { fact: 'running' },
  found: FoundMount,
): Promise<Mismatch | undefined> {
  if (found.kind !== 'mount') return noMount(fact, found)
  const differs = differenceInList(fact, found.mount)
  if (differs !== undefined && brief) return differs
  // A mount may list its old hash while its backend is gone: it must answer too.
  const at = { path: fact.mount, namespace: fact.namespace }
  const { answers, detail = 'no' } = await askMount(client, fact.node, at)
  if (answers === 'no') return seen(fact, { field: 'answers', expected: 'yes', found: detail })
  return differs
}

function differenceInList(
  fact: Fact & { fact: 'running' },
  { running_version, running_sha256 }: ListedMount,
): Mismatch | undefined {
  if (fact.version !== undefined && running_version !== fact.version) {
    return seen(fact, {
      field: 'running_plugin_version',
      expected: fact.version,
      found: versionName(running_version),
    })
  }
  // Where the server reports no hash, as was expected, the version is what was checked.
  if (running_sha256 === fact.sha256) return undefined
  return seen(fact, {
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
    const told = { field: 'connection', expected: fact.connection, found: words } as const
    const denied = isDenied(answer)
    return denied || asksToRetry(answer) ? unseen(fact, told, { denied }) : final(fact, told)
  }
  const decoded = decode(connection, answer.body)
  if (decoded.kind === 'odd') {
    const found = whyOdd(decoded.problem).reason
    const told = { field: 'connection', expected: fact.connection, found } as const
    return unseen(fact, told, { denied: false })
  }
  const { pluginName, pluginVersion } = decoded.value
  const plugin = `database/${pluginName}`
  if (plugin !== fact.plugin) {
    return final(fact, { field: 'plugin', expected: fact.plugin, found: plugin })
  }
  const found = versionFromServer(pluginVersion)
  if (found === fact.version) return undefined
  const expected = versionName(fact.version)
  return final(fact, { field: 'plugin_version', expected, found: versionName(found) })
}

async function checkNoNamespaces(reader: FactReader, fact: Fact): Promise<Mismatch | undefined> {
  const { namespaces, unreadable } = await readNamespaces(reader.client, reader.active)
  const [refused] = unreadable
  if (refused !== undefined) {
    const found = `its namespaces cannot be listed (${refused.reason})`
    const told = { field: 'answer', expected: 'a list of namespaces', found } as const
    return unseen(fact, told, { denied: refused.denied === true })
  }
  const below = namespaces.filter((namespace) => namespace !== ROOT_NAMESPACE)
  return below.length === 0
    ? undefined
    : final(fact, { field: 'namespaces', expected: 'none', found: nameSome(below) })
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
    const told = { field: 'readable', expected, found: unreadable.reason } as const
    const denied = unreadable.denied === true
    if (denied || passing) return unseen(fact, told, { denied })
    return lacksItsFile(fact, unreadable.reason) ? final(fact, told) : seen(fact, told)
  }
  const found = reading.kind === 'absent' ? null : (contentOf(reading.entry) ?? null)
  if (fact.entry === null || found === null) {
    if (fact.entry === found) return undefined
    return seen(fact, { field: 'entry', expected, found: entryName(found) })
  }
  if (sameEntry(fact.entry, found)) return undefined
  return seen(fact, differenceOf(fact.entry, found))
}

/**
 * OpenBao answers 500 for an entry whose file the node lacks, and names the file. A node that has not
 * heard of a deregistration, or of an older registration, still answers so for the newer entry.
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
  // What is seen to use it is final; what could not be read may be readable in a moment.
  const use = uses.find(({ kind }) => kind !== 'unreadable') ?? uses[0]
  if (use === undefined) return undefined
  const told = { expected: 'nothing', found: use.description }
  // Reloaded away from it on that node a moment ago.
  if (use.kind === 'process') return pending(fact, { field: 'run by', ...told })
  return use.kind === 'unreadable'
    ? unseen(fact, { field: 'used by', ...told }, { denied: false })
    : final(fact, { field: 'used by', ...told })
}

function noMount(fact: Fact & { readonly mount: string }, found: NoMount): Mismatch {
  const told = { field: 'mount', expected: fact.mount } as const
  return found.kind === 'absent'
    ? seen(fact, { ...told, found: 'absent' })
    : unseen(fact, { ...told, found: found.why }, found)
}
