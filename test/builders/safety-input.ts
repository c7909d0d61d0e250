/**
 * What the rules judge, for tests: desired and live states put together, and the draft that the
 * planner itself makes of them, so that a rule is never tried on a plan that cannot arise.
 */
import type {
  DesiredConnection,
  DesiredMount,
  DesiredPlugin,
  DesiredState,
  DesiredVersion,
  Source,
  Use,
} from '../../src/domain/desired.ts'
import type { CatalogEntry, LiveMount, LiveState } from '../../src/domain/live.ts'
import { compareText, UNVERSIONED, type Version } from '../../src/domain/names.ts'
import { draftPlan } from '../../src/plan/make-plan.ts'
import type { RuleInput, Verdict } from '../../src/safety/rule.ts'
import {
  catalogEntry,
  commandOf,
  connectionPath,
  liveMount,
  liveNode,
  liveState,
  type MountOptions,
  mountPath,
  plugin,
  sha256Of,
  version,
} from './live.ts'

/** Always the same place: what a finding is about is told by the other fields. */
export const SOURCE: Source = { file: 'plugins.yaml', line: 3, column: 5 }

export interface SafetyInputParts extends Omit<Partial<RuleInput>, 'desired' | 'live' | 'draft'> {
  readonly desired?: Partial<DesiredState>
  readonly live?: Partial<LiveState>
}

export function safetyInput(parts: SafetyInputParts = {}): RuleInput {
  const { desired: wanted, live: found, ...rest } = parts
  const desired: DesiredState = {
    cluster: {},
    plugins: [],
    mounts: [],
    connections: [],
    allow: [],
    ignore: [],
    ...wanted,
  }
  const live = liveState(found)
  return { desired, live, draft: draftPlan(desired, live), today: '2026-03-01', ...rest }
}

/** `use`: a version, `latest`, `unversioned` or `builtin`. Versions are listed by name or whole. */
export interface DesiredPluginOptions {
  readonly use?: string
  readonly versions?: readonly (string | DesiredVersion)[]
  readonly retire?: readonly string[]
  readonly overridesBuiltin?: boolean
}

export function desiredPlugin(id: string, options: DesiredPluginOptions = {}): DesiredPlugin {
  const { use, versions = [], retire = [], overridesBuiltin = false } = options
  return {
    id: plugin(id),
    ...(use !== undefined && { use: { value: useOf(use), source: SOURCE } }),
    overridesBuiltin,
    versions: versions
      .map((one) => (typeof one === 'string' ? desiredVersion(id, one) : one))
      .sort((a, b) => compareText(a.version, b.version)),
    retire: retire.map((text) => ({ version: versionOf(text), source: SOURCE })),
    source: SOURCE,
  }
}

export function desiredVersion(
  id: string,
  of: string,
  overrides: Partial<DesiredVersion> = {},
): DesiredVersion {
  return {
    version: versionOf(of),
    command: commandOf(plugin(id), versionOf(of)),
    sha256: sha256Of(plugin(id), versionOf(of)),
    args: [],
    env: [],
    data: {},
    source: SOURCE,
    ...overrides,
  }
}

export function desiredMount(
  path: string,
  id: string,
  options: Partial<Omit<DesiredMount, 'use'>> & { readonly use?: string } = {},
): DesiredMount {
  const { use, ...rest } = options
  return {
    path: mountPath(path),
    plugin: plugin(id),
    ...(use !== undefined && { use: { value: useOf(use), source: SOURCE } }),
    canary: false,
    enable: false,
    verify: [],
    source: SOURCE,
    ...rest,
  }
}

export function desiredConnection(path: string, id: string, use?: string): DesiredConnection {
  return {
    path: connectionPath(path),
    plugin: plugin(id),
    ...(use !== undefined && { use: { value: useOf(use), source: SOURCE } }),
    source: SOURCE,
  }
}

/** An external entry by names; `unversioned` or a version. */
export function entryOf(
  id: string,
  of: string,
  overrides: Partial<CatalogEntry> = {},
): CatalogEntry {
  return catalogEntry(plugin(id), versionOf(of), overrides)
}

/** A mount that runs what it is configured for on three nodes; `except` by the node's address. */
export function mountOf(
  path: string,
  id: string,
  of: string,
  options: Partial<Pick<MountOptions, 'nodes' | 'except'>> = {},
): LiveMount {
  const nodes = [liveNode(1), liveNode(2), liveNode(3)]
  return liveMount(mountPath(path), {
    plugin: plugin(id),
    version: versionOf(of),
    nodes,
    ...options,
  })
}

function versionOf(text: string): Version {
  return text === 'unversioned' ? UNVERSIONED : version(text)
}

function useOf(text: string): Use {
  if (text === 'builtin' || text === 'unversioned' || text === 'latest') return { kind: text }
  return { kind: 'version', version: version(text) }
}

/** The one verdict a test expects; fails where there are more or none. */
export function only(verdicts: readonly Verdict[]): Verdict {
  const [first, ...others] = verdicts
  if (first === undefined || others.length > 0) {
    throw new Error(`expected one verdict: ${JSON.stringify(verdicts, null, 2)}`)
  }
  return first
}
