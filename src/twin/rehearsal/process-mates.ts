/**
 * The mounts that run with one process: a reload of one ends it under all. They fare alike, so
 * that one of them stands for the others.
 */
import type { MountPath, NodeAddress } from '../../domain/names.ts'
import type { Twin } from '../cluster/twin.ts'

export interface ProcessMates {
  /** To be told of a mount when it was made, and when it was reloaded. */
  look(node: NodeAddress, mount: MountPath): void
  /** The processes that these mounts run with. */
  processesOf(node: NodeAddress, mounts: readonly MountPath[]): ReadonlySet<string>
  /** One mount that runs with a process by now, or did until it ended. */
  oneOf(node: NodeAddress, process: string): MountPath | undefined
}

interface OnNode {
  readonly processes: Map<MountPath, string>
  readonly mates: Map<string, Set<MountPath>>
}

export function trackProcessMates(twin: Twin): ProcessMates {
  const nodes = new Map<NodeAddress, OnNode>()
  const on = (node: NodeAddress): OnNode => {
    const known = nodes.get(node) ?? { processes: new Map(), mates: new Map() }
    nodes.set(node, known)
    return known
  }
  return {
    look(node, mount) {
      const { processes, mates } = on(node)
      const [before, now] = [processes.get(mount), twin.running(node, mount)?.process]
      if (before === now) return
      if (before !== undefined) mates.get(before)?.delete(mount)
      if (now === undefined) {
        processes.delete(mount)
        return
      }
      processes.set(mount, now)
      mates.set(now, (mates.get(now) ?? new Set()).add(mount))
    },
    processesOf(node, mounts) {
      const { processes } = on(node)
      return new Set(mounts.flatMap((mount) => processes.get(mount) ?? []))
    },
    oneOf: (node, process) => on(node).mates.get(process)?.values().next().value,
  }
}
