/**
 * Asks mounts on each node whether they answer. A mount is asked once on a node, and again only if
 * its listing there changed.
 */
import pLimit, { type LimitFunction } from 'p-limit'
import type { LiveNode, MountOnNode } from '../domain/live.ts'
import type { MountPath, NodeAddress } from '../domain/names.ts'
import { remember } from '../domain/remember.ts'
import type { Reader } from '../server/reader.ts'
import { REQUESTS_PER_NODE } from '../server/request-limits.ts'
import { askMount, type ListedMount } from './mounts.ts'

/**
 * How many mounts, counted on each node, were asked whether they answer, and how many will be asked
 * in all.
 */
export interface MountProgress {
  readonly done: number
  readonly of: number
}

type AskedNode = Pick<LiveNode, 'address' | 'role'>

export interface MountOfNode {
  readonly node: AskedNode
  readonly mount: ListedMount
}

/** Whether a mount answered on a node a moment ago. */
export type HasAnswered = (node: AskedNode, mount: MountPath) => boolean

export interface AskOptions {
  /** Selects the mounts to ask. */
  readonly asks: (mount: ListedMount) => boolean
  /** Of these, the mounts that need not be asked. Default: all are asked. */
  readonly hasAnswered?: HasAnswered | undefined
  /** Called after each answer. */
  readonly onProgress?: ((progress: MountProgress) => void) | undefined
}

export interface MountAsker {
  /**
   * Asks the mounts that were not asked before. Resolves when all mounts that were asked so far
   * have answered.
   */
  readonly ask: (mounts: readonly MountOfNode[]) => Promise<void>
  /** Whether the mount answers on the node. `unchecked` if it was not asked. */
  readonly answerOf: (node: NodeAddress, path: MountPath) => MountAnswer
}

type MountAnswer = Pick<MountOnNode, 'answers' | 'detail'>

/** `line`: the mount's listing at the time of the request. */
interface AskedMount {
  readonly line: ListedMount
  answer: MountAnswer
}

/** Asks mounts over `reader`. `askMount` says what counts as an answer. */
export function createMountAsker(
  reader: Reader,
  { asks, hasAnswered = () => false, onProgress }: AskOptions,
): MountAsker {
  const asked = new Map<string, AskedMount>()
  const limits = new Map<NodeAddress, LimitFunction>()
  let [done, of] = [0, 0]
  let all: Promise<unknown> = Promise.resolve()
  const ask = async (node: NodeAddress, request: AskedMount): Promise<void> => {
    // Limited, so that the request for a list that is read again does not wait for all of these.
    const limit = remember(limits, node, () => pLimit(REQUESTS_PER_NODE))
    request.answer = await limit(() => askMount(reader, node, request.line))
    onProgress?.({ done: (done += 1), of })
  }
  return {
    ask: async (mounts) => {
      const toAsk = mounts.flatMap(({ node, mount }) => {
        const place = placeOf(node.address, mount.path)
        const before = asked.get(place)
        if (!asks(mount) || (before !== undefined && isSameLine(before.line, mount))) return []
        const isKnown = hasAnswered(node, mount.path)
        const request: AskedMount = { line: mount, answer: isKnown ? { answers: 'yes' } : UNASKED }
        asked.set(place, request)
        return isKnown ? [] : { node: node.address, request }
      })
      of += toAsk.length
      if (toAsk.length > 0) onProgress?.({ done, of })
      all = Promise.all([all, ...toAsk.map(({ node, request }) => ask(node, request))])
      await all
    },
    answerOf: (node, path) => asked.get(placeOf(node, path))?.answer ?? UNASKED,
  }
}

const UNASKED: MountAnswer = { answers: 'unchecked' }

function placeOf(node: NodeAddress, path: MountPath): string {
  return `${node} ${path}`
}

function isSameLine(a: ListedMount, b: ListedMount): boolean {
  return (
    a.accessor === b.accessor &&
    a.plugin === b.plugin &&
    a.running_sha256 === b.running_sha256 &&
    a.running_version === b.running_version
  )
}
