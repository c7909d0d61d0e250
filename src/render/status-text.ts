/**
 * Renders what runs on which node for a terminal: a table of mounts × nodes, or a block for each
 * mount if the table is wider than the terminal. Also shows what could not be read.
 */
import type { CatalogEntry, LiveConnection, LiveNode, LiveState } from '../domain/live.ts'
import { doublingMounts, perhapsNotSetUp } from '../domain/doubled-namespaces.ts'
import { compareText, HASH_NOT_REPORTED, UNKNOWN_HASH, versionLabel } from '../domain/names.ts'
import { type MountView, type NodeView, viewMounts } from './mount-view.ts'
import type { Paint, Palette } from './palette.ts'
import { type Cell, layTable } from './table.ts'
import { count } from '../domain/count.ts'
import { nodeLines } from './node-lines.ts'
import { type NodeNames, nameNodes } from './node-names.ts'
import { listSome, printable, productName } from './wording.ts'
import { wrapLine } from './wrap.ts'

export interface StatusTextOptions {
  readonly palette: Palette
  /** Columns of the terminal; `Infinity` if there is none. */
  readonly width: number
  /**
   * The whole live state, if only a part of it is shown: dangers in the other part are shown, too.
   */
  readonly whole?: LiveState
  /** Mounts and connections of builtin plugins that are only counted, in the last line. */
  readonly hidden?: Pick<LiveState, 'mounts' | 'connections'>
}

interface StatusView {
  readonly palette: Palette
  readonly width: number
  readonly names: NodeNames
}

/** Ends without a newline. The summary says how many mounts run what they are configured for. */
export function renderStatus(
  live: LiveState,
  { palette, width, whole = live, hidden = { mounts: [], connections: [] } }: StatusTextOptions,
): string {
  const mounts = viewMounts(live)
  const view = { palette, width, names: nameNodes(live.nodes) }
  const sections = [
    [header(live, view), ...unconfirmedLine(live, palette)].join('\n'),
    mountsSection(mounts, live, view),
    connectionsSection(live, palette),
    pinsSection(live, palette),
    unreadableSection(live, view),
    dangerSection(whole, view),
    [summary(mounts, live, palette), ...hiddenLine(hidden, palette)].join('\n'),
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}

function header(
  { cluster, product, server_version, nodes }: LiveState,
  { palette, width, names }: StatusView,
): string {
  const server = `${productName(product)} ${printable(server_version)}`
  return [
    `Cluster ${palette.bold(printable(cluster.name))}, ${server}`,
    ...nodeLines(nodes, { names, palette }, server_version).flatMap((line) =>
      wrapLine(line, width),
    ),
  ].join('\n')
}

function unconfirmedLine({ members_unconfirmed }: LiveState, palette: Palette): string[] {
  if (members_unconfirmed !== true) return []
  return [
    palette.dim(
      'Only sys/ha-status lists the nodes: the storage is not Raft, so no second list confirms them.',
    ),
  ]
}

function mountsSection(mounts: readonly MountView[], live: LiveState, view: StatusView): string {
  if (mounts.length === 0) return ''
  const table = mountTable(mounts, live, view)
  const lines =
    table.width <= view.width ? table.lines : mounts.flatMap((mount) => mountBlock(mount, view))
  return [...lines, ...legend(mounts, view)].join('\n')
}

function mountTable(mounts: readonly MountView[], live: LiveState, { palette, names }: StatusView) {
  const serving = live.nodes.filter(({ state }) => state === 'serving')
  const titles = [
    'MOUNT',
    'PLUGIN',
    'CONFIGURED',
    ...serving.map(({ address, role }) => {
      const name = printable(names.of(address))
      return role === 'active' ? `${name} (active)` : name
    }),
  ]
  return layTable([
    titles.map((text) => ({ text, paint: palette.bold })),
    ...mounts.map((view) => [
      { text: printable(view.mount.path) },
      { text: printable(view.mount.plugin) },
      configuredCell(view, palette),
      ...view.nodes.map((node) => nodeCell(node, palette)),
    ]),
  ])
}

/** One line if all nodes show the same, else a line for each node. */
function mountBlock(view: MountView, { palette, names, width }: StatusView): string[] {
  const configured = configuredCell(view, palette)
  const title = `${palette.bold(printable(view.mount.path))}  ${printable(view.mount.plugin)}  ${painted(configured)}`
  const cells = view.nodes.map((node) => nodeCell(node, palette))
  const [first] = cells
  if (first !== undefined && cells.length > 1 && cells.every(({ text }) => text === first.text)) {
    return [
      ...wrapLine(title, width),
      ...wrapLine(`  on all ${cells.length} nodes  ${painted(first)}`, width),
    ]
  }
  const rows = view.nodes.map((node) => [
    { text: printable(names.of(node.node)) },
    nodeCell(node, palette),
  ])
  return [title, ...layTable(rows, '  ').lines].flatMap((line) => wrapLine(line, width))
}

function painted({ text, paint }: Cell): string {
  return paint === undefined ? text : paint(text)
}

function configuredCell({ configured, registered }: MountView, palette: Palette): Cell {
  return registered ? { text: configured } : { text: `${configured} !`, paint: palette.red }
}

function nodeCell({ running, answers, differs, configured }: NodeView, palette: Palette): Cell {
  const tuned = configured === undefined ? '' : ` tuned to ${configured}`
  const text = `${running} ${answers}${differs ? ' ≠' : ''}${tuned}`
  const paint = nodePaint(answers, differs, palette)
  return paint === undefined ? { text } : { text, paint }
}

function nodePaint(
  answers: NodeView['answers'],
  differs: boolean,
  palette: Palette,
): Paint | undefined {
  if (answers === 'down') return palette.red
  return differs ? palette.yellow : undefined
}

function legend(mounts: readonly MountView[], { palette, width }: StatusView): string[] {
  const nodes = mounts.flatMap((view) => view.nodes)
  const lines = [
    nodes.some(({ differs }) => differs) &&
      '≠ not the binary that is registered under the configured version (if none is, not the binary that other nodes run)',
    nodes.some(({ configured }) => configured !== undefined) &&
      '“tuned to”: the node missed the last tune; the same tune, sent again, reaches it',
    mounts.some(({ registered }) => !registered) &&
      '! nothing is registered under the configured version',
    nodes.some(({ unreported }) => unreported) &&
      'hash not reported by the server: nothing proves which binary runs, the version is copied from the configuration',
    nodes.some(({ answers }) => answers === '?') && '? was not asked, or gave no answer',
  ].filter((line) => line !== false)
  if (lines.length === 0) return []
  return ['', ...lines.flatMap((line) => wrapLine(palette.dim(line), width))]
}

function connectionsSection({ connections, catalog }: LiveState, palette: Palette): string {
  if (connections.length === 0) return ''
  const titles = ['CONNECTION', 'PLUGIN', 'VERSION']
  const table = layTable([
    titles.map((text) => ({ text, paint: palette.bold })),
    ...connections.map((connection) => {
      const text = printable(connection.version === '' ? 'default' : connection.version)
      const version = isRegistered(connection, catalog)
        ? { text }
        : { text: `${text} !`, paint: palette.red }
      return [{ text: printable(connection.path) }, { text: printable(connection.plugin) }, version]
    }),
  ])
  const someAreLost = connections.some((connection) => !isRegistered(connection, catalog))
  const legend =
    '! nothing is registered under that version: the connection is lost when it is next started'
  return [...table.lines, ...(someAreLost ? ['', palette.dim(legend)] : [])].join('\n')
}

/** A connection without a version starts any entry of its plugin. */
function isRegistered(
  { plugin, version }: LiveConnection,
  catalog: readonly CatalogEntry[],
): boolean {
  return catalog.some(
    (entry) => entry.plugin === plugin && (version === '' || entry.version === version),
  )
}

function pinsSection({ pins }: LiveState, palette: Palette): string {
  if (pins.length === 0) return ''
  return layTable([
    ['PIN', 'VERSION'].map((text) => ({ text, paint: palette.bold })),
    ...pins.map(({ plugin, version }) => [
      { text: printable(plugin) },
      { text: printable(versionLabel(version)) },
    ]),
  ]).lines.join('\n')
}

/** What could not be read, and why. `import` leaves it out of its file, too. */
function unreadableSection(live: LiveState, { palette, width, names }: StatusView): string {
  const lines = [
    ...live.unreadable.map(({ what, path, node, reason }) => {
      const where = node === undefined ? '' : ` on ${printable(names.of(node))}`
      return `  ${what.replace('-', ' ')}: ${printable(path)}${where}: ${names.within(printable(reason))}`
    }),
    ...entriesWithoutHash(live).map(
      ({ plugin, version }) =>
        `  catalog entry: ${printable(plugin)} ${printable(versionLabel(version))}: ${HASH_NOT_REPORTED}`,
    ),
  ]
  if (lines.length === 0) return ''
  return [
    palette.yellow('Could not be read'),
    ...lines.flatMap((line) => wrapLine(line, width)),
  ].join('\n')
}

/** OpenBao reports no hash of an entry that its configuration declares without `sha256sum`. */
function entriesWithoutHash({ catalog }: LiveState): readonly CatalogEntry[] {
  return catalog.filter(({ sha256 }) => sha256 === UNKNOWN_HASH)
}

/** Dangers of a change of leader, before the first one and after it. */
function dangerSection(live: LiveState, { palette, width, names }: StatusView): string {
  const paths = doublingMounts(live).map(({ path }) => path)
  const notServing = perhapsNotSetUp(live).map(({ address }) => names.of(address))
  const is = (names: readonly string[]): string => (names.length === 1 ? 'is' : 'are')
  const lines = [
    paths.length > 0 &&
      `Do not change the leader: ${listSome(paths, { all: false })} ${is(paths)} configured for a builtin’s version, and there are namespaces. After a second change of leader no node could lead.`,
    notServing.length > 0 &&
      `If ${listSome(notServing, { all: false })} ${notServing.length === 1 ? 'does' : 'do'} not serve again in a moment, read the log there before you change the leader or restart any node: if it has “cannot mount under existing mount”, no other node could lead.`,
  ].filter((line) => line !== false)
  if (lines.length === 0) return ''
  const more = 'See: lockstep explain builtin-version-with-namespaces'
  return [...lines.flatMap((line) => wrapLine(palette.red(line), width)), more].join('\n')
}

function hiddenLine(
  { mounts, connections }: NonNullable<StatusTextOptions['hidden']>,
  palette: Palette,
): string[] {
  const counted = [
    ...(mounts.length > 0 ? [count(mounts.length, 'mount')] : []),
    ...(connections.length > 0 ? [count(connections.length, 'connection')] : []),
  ]
  if (counted.length === 0) return []
  const plugins = new Set([...mounts, ...connections].map(({ plugin }) => plugin))
  const named = listSome([...plugins].sort(compareText), { all: false })
  return [
    palette.dim(
      `${counted.join(' and ')} of compiled-in plugins not shown (${named}): --plugin <type/name>`,
    ),
  ]
}

/** Says "each as configured" only if everything could be read. */
function summary(mounts: readonly MountView[], live: LiveState, palette: Palette): string {
  const nodesIn = (...states: readonly LiveNode['state'][]): number =>
    live.nodes.filter(({ state }) => states.includes(state)).length
  const mountsWith = (test: (node: NodeView) => boolean): number =>
    mounts.filter(({ nodes }) => nodes.some(test)).length
  const differ = mounts.filter(
    ({ registered, nodes }) => !registered || nodes.some(({ differs }) => differs),
  ).length
  const down = mountsWith(({ answers }) => answers === 'down')
  const unchecked = mountsWith(({ answers }) => answers === '?')
  const unreported = mountsWith((node) => node.unreported)
  const unseen = nodesIn('sealed', 'unreachable')
  const lost = live.connections.filter(
    (connection) => !isRegistered(connection, live.catalog),
  ).length
  const unread = live.unreadable.length + entriesWithoutHash(live).length
  const exceptions = [
    differ > 0 && `${differ} not as configured`,
    down > 0 && `${down} down`,
    unchecked > 0 && `${unchecked} not checked`,
    unreported > 0 && `${unreported} with a hash that the server does not report`,
    lost > 0 && `${count(lost, 'connection')} not registered`,
    unseen > 0 && `${count(unseen, 'node')} could not be reached`,
    unread > 0 && `${count(unread, 'thing')} could not be read`,
  ].filter((part) => part !== false)
  const total = `${count(mounts.length, 'mount')} on ${count(nodesIn('serving'), 'node')}`
  if (exceptions.length > 0) return palette.yellow(`${total}: ${exceptions.join(', ')}.`)
  return palette.bold(mounts.length === 0 ? `${total}.` : `${total}, each as configured.`)
}
