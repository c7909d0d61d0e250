/**
 * Arbitrary clusters, told by the deeds that led to them, and arbitrary files about the same few
 * names. Files are such as the program reads without a complaint; whether they can be carried out
 * on the cluster is for the rules to say.
 */
import fc from 'fast-check'
import type {
  Allowance,
  DesiredConnection,
  DesiredMount,
  DesiredPlugin,
  DesiredState,
  Use,
} from '../../src/domain/desired.ts'
import type { Product } from '../../src/domain/live.ts'
import {
  compareText,
  LATEST,
  type PluginId,
  UNVERSIONED,
  type Version,
} from '../../src/domain/names.ts'
import { SOURCE } from '../builders/safety-input.ts'
import type { Deed } from './deeds.ts'
import { inRoot, MADE_UP, type PaintedPlugin, type Palette, usualBinary } from './palette.ts'

export interface ClusterStory {
  readonly product: Product
  readonly nodes: number
  readonly deeds: readonly Deed[]
  /** There are no namespaces, on a server that could have some. */
  readonly rootOnly?: boolean
  /** A node that is stopped at the end, counted from 0 and around. */
  readonly stopped?: number
  /** Entries that the servers’ configuration declares without a hash (OpenBao). */
  readonly declared?: readonly DeclaredEntry[]
}

export interface DeclaredEntry {
  readonly plugin: PluginId
  readonly version: Version
  readonly command: string
}

export interface Scenario {
  readonly story: ClusterStory
  readonly desired: DesiredState
}

export interface ScenarioOptions {
  readonly palette?: Palette
  readonly products?: readonly Product[]
  readonly nodes?: { readonly min: number; readonly max: number }
  /** What the servers’ configuration declares; seldom some entry if not said. */
  readonly declared?: readonly DeclaredEntry[]
  /** False: every node is up. */
  readonly stops?: boolean
  /** True: nodes are restarted among the later deeds. */
  readonly restarts?: boolean
  /** How much is done at most after the beginnings; 8 if not said. */
  readonly laterDeeds?: number
}

export function scenarios(options: ScenarioOptions = {}): fc.Arbitrary<Scenario> {
  return fc.boolean().chain((rootOnly) => {
    const palette = rootOnly ? inRoot(options.palette ?? MADE_UP) : (options.palette ?? MADE_UP)
    return fc.record({
      story: stories({ ...options, palette }).map((story) => ({ ...story, rootOnly })),
      desired: desiredStates(palette),
    })
  })
}

/** Three times out of four. */
const often = fc.nat(3).map((number) => number < 3)

/** True once in about `times`, and less often in what a failure is shrunk to. */
function seldom(times: number): fc.Arbitrary<boolean> {
  return fc.nat(times - 1).map((number) => number === times - 1)
}

// ---- clusters

function stories(options: ScenarioOptions = {}): fc.Arbitrary<ClusterStory> {
  const { palette = MADE_UP, products = ['openbao', 'vault'] } = options
  const { stops = true, restarts = false, laterDeeds: most = 8 } = options
  const { min, max } = options.nodes ?? { min: 1, max: 5 }
  return fc
    .record({
      product: fc.constantFrom(...products),
      nodes: fc.integer({ min, max }),
      begun: fc.tuple(...palette.plugins.map((plugin) => beginnings(plugin, palette))),
      replaced: fc.oneof(fc.constant([]), replacements(palette, max)),
      later: fc.array(laterDeeds(palette, restarts), { maxLength: most, size: 'max' }),
      stops: stops ? seldom(20) : fc.constant(false),
      stopped: fc.nat(4),
      declares: seldom(4),
      declared: declaredEntries(palette),
    })
    .map(({ product, nodes, begun, replaced, later, stops, stopped, declares, declared: one }) => {
      const declared = product === 'vault' ? [] : (options.declared ?? (declares ? [one] : []))
      return {
        product,
        nodes,
        declared,
        deeds: [...begun.flat(), ...replaced, ...later].filter(
          (deed) => !changesDeclared(deed, declared),
        ),
        ...(stops && nodes > 2 && { stopped }),
      }
    })
}

/** After such a request no node comes up (OpenBao 2.7.2), and there is nothing left to compare. */
function changesDeclared(deed: Deed, declared: readonly DeclaredEntry[]): boolean {
  return (
    (deed.do === 'register' || deed.do === 'deregister') &&
    declared.some(({ plugin, version }) => plugin === deed.plugin && version === deed.version)
  )
}

function declaredEntries({ plugins, versions }: Palette): fc.Arbitrary<DeclaredEntry> {
  const reloadable = plugins.filter(({ mounts }) => mounts.length > 0)
  return fc
    .tuple(
      fc.constantFrom(...reloadable),
      fc.constantFrom(...versions.filter((version) => version !== UNVERSIONED)),
    )
    .map(([plugin, version]) => ({
      plugin: plugin.id,
      version,
      command: usualBinary(plugin, version).command,
    }))
}

/** Some versions registered, and some mounts and connections of them. */
function beginnings(plugin: PaintedPlugin, palette: Palette): fc.Arbitrary<Deed[]> {
  const { id, mounts, connections } = plugin
  return fc
    .record({
      registered: fc.tuple(...palette.versions.map((of) => registrations(plugin, palette, [of]))),
      which: fc.subarray([...palette.versions]),
      mounted: fc.tuple(
        ...mounts.map(() => fc.option(fc.constantFrom(...palette.versions, LATEST), { freq: 3 })),
      ),
      connected: fc.tuple(
        ...connections.map(() => fc.option(fc.constantFrom(...palette.versions), { freq: 2 })),
      ),
    })
    .map(({ registered, which, mounted, connected }) => [
      ...registered.filter((deed) => deed.do === 'register' && which.includes(deed.version)),
      ...mounts.flatMap((mount, at): Deed[] => {
        const version = mounted[at] ?? undefined
        return version === undefined ? [] : [{ do: 'enable', mount, plugin: id, version }]
      }),
      ...connections.flatMap((connection, at): Deed[] => {
        const version = connected[at] ?? undefined
        return version === undefined ? [] : [{ do: 'connect', connection, plugin: id, version }]
      }),
    ])
}

/** The roll-out of a new image: an entry keeps its command, and its file is replaced node by node. */
function replacements({ plugins, versions }: Palette, nodes: number): fc.Arbitrary<Deed[]> {
  const replaceable = plugins.filter((plugin) => plugin.replacements.length > 0)
  if (replaceable.length === 0) return fc.constant([])
  return fc.constantFrom(...replaceable).chain(({ id, binaries, replacements, mounts }) =>
    fc
      .record({
        version: fc.oneof(
          { arbitrary: fc.constant(UNVERSIONED), weight: 3 },
          { arbitrary: fc.constantFrom(...versions), weight: 1 },
        ),
        by: fc.constantFrom(...replacements),
        mount: mounts.length === 0 ? fc.constant(null) : fc.option(fc.constantFrom(...mounts)),
        on: fc.oneof(
          fc.constant(Array.from({ length: nodes }, (_, node) => node)),
          fc.subarray(Array.from({ length: nodes }, (_, node) => node)),
        ),
        isRegistered: fc.boolean(),
      })
      .map(({ version, by, mount, on, isRegistered }): Deed[] => {
        const { command, sha256 } = by
        const older = binaries.find((one) => one.command === command)!
        const newer = binaries.find((one) => one.sha256 === sha256)!
        const entry = { do: 'register', plugin: id, version, args: [] } as const
        return [
          { ...entry, binary: older },
          ...(mount === null ? [] : [{ do: 'enable', mount, plugin: id, version } satisfies Deed]),
          ...on.map((node): Deed => ({ do: 'replace', node, command, by: newer })),
          ...(isRegistered ? [{ ...entry, binary: by }] : []),
        ]
      }),
  )
}

function registrations(
  plugin: PaintedPlugin,
  palette: Palette,
  versions: readonly Version[],
): fc.Arbitrary<Deed> {
  return fc
    .record({
      version: fc.constantFrom(...versions),
      other: seldom(6),
      binary: fc.constantFrom(...plugin.binaries, ...plugin.replacements),
      args: fc.oneof(
        { arbitrary: fc.constant(palette.args[0]!), weight: 8 },
        { arbitrary: fc.constantFrom(...palette.args), weight: 1 },
      ),
    })
    .map(({ version, other, binary, args }) => ({
      do: 'register',
      plugin: plugin.id,
      version,
      binary: other || version === UNVERSIONED ? binary : usualBinary(plugin, version),
      args,
    }))
}

function laterDeeds(palette: Palette, restarts: boolean): fc.Arbitrary<Deed> {
  const mounted = palette.plugins.filter(({ mounts }) => mounts.length > 0)
  const plugins = fc.constantFrom(...palette.plugins)
  const versions = fc.constantFrom(...palette.versions)
  const mounts = fc.constantFrom(...mounted.flatMap(({ mounts }) => mounts))
  const said = palette.versions.filter((version) => version !== UNVERSIONED)
  return fc.oneof(
    {
      weight: 3,
      arbitrary: plugins.chain((plugin) => registrations(plugin, palette, palette.versions)),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(plugins, versions).map(([{ id }, version]): Deed => {
        return { do: 'deregister', plugin: id, version }
      }),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(mounts, fc.constantFrom(...said, 'builtin' as const, LATEST))
        .map(([mount, version]): Deed => ({ do: 'tune', mount, version })),
    },
    {
      weight: 5,
      arbitrary: fc
        .tuple(mounts, fc.nat(4))
        .map(([mount, node]): Deed => ({ do: 'reload', mount, node })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(plugins, fc.constantFrom(...said))
        .map(([{ id }, version]): Deed => ({ do: 'pin', plugin: id, version })),
    },
    { weight: 1, arbitrary: plugins.map(({ id }): Deed => ({ do: 'unpin', plugin: id })) },
    { weight: 1, arbitrary: fc.constant<Deed>({ do: 'step_down' }) },
    {
      weight: restarts ? 1 : 0,
      arbitrary: fc.nat(4).map((node): Deed => ({ do: 'restart', node })),
    },
  )
}

// ---- files

/** The rules whose findings a generated file may accept. */
const ALLOWED = ['data-downgrade', 'data-upgrade', 'sha256-changed', 'unregistered-version']

function desiredStates(palette: Palette = MADE_UP): fc.Arbitrary<DesiredState> {
  return fc
    .record({
      plugins: fc.tuple(...palette.plugins.map((plugin) => namedPlugins(plugin, palette))),
      allows: often,
    })
    .map(({ plugins, allows }) => {
      const named = plugins.filter((one) => one !== undefined)
      return {
        cluster: {},
        plugins: sortedBy(
          named.map(({ plugin }) => plugin),
          ({ id }) => id,
        ),
        mounts: sortedBy(
          named.flatMap(({ mounts }) => mounts),
          ({ path }) => path,
        ),
        connections: sortedBy(
          named.flatMap(({ connections }) => connections),
          ({ path }) => path,
        ),
        allow: allows ? named.flatMap(allowAll) : [],
        ignore: [],
      }
    })
}

function sortedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...items].sort((a, b) => compareText(keyOf(a), keyOf(b)))
}

function allowAll({ plugin, mounts, connections }: Named): Allowance[] {
  const places = [...mounts, ...connections].map(({ path }) => path)
  return [
    ...ALLOWED.map((rule) => ({ rule, subject: plugin.id })),
    ...places.map((subject) => ({ rule: 'mount-absent', subject })),
  ].map((allowance) => ({ ...allowance, because: 'generated', source: SOURCE }))
}

interface Named {
  readonly plugin: DesiredPlugin
  readonly mounts: readonly DesiredMount[]
  readonly connections: readonly DesiredConnection[]
}

/** Undefined: the file does not name the plugin at all. */
function namedPlugins(painted: PaintedPlugin, palette: Palette): fc.Arbitrary<Named | undefined> {
  const { id, builtin } = painted
  const listed = fc
    .tuple(fc.subarray([...palette.versions]), ...palette.versions.map(() => seldom(6)))
    .chain(([versions, ...others]) =>
      fc.tuple(
        ...versions.map((version) => {
          const other = others[palette.versions.indexOf(version)] === true
          return fc.record({
            version: fc.constant(version),
            binary:
              other || version === UNVERSIONED
                ? fc.constantFrom(...painted.binaries, ...painted.replacements)
                : fc.constant(usualBinary(painted, version)),
            args: fc.oneof(
              { arbitrary: fc.constant(palette.args[0]!), weight: 8 },
              { arbitrary: fc.constantFrom(...palette.args), weight: 1 },
            ),
          })
        }),
      ),
    )
  const named = listed.chain((versions) => {
    const uses = usesOf(
      versions.map(({ version }) => version),
      // A connection has no latest.
      { builtin, latest: painted.mounts.length > 0 },
    )
    return fc
      .record({
        use: optional(uses, 4),
        retired: fc.option(fc.subarray([...palette.versions]), { nil: [], freq: 2 }),
        careless: seldom(12),
        mounts: fc.tuple(...painted.mounts.map(() => optional(namedMounts(uses), 2))),
        connections: fc.tuple(
          ...painted.connections.map(() => optional(fc.record({ use: optional(uses, 3) }), 2)),
        ),
      })
      .map(({ use, retired, careless, mounts, connections }): Named => {
        const kept = new Set(versions.map(({ version }) => version))
        const retire = retired.filter((version) => careless || !kept.has(version))
        return {
          plugin: {
            id,
            ...(use !== undefined && { use: { value: use, source: SOURCE } }),
            overridesBuiltin: builtin && versions.length > 0 && !careless,
            versions: versions.map(({ version, binary, args }) => ({
              version,
              ...binary,
              args,
              env: [],
              source: SOURCE,
              data: { upgradeFrom: '>=0.0.0', downgradeTo: '>=0.0.0' },
            })),
            retire: retire.map((version) => ({ version, source: SOURCE })),
            source: SOURCE,
          },
          mounts: painted.mounts.flatMap(({ path }, at) => {
            const own = mounts[at]
            if (own === undefined) return []
            const said = own.use ?? use
            return {
              path,
              plugin: id,
              canary: own.canary,
              verify: [],
              source: SOURCE,
              ...(own.use !== undefined && { use: { value: own.use, source: SOURCE } }),
              // A new mount must be told what to run.
              enable: own.enable && said !== undefined,
            }
          }),
          connections: painted.connections.flatMap((path, at) => {
            const own = connections[at]
            if (own === undefined) return []
            return {
              path,
              plugin: id,
              source: SOURCE,
              ...(own.use !== undefined && { use: { value: own.use, source: SOURCE } }),
            }
          }),
        }
      })
  })
  return optional(named, 4)
}

function namedMounts(uses: fc.Arbitrary<Use | undefined>) {
  return fc.record({ use: optional(uses, 2), canary: fc.boolean(), enable: often })
}

/** Mostly what can be brought about: a version once set cannot be cleared, for example. */
function usesOf(
  versions: readonly Version[],
  { builtin, latest }: { readonly builtin: boolean; readonly latest: boolean },
): fc.Arbitrary<Use | undefined> {
  const isShadowed = versions.includes(UNVERSIONED)
  return fc.oneof(
    ...versions.map((version) =>
      version === UNVERSIONED
        ? { weight: 6, arbitrary: fc.constant<Use>({ kind: 'unversioned' }) }
        : { weight: 20, arbitrary: fc.constant<Use>({ kind: 'version', version }) },
    ),
    { weight: latest ? 6 : 0, arbitrary: fc.constant<Use>({ kind: 'latest' }) },
    { weight: builtin && !isShadowed ? 15 : 1, arbitrary: fc.constant<Use>({ kind: 'builtin' }) },
    { weight: versions.length === 0 && !builtin ? 15 : 0, arbitrary: fc.constant(undefined) },
  )
}

function optional<Value>(
  arbitrary: fc.Arbitrary<Value>,
  freq: number,
): fc.Arbitrary<Value | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq })
}
