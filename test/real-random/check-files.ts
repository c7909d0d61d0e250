/** What `cluster.binary_check` would find: the hash of every file that a plan needs, on every node. */
import type { NodeAddress, Sha256 } from '../../src/domain/names.ts'
import { type NeededFile, neededFiles } from '../../src/safety/needed-files.ts'
import type { BinaryReport } from '../../src/safety/rule.ts'
import type { CheckFiles } from '../property/drive-twin.ts'
import type { ClusterStory } from '../property/generators.ts'
import type { Palette } from '../property/palette.ts'

/** The SHA-256 of the file of that name in a node's plugin directory. */
export type ContentOf = (node: NodeAddress, command: string) => Sha256

export function checkFiles(contentOf: ContentOf): CheckFiles {
  return (draft, nodes) => reportFiles(neededFiles(draft), nodes, contentOf)
}

export function reportFiles(
  files: readonly NeededFile[],
  nodes: readonly NodeAddress[],
  contentOf: ContentOf,
): readonly BinaryReport[] {
  return files.flatMap(({ command, sha256: expected, for: use }) =>
    nodes.map((node) => {
      const found = contentOf(node, command)
      const result = found === expected ? ('same' as const) : { found }
      return { node, command, expected, for: use, result }
    }),
  )
}

/** What the deeds of a story leave in the nodes' plugin directories. */
export function contentAfter(
  { deeds }: ClusterStory,
  { plugins }: Palette,
  nodes: readonly NodeAddress[],
): ContentOf {
  const installed = plugins.flatMap(({ binaries }) => binaries)
  return (node, command) => {
    const replaced = deeds.findLast(
      (deed) =>
        deed.do === 'replace' &&
        deed.command === command &&
        nodes[deed.node % nodes.length] === node,
    )
    if (replaced?.do === 'replace') return replaced.by.sha256
    return installed.find((one) => one.command === command)!.sha256
  }
}
