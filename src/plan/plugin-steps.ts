/**
 * One plugin's steps in order: what all its mounts need first, then the canary alone, then the
 * other mounts together, standbys before the active node, and what it retires apart, for the end.
 */
import type { DesiredPlugin } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import {
  compareText,
  isBuiltinVersion,
  NO_SHA256,
  UNVERSIONED,
  type Version,
} from '../domain/names.ts'
import { deregisterStep } from './deregister.ts'
import { enableStep } from './enable.ts'
import { groupBy } from '../domain/group-by.ts'
import { type LiveIndex, reloadOrder } from '../domain/live-index.ts'
import { contentOf } from './steps.ts'
import { findRegistrations, type Registration, registerStep } from './register.ts'
import { withEarlierRunTakenBack, wayBackOfEarlierRun } from './earlier-run.ts'
import { isUnreloaded, type Past } from './past.ts'
import { type Move, reloadStep, viewOn, whyToReload } from './reload.ts'
import { repointStep } from './repoint.ts'
import { type Entry, entrySubject, type UnorderedStep } from './steps.ts'
import type { MountTarget, Targets } from './targets.ts'
import { nodesBehind, tuneAgainStep, tuneStep } from './tune.ts'
import { canBeStarted, type WayBack, wayBack } from './way-back.ts'

export interface PluginSteps {
  /** Entries under versions nobody runs yet. */
  readonly registrations: readonly UnorderedStep[]
  /** In the order they are carried out, one after the other. */
  readonly moves: readonly UnorderedStep[]
  /** When every plugin's moves are done. */
  readonly retirements: readonly UnorderedStep[]
}

/** What a plugin's steps are planned on. */
export interface Known {
  readonly live: LiveState
  readonly index: LiveIndex
  readonly past: Past
}

const NOTHING: PluginSteps = { registrations: [], moves: [], retirements: [] }

/** One plugin's steps, in the order they are carried out; none where all is as it should be. */
export function planPlugin(plugin: DesiredPlugin, targets: Targets, known: Known): PluginSteps {
  const { live, index, past } = known
  if (targets.impossible.some(({ kind }) => kind === 'not-overridable')) return NOTHING
  const registrations = findRegistrations(plugin, index, past)
  const inPlace = registrations.find(({ version }) => version.version === UNVERSIONED)
  const changed = registrations.filter((one) => isChangedUnderMounts(one, targets))
  const reverted = revertedEntry(plugin, targets, index)
  const entries = entriesByThen(plugin, registrations, index)
  const pin = index.pinOf(plugin.id)
  // A pin on another version decides what a reload starts: there is no way to the target.
  const movable = targets.mounts.filter(({ version }) => pin === undefined || pin === version)
  const moves = movable.map((target): Move => {
    const registration = registrations.find(({ version }) => version.version === target.version)
    const entry = (target.use.kind === 'builtin' ? undefined : entries.get(target.version)) ?? null
    const at = { plugin: plugin.id, version: target.version, entry }
    const back =
      (isUnder(target, registration) ? backToEntry(registration) : undefined) ??
      (pin === undefined ? backOf(target, inPlace, contentOf(reverted)?.sha256, known) : undefined)
    return {
      target,
      back: back !== undefined && canBeStarted(back, plugin, known) ? back : undefined,
      // While a pin is in force a tune is refused, and so is the way back.
      tuned: pin === undefined && target.mount.configured_version !== target.version,
      behind: pin === undefined ? nodesBehind(target) : [],
      // One that was gone and is registered again is no change to the process that still runs it.
      entryChanged: (registration?.before ?? null) !== null && target.use.kind !== 'builtin',
      entry,
      isUnreloaded: (node) => isUnreloaded(past, at, target.mount.path, node),
    }
  })
  /** The canary alone before the others. */
  const batch = (some: readonly Move[], group: string, canaryGroup: string): UnorderedStep[] =>
    [true, false].flatMap((canary) => {
      const ones = some.filter(({ target }) => target.canary === canary)
      const steps = moveSteps(plugin, ones, live, canary ? canaryGroup : group, entries)
      return canary && canaryGroup === group ? steps.map(namedAfterCanary) : steps
    })
  const shared = inPlace !== undefined || reverted !== undefined
  // The entry they leave is about to be another, or none: a restart must not start that for them.
  const leaves = ({ target }: Move): boolean => shared && target.use.kind === 'version'
  const others = moves.filter(
    ({ target }) => !changed.some(({ version }) => version.version === target.version),
  )
  const leaving = others.filter(leaves)
  const rest = others.filter((move) => !leaves(move))
  const users = (version: Version): number =>
    targets.mounts.filter((target) => target.version === version).length +
    targets.newMounts.filter((fresh) => fresh.version === version).length +
    targets.connections.filter((target) => target.version === version).length
  const register = (registration: Registration, group: string): UnorderedStep =>
    registerStep(
      plugin,
      registration,
      group,
      users(registration.version.version),
      reloadOrder(live),
    )
  return {
    registrations: registrations
      .filter((one) => one !== inPlace && !changed.includes(one))
      .map((one) => register(one, `register ${plugin.id}`)),
    moves: [
      // Mounts run it: the entry and they go back together.
      ...changed.flatMap((one) => {
        const { version } = one.version
        const group = entrySubject(plugin.id, version)
        const users = moves.filter(({ target }) => target.version === version)
        return [register(one, group), ...batch(users, group, group)]
      }),
      ...withEarlierRunTakenBack(
        batch(leaving, `${plugin.id} versioned`, `${plugin.id} versioned canary`),
        leaving,
        known,
      ),
      ...(reverted === undefined
        ? []
        : [deregisterStep(reverted, plugin.id, { reverts: true, past })]),
      ...(inPlace === undefined ? [] : [register(inPlace, plugin.id)]),
      ...withEarlierRunTakenBack(
        // An entry that all mounts share takes them all back with it: then they are one group.
        batch(rest, plugin.id, shared ? plugin.id : `${plugin.id} canary`),
        rest,
        known,
      ),
      ...targets.connections
        .filter(({ connection, version }) => pin === undefined && connection.version !== version)
        .map((target) => repointStep(target, entries.get(target.version))),
      ...targets.newMounts.map((fresh) => enableStep(fresh, entries.get(fresh.version), live)),
    ],
    retirements: plugin.retire.flatMap(({ version }) => {
      const entry = index.external(plugin.id, version)
      if (entry === undefined || entry === reverted) return []
      return [deregisterStep(entry, `retire ${plugin.id}`, { reverts: false, past })]
    }),
  }
}

/** A version that is registered otherwise, while mounts that stay on it run it. */
function isChangedUnderMounts(registration: Registration, { mounts }: Targets): boolean {
  if (backToEntry(registration) === undefined) return false
  return mounts.some((target) => isUnder(target, registration))
}

/** Of a versioned entry; the unversioned one takes its mounts back otherwise. */
function backToEntry(registration: Registration | undefined): WayBack | undefined {
  const { version, before } = registration ?? {}
  if (version === undefined || version.version === UNVERSIONED) return undefined
  return before == null ? undefined : { version: version.version, sha256: before.sha256 }
}

function isUnder({ mount, version }: MountTarget, registration: Registration | undefined): boolean {
  return version === registration?.version.version && mount.configured_version === version
}

/** In the group of the others the canary's reloads need names of their own. */
function namedAfterCanary(step: UnorderedStep): UnorderedStep {
  return { ...step, id: step.id.replace(/^reload /, 'reload canary of ') }
}

/**
 * The unversioned entry that stands before the compiled-in plugin and must go before the mounts
 * can fall back to it, and before they can be tuned to its version.
 */
function revertedEntry(plugin: DesiredPlugin, targets: Targets, index: LiveIndex) {
  const retired = plugin.retire.some(({ version }) => version === UNVERSIONED)
  const toBuiltin = targets.mounts.some(({ use }) => use.kind === 'builtin')
  return retired && toBuiltin ? index.external(plugin.id, UNVERSIONED) : undefined
}

/** What is registered under each version once the registrations are done. */
function entriesByThen(
  plugin: DesiredPlugin,
  registrations: readonly Registration[],
  index: LiveIndex,
): ReadonlyMap<Version, Entry> {
  const entries = new Map<Version, Entry>()
  for (const live of index.externals(plugin.id)) {
    const content = contentOf(live)
    if (content !== undefined) entries.set(live.version, content)
  }
  for (const { version, after } of registrations) entries.set(version.version, after)
  return entries
}

function backOf(
  target: MountTarget,
  inPlace: Registration | undefined,
  reverted: WayBack['sha256'] | undefined,
  { index, past }: Known,
): WayBack | undefined {
  const staysUnversioned =
    target.version === UNVERSIONED && target.mount.configured_version === UNVERSIONED
  if (!staysUnversioned) return wayBack(target, index)
  if (target.use.kind === 'builtin') {
    return reverted === undefined ? undefined : { version: UNVERSIONED, sha256: reverted }
  }
  if (inPlace === undefined) return wayBackOfEarlierRun(target, index, past)
  if (inPlace.before !== null) return { version: UNVERSIONED, sha256: inPlace.before.sha256 }
  return index.isBuiltin(target.mount.plugin)
    ? { version: UNVERSIONED, sha256: NO_SHA256 }
    : undefined
}

/** Tune them all, then one request to each node and namespace that names all that need it there. */
function moveSteps(
  plugin: DesiredPlugin,
  moves: readonly Move[],
  live: LiveState,
  group: string,
  entries: ReadonlyMap<Version, Entry>,
): UnorderedStep[] {
  const tunes = moves
    .filter(({ tuned, behind }) => tuned || behind.length > 0)
    .map(({ target, tuned, behind, back }) => {
      const entry = isBuiltinVersion(target.version) ? undefined : entries.get(target.version)
      return tuned ? tuneStep(target, entry, back, group) : tuneAgainStep(target, entry, behind)
    })
  const reloads = reloadOrder(live).flatMap((node) => {
    const needing = moves.filter((move) => {
      const view = viewOn(move.target.mount, node)
      return view !== undefined && whyToReload(move, view) !== undefined
    })
    const byNamespace = groupBy(needing, (move) => move.target.mount.namespace)
    return [...byNamespace]
      .sort(([a], [b]) => compareText(a, b))
      .map(([namespace, ones]) => reloadStep(plugin.id, node, namespace, ones, group))
  })
  return [...tunes, ...reloads]
}
