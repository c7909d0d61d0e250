/** `register` steps: what the file lists and the catalog does not hold, or holds otherwise. */
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
   * What stands under the version now; null: nothing. An entry that the server cannot read (OpenBao
   * answers 500 where its file is gone) is known by its hash alone.
   */
  readonly before: Entry | 'unread' | null
  readonly after: Entry
  /** What it is registered with again, should it be taken back; as the file has it where nobody knows. */
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
    // A version that is kept and retired at once is a finding; it is not registered only to go.
    if (retired.has(version.version)) return []
    const live = index.external(plugin.id, version.version)
    const after = entryOf(version)
    const env = environmentNames(version)
    if (live === undefined) return { version, before: null, after, envBefore: env }
    const seen = contentOf(live)
    const before = registrable(seen)
    if (before === undefined) {
      // A hash that the servers’ configuration does not declare cannot be compared, nor registered.
      const isAlike = live.declarative === true && seen !== undefined && sameCommand(seen, after)
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
 * `users` are the mounts and connections that are to run it. Read back on every node that serves:
 * a node that lacks the file says so when it is asked for the entry, before anything is reloaded.
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
  // Registered again it would name a file that is gone, or holds another binary by then.
  const isLasting = before === 'unread' || (before !== null && isOverwritten(plugin, before))
  const everywhere = (entry: Entry | null): Fact[] =>
    entryFactsOn(nodes, plugin.id, version.version, entry)
  return {
    id: `register ${entrySubject(plugin.id, version.version)}`,
    group,
    action: { kind: 'register', plugin: plugin.id, version: version.version, entry: after, env },
    requires: before === 'unread' ? [] : [entryFact(plugin.id, version.version, before)],
    ensures: everywhere(after),
    undo: isLasting ? [] : undoOf(plugin, version, before, envBefore),
    restores: isLasting ? [] : everywhere(before),
    why: whyRegister(plugin.id, registration, users),
  }
}

function undoOf(
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
  const wanted =
    users === 0 ? 'kept registered for a rollback' : `${count(users, user)} will run it`
  if (before === null) return `not in the catalog; ${wanted}`
  if (before === 'unread' || before.sha256 !== after.sha256) {
    return version.version === UNVERSIONED
      ? `the catalog holds another binary under this name; ${wanted}`
      : `the catalog holds another binary under this version; ${wanted}`
  }
  return `the catalog holds it with another command or other arguments; ${wanted}`
}
