/**
 * Finds the plugin files that the mounts and connections of a plan start. They come from the facts
 * that its steps require, ensure and restore.
 */
import type { Fact, Step } from '../documents/plan.generated.ts'
import type { DesiredVersion } from '../domain/desired.ts'
import type { CatalogEntry, LiveState } from '../domain/live.ts'
import { startsUnder } from '../domain/live-index.ts'
import type { NodeAddress, PluginId, Sha256, Version } from '../domain/names.ts'
import type { DraftPlan } from '../plan/make-plan.ts'
import { contentOf, registrable, type SeenEntry } from '../plan/steps.ts'
import { effectsOf } from './effects.ts'
import { oncePerDraft } from './once-per-draft.ts'
import type { BinaryReport } from './rule.ts'

export interface NeededFile {
  readonly plugin: PluginId
  readonly version: Version
  readonly command: string
  readonly sha256: Sha256
  /** `rollback`: only the rollback of a step starts it. */
  readonly for: 'run' | 'rollback'
  /**
   * A reload starts the file only on its own node. Everything else starts it on every node sooner
   * or later.
   */
  readonly on: 'every node' | ReadonlySet<NodeAddress>
}

/** Each file once. A file that is needed both to run and to roll back counts as one to run. */
export const neededFiles = oncePerDraft(readNeededFiles)

function readNeededFiles({ steps, index, targets }: DraftPlan): readonly NeededFile[] {
  const changingSteps = steps.filter(({ action }) => action.kind !== 'deregister')
  const files = new Map<string, NeededFile>()
  const seen = new Set<string>()
  const desired = new Map(targets.map(({ plugin }) => [plugin.id, plugin.versions]))
  let last: (StartedEntry & { readonly use: NeededFile['for'] }) | undefined
  const need = (use: NeededFile['for'], { plugin, version, node, entry }: StartedEntry): void => {
    // Thousands of mounts start the same, one after another.
    if (
      plugin === last?.plugin &&
      version === last.version &&
      node === last.node &&
      use === last.use
    )
      return
    last = { plugin, version, node, use }
    const key = `${use} ${plugin} ${version} ${node ?? ''}`
    if (seen.has(key)) return
    seen.add(key)
    // If the active node could not read the entry, or no hash is reported, only the file has the
    // content.
    const inFile = (): DesiredVersion | undefined =>
      desired.get(plugin)?.find((candidate) => candidate.version === version)
    const content =
      registrable(entry ?? undefined) ??
      registrable(contentOf(index.external(plugin, version))) ??
      inFile()
    if (content === undefined) return
    const { command, sha256 } = content
    const known = files.get(command)
    if (known !== undefined && known.for !== use) return
    const on = joinNodes(known?.on ?? new Set(), node)
    files.set(command, { plugin, version, command, sha256, ...known, for: use, on })
  }
  for (const step of changingSteps) {
    for (const fact of reliesOn(step)) if (fact.fact === 'entry') need('run', fact)
  }
  for (const { restores } of changingSteps) {
    for (const fact of restores) {
      if (fact.fact === 'connection') need('rollback', fact)
      if (fact.fact !== 'mount') continue
      // Rolled back to `latest`, a mount starts the version that `latest` meant before the plan.
      const version = startsUnder(index, fact.plugin, fact.configured_version)
      if (version !== undefined) need('rollback', { plugin: fact.plugin, version, node: fact.node })
    }
  }
  return [...files.values()]
}

interface StartedEntry {
  readonly plugin: PluginId
  readonly version: Version
  /** Absent or null: the entry that is registered now. */
  readonly entry?: SeenEntry | null
  readonly node?: NodeAddress | undefined
}

/** A registration makes the entry; every other change requires it. */
function reliesOn({ action, requires, ensures }: Step): readonly Fact[] {
  return action.kind === 'register' ? ensures : requires
}

function joinNodes(on: NeededFile['on'], node: NodeAddress | undefined): NeededFile['on'] {
  if (on === 'every node' || node === undefined) return 'every node'
  return on.has(node) ? on : new Set([...on, node])
}

/**
 * True if `binary_check` read the file on the node. What it found is the matter of another rule.
 */
export function isChecked(
  node: NodeAddress,
  { command, sha256 }: Pick<NeededFile, 'command' | 'sha256'>,
  binaries: readonly BinaryReport[],
): boolean {
  return binaries.some(
    (report) =>
      report.node === node &&
      report.command === command &&
      report.expected === sha256 &&
      report.for === 'run',
  )
}

/** A node that cannot read an entry whose file it needs, and why. */
export interface MissingFile {
  readonly file: NeededFile
  readonly node: NodeAddress
  readonly reason: string
}

/**
 * The files that a plan starts, or rolls back to, and that a node does not have. Only missing files
 * are found: the catalog does not show what a file holds.
 */
export function missingFiles(
  draft: DraftPlan,
  { catalog }: LiveState,
  use: NeededFile['for'],
): readonly MissingFile[] {
  const effects = effectsOf(draft)
  // An unreadable entry that the plan replaces is not what the plan starts.
  const unreadableEntries = catalog.filter(
    ({ plugin, version, command, unreadable_on = [] }) =>
      unreadable_on.length > 0 && (command !== undefined || !effects.registers(plugin, version)),
  )
  if (unreadableEntries.length === 0) return []
  return neededFiles(draft).flatMap((file) => {
    if (file.for !== use) return []
    const refused = unreadableEntries
      .filter((entry) => isOf(entry, file))
      .flatMap(({ unreadable_on = [] }) => unreadable_on)
      .filter(({ node }) => file.on === 'every node' || file.on.has(node))
    const byNode = new Map(refused.map((refusal) => [refusal.node, refusal]))
    return [...byNode.values()].map((refusal) => ({ file, ...refusal }))
  })
}

/** If the active node could not read an entry, its command is unknown. */
function isOf({ plugin, version, command }: CatalogEntry, file: NeededFile): boolean {
  if (command !== undefined) return command === file.command
  return plugin === file.plugin && version === file.version
}
