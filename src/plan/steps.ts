/** A step before it is ordered, and the functions that all kinds of step share. */
import type { Entry, EnvironmentName, Fact, SeenEntry, Step } from '../documents/plan.generated.ts'
import type { DesiredVersion } from '../domain/desired.ts'
import type { CatalogEntry, LiveNode } from '../domain/live.ts'
import {
  BUILTIN,
  isHash,
  type NodeAddress,
  type PluginId,
  type Version,
  versionLabel,
} from '../domain/names.ts'

/** A step without its place in the order. */
export type UnorderedStep = Omit<Step, 'after'>

/** `secret/my-kv v0.21.0`, `secret/my-kv unversioned`. */
export function entrySubject(plugin: PluginId, version: Version): string {
  return `${plugin} ${versionLabel(version)}`
}

/** The fact that the catalog has this entry; null: none. As `node` sees it, if given. */
export function entryFact(
  plugin: PluginId,
  version: Version,
  entry: SeenEntry | null,
  node?: NodeAddress,
): Fact {
  return { fact: 'entry', plugin, version, entry, ...(node !== undefined && { node }) }
}

/**
 * The entry in the cluster's catalog, and as each of these nodes sees it: a standby sees a
 * registration later than the active node.
 */
export function entryFactsOn(
  nodes: readonly LiveNode[],
  plugin: PluginId,
  version: Version,
  entry: SeenEntry | null,
): Fact[] {
  return [
    entryFact(plugin, version, entry),
    ...nodes.map(({ address }) => entryFact(plugin, version, entry, address)),
  ]
}

/** The entry that the file lists for a version. */
export function entryOf(version: DesiredVersion): Entry {
  return { command: version.command, sha256: version.sha256, args: [...version.args] }
}

/** An entry as plans contain it. Undefined if its command was not read, or for a builtin. */
export function contentOf(entry: CatalogEntry | undefined): SeenEntry | undefined {
  if (entry?.command === undefined || entry.sha256 === BUILTIN) return undefined
  return { command: entry.command, sha256: entry.sha256, args: [...(entry.args ?? [])] }
}

/**
 * The entry in a form that can be registered again. Undefined if the server does not report its
 * hash.
 */
export function registrable(entry: SeenEntry | undefined): Entry | undefined {
  if (entry === undefined || !isHash(entry.sha256)) return undefined
  return { ...entry, sha256: entry.sha256 }
}

/** The names of the environment variables. A value never enters a plan. */
export function environmentNames(version: DesiredVersion): EnvironmentName[] {
  return version.env.map((variable) => ({
    name: variable.name,
    ...('from' in variable && { from: variable.from }),
  }))
}

/** Whether two entries have the same binary, command and arguments. */
export function sameEntry(a: SeenEntry, b: SeenEntry): boolean {
  return a.sha256 === b.sha256 && sameCommand(a, b)
}

/** Whether two entries have the same command and arguments. Their binaries may differ. */
export function sameCommand(
  a: Pick<SeenEntry, 'command' | 'args'>,
  b: Pick<SeenEntry, 'command' | 'args'>,
): boolean {
  return (
    a.command === b.command &&
    a.args.length === b.args.length &&
    a.args.every((argument, index) => argument === b.args[index])
  )
}

export type { Entry, Fact, SeenEntry }
