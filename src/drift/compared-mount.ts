/** One mount with what the file says of it, and the fields that all its differences share. */
import type { FoundDifference } from './found-difference.ts'
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
  /** Absent if the file leaves the mount as it is. */
  readonly use: { readonly value: Use; readonly source: Source } | undefined
  /** Absent if the file leaves the mount as it is, or if no request brings it to its `use`. */
  readonly target: MountTarget | undefined
  readonly impossible: ImpossibleUse['kind'] | undefined
}

/** What a node should run. */
export interface DesiredBinary {
  readonly version: Version
  readonly sha256: RunningBinary
}

/** Without a target: what a reload would start; undefined if nothing is registered. */
export function desiredBinaryOf(
  { mount, target }: ComparedMount,
  { index }: Comparison,
): DesiredBinary | undefined {
  if (target !== undefined) return target
  return startedBinaryOf(index, mount)
}

/** One mount with what it should run, and what its nodes run. */
export interface MountComparison {
  readonly compared: ComparedMount
  readonly comparison: Comparison
  readonly desired: DesiredBinary | undefined
  /** What the next reload or restart starts; undefined if nothing is registered for it. */
  readonly started: RunningBinary | undefined
  /** The nodes on which the mount is not down. */
  readonly up: readonly MountOnNode[]
}

type CommonFields = Pick<
  FoundDifference,
  'subject' | 'mount' | 'plugin' | 'desired' | 'found' | 'at'
>

/** The fields that all differences of a mount on its nodes have. */
export function commonFields(
  { mount, plugin, use }: ComparedMount,
  desired: DesiredBinary | MountOnNode | undefined,
  view: MountOnNode | undefined,
): CommonFields {
  return {
    subject: mount.path,
    mount: mount.path,
    plugin: plugin.id,
    desired: desired === undefined ? 'the same on every node' : labelDesired(desired),
    found: view === undefined ? 'nothing' : runningLabel(view),
    ...writtenAt(use?.source ?? plugin.source),
  }
}

function labelDesired(desired: DesiredBinary | MountOnNode): string {
  return 'node' in desired ? runningLabel(desired) : binaryLabel(desired.version, desired.sha256)
}

/** No plan changes a mount that has no `use`, or a `use` that no request can bring about. */
export function describeFix({ use, target, mount }: ComparedMount, { apply }: Comparison): string {
  if (target !== undefined) return apply
  const reload = `reload ${mount.path} on each node by its own address`
  return use === undefined
    ? `set \`use\` for it, then ${apply}; or ${reload}`
    : `${reload}: no plan can do it while the file asks for an impossible version`
}
