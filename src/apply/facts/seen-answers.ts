/**
 * Keeps which mounts a run has just seen to answer, and on which node. The reading of the cluster
 * after the last step does not ask these mounts again. A reload of a node's mounts may end the process of any other
 * mount there, so it makes the run forget what it saw on that node.
 */
import type { LiveNode } from '../../domain/live.ts'
import type { MountPath, NodeAddress } from '../../domain/names.ts'
import { remember } from '../../domain/remember.ts'

/** Milliseconds: enough for the reloads of a few nodes that follow each other. */
const SEEN_WITHIN = 10_000

/** A question to a mount, before it is sent. */
export interface AnswerStart {
  readonly node: NodeAddress
  /** Milliseconds on the clock of the run. */
  readonly since: number
  /** A node that becomes active starts its plugins again. */
  readonly isActive: boolean
  /** How often what was seen on the node had been forgotten. */
  readonly forgotten: number
}

export interface SeenAnswers {
  readonly begin: (node: NodeAddress, isActive: boolean) => AnswerStart
  /** Keeps that the mount answered and ran what it was expected to run. */
  readonly add: (mount: MountPath, start: AnswerStart) => void
  /** To be called before a reload is sent to the node, and when it has ended. */
  readonly forget: (node: NodeAddress) => void
  /** True if the mount need not be asked. */
  readonly has: (node: Pick<LiveNode, 'address' | 'role'>, mount: MountPath) => boolean
}

interface NodeAnswers {
  forgotten: number
  readonly mounts: Map<MountPath, AnswerStart>
}

/** `clock`: for durations only, in milliseconds. */
export function createSeenAnswers(clock: () => number): SeenAnswers {
  const nodes = new Map<NodeAddress, NodeAnswers>()
  const on = (node: NodeAddress): NodeAnswers =>
    remember(nodes, node, () => ({ forgotten: 0, mounts: new Map() }))
  return {
    begin: (node, isActive) => ({
      node,
      since: clock(),
      isActive,
      forgotten: on(node).forgotten,
    }),
    add: (mount, start) => {
      const { forgotten, mounts } = on(start.node)
      if (start.forgotten === forgotten) mounts.set(mount, start)
    },
    forget: (node) => {
      const seen = on(node)
      seen.forgotten += 1
      seen.mounts.clear()
    },
    has: ({ address, role }, mount) => {
      const seen = on(address).mounts.get(mount)
      return (
        seen !== undefined &&
        clock() - seen.since <= SEEN_WITHIN &&
        seen.isActive === (role === 'active')
      )
    },
  }
}
