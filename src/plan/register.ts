/**
 * Makes `register` steps: for entries that the file lists and that the catalog does not hold, or
 * holds with other content.
 */
import type { EnvironmentName } from '../documents/plan.generated.ts'
import type { DesiredPlugin, DesiredVersion } from '../domain/desired.ts'
import type { LiveNode } from '../domain/live.ts'
import { type PluginId, pluginType, UNVERSIONED, type Version } from '../domain/names.ts'
import { type LiveIndex } from '../domain/live-index.ts'
import { environmentOfEntry, type Past } from './past.ts'
import { isOverwritten } from './rollback-target.ts'
import { count } from '../domain/count.ts'
import {
  type Entry,
  type Fact,
  contentOf,
  entryFact,
  entryFactsOn,
  entryOf,
  entrySubject,
  environmentNames,
  registrable,
  sameCommand,
  sameEntry,
  type UnorderedStep,
} from './steps.ts'

export interface Registration {
  readonly version: DesiredVersion
  /**
   * The entry that is registered now. Null: none. `unread`: the server cannot read the entry
   * (OpenBao answers 500 if its file is gone), so only its hash is known.
   */
  readonly before: Entry | 'unread' | null
  readonly after: Entry
  /**
   * The environment of a rollback's registration. The file's environment if the entry's own is
   * unknown.
   */
  readonly envBefore: readonly EnvironmentName[]
}

/** The versions of a plugin that must be registered, the unversioned one first. */
export function findRegistrations(
  plugin: DesiredPlugin,
  index: LiveIndex,
  past: Past,
): readonly Registration[] {
  const retired = new Set<Version>(plugin.retire.map(({ version }) => version))
  return plugin.versions.flatMap((version) => {
    // A version that is both listed and retired is a finding. It is not registered only to be
    // retired.
    if (retired.has(version.version)) return []
    const live = index.external(plugin.id, version.version)
    const after = entryOf(version)
    const env = environmentNames(version)
    if (live === undefined) return { version, before: null, after, envBefore: env }
    const content = contentOf(live)
    const before = registrable(content)
    if (before === undefined) {
      // An entry that is declared in the servers' configuration without a hash cannot be compared
      // by hash.
      const isAlike =
        live.declarative === true && content !== undefined && sameCommand(content, after)
      return live.sha256 === after.sha256 || isAlike
        ? []
        : { version, before: 'unread', after, envBefore: env }
    }
    if (sameEntry(before, after)) return []
    const at = { plugin: plugin.id, version: version.version, entry: before }
    return { version, before, after, envBefore: environmentOfEntry(past, at) ?? env }
  })
}

/**
 * Registers a version and reads the entry back on every node that serves: a node that lacks the
 * file reports that when it is asked for the entry, before any reload. `users`: how many mounts and
 * connections will run the version.
 */
export function registerStep(
  plugin: DesiredPlugin,
  registration: Registration,
  group: string,
  users: number,
  nodes: readonly LiveNode[],
): UnorderedStep {
  const { version, before, after, envBefore } = registration
  const env = environmentNames(version)
  // A rollback cannot register the old entry again if its file is gone or has another binary.
  const isIrreversible = before === 'unread' || (before !== null && isOverwritten(plugin, before))
  const everywhere = (entry: Entry | null): Fact[] =>
    entryFactsOn(nodes, plugin.id, version.version, entry)
  return {
    id: `register ${entrySubject(plugin.id, version.version)}`,
    group,
    action: { kind: 'register', plugin: plugin.id, version: version.version, entry: after, env },
    requires: before === 'unread' ? [] : [entryFact(plugin.id, version.version, before)],
    ensures: everywhere(after),
    undo: isIrreversible ? [] : undoRegistration(plugin, version, before, envBefore),
    restores: isIrreversible ? [] : everywhere(before),
    why: whyRegister(plugin.id, registration, users),
  }
}

function undoRegistration(
  plugin: DesiredPlugin,
  version: DesiredVersion,
  before: Entry | null,
  envBefore: readonly EnvironmentName[],
): UnorderedStep['undo'] {
  const at = { plugin: plugin.id, version: version.version }
  return before === null
    ? [{ kind: 'deregister', ...at }]
    : [{ kind: 'register', ...at, entry: before, env: [...envBefore] }]
}

function whyRegister(
  plugin: PluginId,
  { version, before, after }: Registration,
  users: number,
): string {
  const user = pluginType(plugin) === 'database' ? 'connection' : 'mount'
  const purpose =
    users === 0 ? 'kept registered for a rollback' : `${count(users, user)} will run it`
  if (before === null) return `not in the catalog; ${purpose}`
  if (before === 'unread' || before.sha256 !== after.sha256) {
    return version.version === UNVERSIONED
      ? `the catalog holds another binary under this name; ${purpose}`
      : `the catalog holds another binary under this version; ${purpose}`
  }
  return `the catalog holds it with another command or other arguments; ${purpose}`
}
