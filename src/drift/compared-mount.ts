/** One mount beside what the file says of it, and what all its differences have in common. */
import type { Difference } from '../documents/drift.generated.ts'
import type { DesiredPlugin, Source, Use } from '../domain/desired.ts'
import type { LiveMount, MountOnNode } from '../domain/live.ts'
import { startedBinaryOf } from '../domain/live-index.ts'
import type { RunningBinary, Version } from '../domain/names.ts'
import type { ImpossibleUse, MountTarget } from '../plan/targets.ts'
import { type Comparison, writtenAt } from './comparison.ts'
import { binaryLabel, runningLabel } from './wording.ts'

/** One mount with what the file says of it. */
export interface ComparedMount {
  readonly mount: LiveMount
  readonly plugin: DesiredPlugin
  /** Absent: the mount is left as it is. */
  readonly use: { readonly value: Use; readonly source: Source } | undefined
  /** Absent where it is left as it is, and where no request brings it to its `use`. */
  readonly target: MountTarget | undefined
  readonly impossible: ImpossibleUse['kind'] | undefined
}

/** What a node should run. */
export interface DesiredBinary {
  readonly version: Version
  readonly sha256: RunningBinary
}

/** Without a target: what a reload would start, where there is anything. */
export function desiredBinaryOf(
  { mount, target }: ComparedMount,
  { index }: Comparison,
): DesiredBinary | undefined {
  if (target !== undefined) return target
  return startedBinaryOf(index, mount)
}

type Parts = Pick<Difference, 'subject' | 'mount' | 'plugin' | 'desired' | 'found' | 'at'>

/** What all differences of a mount on its nodes have. */
export function parts(
  { mount, plugin, use }: ComparedMount,
  wanted: DesiredBinary | MountOnNode | undefined,
  view: MountOnNode | undefined,
): Parts {
  return {
    subject: mount.path,
    mount: mount.path,
    plugin: plugin.id,
    desired: wanted === undefined ? 'the same on every node' : labelDesired(wanted),
    found: view === undefined ? 'nothing' : runningLabel(view),
    ...writtenAt(use?.source ?? plugin.source),
  }
}

function labelDesired(wanted: DesiredBinary | MountOnNode): string {
  return 'node' in wanted ? runningLabel(wanted) : binaryLabel(wanted.version, wanted.sha256)
}

/** No plan moves a mount that has no `use`, or none that can be reached. */
export function describeFix({ use, target, mount }: ComparedMount, { apply }: Comparison): string {
  if (target !== undefined) return apply
  const reload = `reload ${mount.path} on each node by its own address`
  return use === undefined
    ? `set \`use\` for it, then ${apply}; or ${reload}`
    : `${reload}: no plan can while the file asks for an impossible version`
}
