/**
 * What runs where, for a terminal: a table of mounts × nodes, or, where that is wider than the
 * terminal, a block for each mount. Says what could not be seen beside what was.
 */
import type { CatalogEntry, LiveConnection, LiveNode, LiveState } from '../domain/live.ts'
import { doublingMounts, perhapsNotSetUp } from '../domain/doubled-namespaces.ts'
import { compareText, HASH_NOT_REPORTED, UNKNOWN_HASH, versionLabel } from '../domain/names.ts'
import { type MountView, type NodeView, viewMounts } from './mount-view.ts'
import type { Paint, Palette } from './palette.ts'
import { type Cell, layTable } from './table.ts'
import { count } from '../domain/count.ts'
import { describeNodeState, listSome, printable, productName } from './wording.ts'

export interface StatusTextOptions {
  readonly palette: Palette
  /** Columns of the terminal; `Infinity` where there is none. */
  readonly width: number
  /** All that was read, where only a part of it is shown: a danger is told whatever it comes of. */
  readonly whole?: LiveState
  /** What is left out, being no external plugin's: said in a last line. */
  readonly hidden?: Pick<LiveState, 'mounts' | 'connections'>
}

/** Ends without a newline; its end says how many mounts are as they should be. */
export function renderStatus(
  live: LiveState,
  { palette, width, whole = live, hidden = { mounts: [], connections: [] } }: StatusTextOptions,
): string {
  const mounts = viewMounts(live)
  return [
    [header(live, palette), ...unconfirmedLine(live, palette)].join('\n'),
    mountsSection(mounts, live, palette, width),
    connectionsSection(live, palette),
    pinsSection(live, palette),
    unreadableSection(live, palette),
    dangerSection(whole, palette),
    [summary(mounts, live, palette), ...hiddenLine(hidden, palette)].join('\n'),
  ]
    .filter((section) => section !== '')
    .join('\n\n')
}

function header({ cluster, product, server_version, nodes }: LiveState, palette: Palette): string {
  const server = `${productName(product)} ${printable(server_version)}`
  const rows = nodes.map(({ address, role, state, version, detail, unasked }) => [
    { text: printable(address) },
    { text: role },
    // A node behind the others is in the middle of the server's own upgrade.
    version === server_version
      ? { text: '' }
      : { text: printable(version || 'version unknown'), paint: palette.yellow },
    {
      text: [
        unasked === true ? '(not asked)' : describeNodeState(state),
        detail === undefined || detail === state ? '' : printable(detail),
      ]
        .filter(Boolean)
        .join(' '),
      paint: state === 'forwarding' ? palette.dim : palette.red,
    },
  ])
  const title = `Cluster ${palette.bold(printable(cluster.name))}, ${server}`
  return [title, ...layTable(dropEmptyColumns(rows), '  ').lines].join('\n')
}

function unconfirmedLine({ members_unconfirmed }: LiveState, palette: Palette): string[] {
  if (members_unconfirmed !== true) return []
  return [
    palette.dim(
      'Only sys/ha-status lists the nodes: the storage is not Raft, so no second list confirms them.',
    ),
  ]
}

function dropEmptyColumns(rows: readonly (readonly Cell[])[]): Cell[][] {
  return rows.map((row) =>
    row.filter((_cell, column) => rows.some((other) => other[column]?.text !== '')),
  )
}

function mountsSection(
  mounts: readonly MountView[],
  live: LiveState,
  palette: Palette,
  width: number,
): string {
  if (mounts.length === 0) return ''
  const table = mountTable(mounts, live, palette)
  const lines =
    table.width <= width ? table.lines : mounts.flatMap((view) => mountBlock(view, palette))
  return [...lines, ...legend(mounts, palette)].join('\n')
}

function mountTable(mounts: readonly MountView[], live: LiveState, palette: Palette) {
  const serving = live.nodes.filter(({ state }) => state === 'serving')
  const titles = [
    'MOUNT',
    'PLUGIN',
    'CONFIGURED',
    ...serving.map(({ address, role }) => {
      const host = printable(address.replace(/^https?:\/\//, ''))
      return role === 'active' ? `${host} (active)` : host
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

/** One line where every node is the same, else a line a node. */
function mountBlock(view: MountView, palette: Palette): string[] {
  const configured = configuredCell(view, palette)
  const title = `${palette.bold(printable(view.mount.path))}  ${printable(view.mount.plugin)}  ${painted(configured)}`
  const cells = view.nodes.map((node) => nodeCell(node, palette))
  const [first] = cells
  if (first !== undefined && cells.length > 1 && cells.every(({ text }) => text === first.text)) {
    return [title, `  on all ${cells.length} nodes  ${painted(first)}`]
  }
  const rows = view.nodes.map((node) => [{ text: printable(node.node) }, nodeCell(node, palette)])
  return [title, ...layTable(rows, '  ').lines]
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

function legend(mounts: readonly MountView[], palette: Palette): string[] {
  const nodes = mounts.flatMap((view) => view.nodes)
  const lines = [
    nodes.some(({ differs }) => differs) &&
      '≠ not what the catalog holds under the configured version (or, if nothing, not what other nodes run)',
    nodes.some(({ configured }) => configured !== undefined) &&
      '“tuned to” what a node has that missed the last tune: the same tune again reaches it',
    mounts.some(({ registered }) => !registered) &&
      '! nothing is registered under the configured version',
    nodes.some(({ unreported }) => unreported) &&
      'hash not reported by the server: nothing proves which binary runs, the version is copied from the configuration',
    nodes.some(({ answers }) => answers === '?') && '? was not asked, or gave no answer',
  ].filter((line) => line !== false)
  return lines.length === 0 ? [] : ['', ...lines.map((line) => palette.dim(line))]
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
  const isOneLost = connections.some((connection) => !isRegistered(connection, catalog))
  const legend =
    '! nothing is registered under that version: the connection is lost when it is next started'
  return [...table.lines, ...(isOneLost ? ['', palette.dim(legend)] : [])].join('\n')
}

/** Without a version it starts whatever entry of its plugin there is. */
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

/** What status leaves out, and why; what `import` leaves out of its file is among it. */
function unreadableSection(live: LiveState, palette: Palette): string {
  const lines = [
    ...live.unreadable.map(({ what, path, node, reason }) => {
      const where = node === undefined ? '' : ` on ${printable(node)}`
      return `  ${what.replace('-', ' ')}: ${printable(path)}${where}: ${printable(reason)}`
    }),
    ...entriesWithoutHash(live).map(
      ({ plugin, version }) =>
        `  catalog entry: ${printable(plugin)} ${printable(versionLabel(version))}: ${HASH_NOT_REPORTED}`,
    ),
  ]
  if (lines.length === 0) return ''
  return [palette.yellow('Could not be read'), ...lines].join('\n')
}

/** OpenBao reports none of an entry that its configuration declares without `sha256sum`. */
function entriesWithoutHash({ catalog }: LiveState): readonly CatalogEntry[] {
  return catalog.filter(({ sha256 }) => sha256 === UNKNOWN_HASH)
}

/** What a change of leader may cost, before the first one and after it. */
function dangerSection(live: LiveState, palette: Palette): string {
  const paths = doublingMounts(live).map(({ path }) => path)
  const silent = perhapsNotSetUp(live).map(({ address }) => address)
  const is = (names: readonly string[]): string => (names.length === 1 ? 'is' : 'are')
  const lines = [
    paths.length > 0 &&
      `Do not change the leader: ${listSome(paths, { all: false })} ${is(paths)} configured for a builtin’s version, beside namespaces. After a second change no node could lead.`,
    silent.length > 0 &&
      `If ${listSome(silent, { all: false })} ${silent.length === 1 ? 'does' : 'do'} not serve again in a moment, do not change the leader and restart no node before reading the log there: with “cannot mount under existing mount” in it, no other node could lead.`,
  ].filter((line) => line !== false)
  if (lines.length === 0) return ''
  const more = 'See: lockstep explain builtin-version-with-namespaces'
  return [...lines.map((line) => palette.red(line)), more].join('\n')
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

/** Only says that all is well when everything was seen. */
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
  const lost = live.connections.filter((one) => !isRegistered(one, live.catalog)).length
  const unread = live.unreadable.length + entriesWithoutHash(live).length
  const exceptions = [
    differ > 0 && `${differ} not as configured`,
    down > 0 && `${down} down`,
    unchecked > 0 && `${unchecked} not checked`,
    unreported > 0 && `${unreported} with a hash that the server does not report`,
    lost > 0 && `${count(lost, 'connection')} not registered`,
    unseen > 0 && `${count(unseen, 'node')} not seen`,
    unread > 0 && `${count(unread, 'thing')} not readable`,
  ].filter((part) => part !== false)
  const total = `${count(mounts.length, 'mount')} on ${count(nodesIn('serving'), 'node')}`
  if (exceptions.length > 0) return palette.yellow(`${total}: ${exceptions.join(', ')}.`)
  return palette.bold(mounts.length === 0 ? `${total}.` : `${total}, each as configured.`)
}
