/**
 * Renders the nodes of a cluster at the top of a view: short name, role, full address, and anything
 * unusual.
 */
import { describeNodeState, printable } from './wording.ts'
import type { NodeNames } from './node-names.ts'
import type { Palette } from './palette.ts'
import { type Cell, layTable } from './table.ts'

export interface ShownNode {
  readonly address: string
  readonly role: string
  readonly state: Parameters<typeof describeNodeState>[0]
  /** Shown if it differs from the version of the cluster. */
  readonly version?: string
  /** Why the node does not serve, in the server's words. */
  readonly detail?: string
  /** True if the node is not in the given list of nodes. */
  readonly unasked?: boolean
}

/** A line for each node; columns that are empty for all nodes are left out. */
export function nodeLines(
  nodes: readonly ShownNode[],
  { names, palette }: { readonly names: NodeNames; readonly palette: Palette },
  clusterVersion?: string,
): readonly string[] {
  const rows = nodes.map(({ address, role, state, version, detail, unasked }): Cell[] => [
    { text: printable(names.of(address)) },
    { text: role },
    { text: printable(address), paint: palette.dim },
    // During an upgrade of the servers, a node may have another version.
    clusterVersion === undefined || version === clusterVersion
      ? { text: '' }
      : {
          text: printable(version === undefined || version === '' ? 'version unknown' : version),
          paint: palette.yellow,
        },
    {
      text: [
        unasked === true ? '(not asked)' : describeNodeState(state),
        detail === undefined || detail === state ? '' : printable(detail),
      ]
        .filter((part) => part !== '')
        .join(' '),
      paint: state === 'forwarding' ? palette.dim : palette.red,
    },
  ])
  const filled = rows.map((row) =>
    row.filter((_cell, column) => rows.some((other) => other[column]?.text !== '')),
  )
  return layTable(filled, '  ').lines
}
