/**
 * The files of the nodes' plugin directories that a plan's mounts and connections start from: read
 * off the facts that its steps rely on, bring about and roll back.
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
  /** `back`: only a step that is taken back starts it. */
  readonly for: 'run' | 'back'
  /** A reload starts it on its own node, everything else sooner or later on every node. */
  readonly on: 'every node' | ReadonlySet<NodeAddress>
}

/** Each file once; one that is needed for both is one to run. */
export const neededFiles = oncePerDraft(readNeededFiles)

function readNeededFiles({ steps, index, targets }: DraftPlan): readonly NeededFile[] {
  const moving = steps.filter(({ action }) => action.kind !== 'deregister')
  const files = new Map<string, NeededFile>()
  // Thousands of mounts are moved alike: each is looked up once.
  const seen = new Set<string>()
  const desired = new Map(targets.map(({ plugin }) => [plugin.id, plugin.versions]))
  const need = (use: NeededFile['for'], { plugin, version, node, entry }: StartedEntry): void => {
    const key = `${use} ${plugin} ${version} ${node ?? ''}`
    if (seen.has(key)) return
    seen.add(key)
    // Where the active node could not read it, or no hash is reported, only the file says it.
    const inFile = (): DesiredVersion | undefined =>
      desired.get(plugin)?.find((one) => one.version === version)
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
  for (const fact of moving.flatMap(reliesOn)) {
    if (fact.fact === 'entry') need('run', fact)
  }
  for (const fact of moving.flatMap(({ restores }) => restores)) {
    if (fact.fact === 'connection') need('back', fact)
    if (fact.fact !== 'mount') continue
    // Back on `latest`, a mount starts what that was before the plan.
    const version = startsUnder(index, fact.plugin, fact.configured_version)
    if (version !== undefined) need('back', { plugin: fact.plugin, version, node: fact.node })
  }
  return [...files.values()]
}

interface StartedEntry {
  readonly plugin: PluginId
  readonly version: Version
  /** Absent or null: as it is registered now. */
  readonly entry?: SeenEntry | null
  readonly node?: NodeAddress | undefined
}

/** A registration makes the entry; what moves or reloads relies on it. */
function reliesOn({ action, requires, ensures }: Step): readonly Fact[] {
  return action.kind === 'register' ? ensures : requires
}

function joinNodes(on: NeededFile['on'], node: NodeAddress | undefined): NeededFile['on'] {
  if (on === 'every node' || node === undefined) return 'every node'
  return on.has(node) ? on : new Set([...on, node])
}

/** True where `binary_check` looked for the binary on the node. Whatever it found is another rule’s matter. */
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

/** A node that cannot read an entry of a file that it needs, and why. */
export interface MissingFile {
  readonly file: NeededFile
  readonly node: NodeAddress
  readonly reason: string
}

/** What a plan starts, or goes back to, where it is not, as far as the catalog tells. */
export function missingFiles(
  draft: DraftPlan,
  { catalog }: LiveState,
  use: NeededFile['for'],
): readonly MissingFile[] {
  const effects = effectsOf(draft)
  // What stands in the place of what is registered is not what the plan starts.
  const lacking = catalog.filter(
    ({ plugin, version, command, unreadable_on = [] }) =>
      unreadable_on.length > 0 && (command !== undefined || !effects.registers(plugin, version)),
  )
  if (lacking.length === 0) return []
  return neededFiles(draft).flatMap((file) => {
    if (file.for !== use) return []
    const refused = lacking
      .filter((entry) => isOf(entry, file))
      .flatMap(({ unreadable_on = [] }) => unreadable_on)
      .filter(({ node }) => file.on === 'every node' || file.on.has(node))
    const byNode = new Map(refused.map((one) => [one.node, one]))
    return [...byNode.values()].map((one) => ({ file, ...one }))
  })
}

/** Where the active node could not read an entry, its command is not known. */
function isOf({ plugin, version, command }: CatalogEntry, file: NeededFile): boolean {
  if (command !== undefined) return command === file.command
  return plugin === file.plugin && version === file.version
}
