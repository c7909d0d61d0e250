/** Asks mounts whether they answer, each once on each node for as long as its line in the list stays. */
import pLimit, { type LimitFunction } from 'p-limit'
import type { LiveNode, MountOnNode } from '../domain/live.ts'
import type { MountPath, NodeAddress } from '../domain/names.ts'
import { remember } from '../domain/remember.ts'
import type { Reader } from '../server/reader.ts'
import { REQUESTS_PER_NODE } from '../server/request-limits.ts'
import { askMount, type ListedMount } from './mounts.ts'

/** Mounts that were asked whether they answer, on each node, and that are to be asked. */
export interface MountProgress {
  readonly done: number
  readonly of: number
}

type AskedNode = Pick<LiveNode, 'address' | 'role'>

export interface MountOfNode {
  readonly node: AskedNode
  readonly mount: ListedMount
}

/** Whether a mount was seen to answer on a node a moment ago. */
export type HasAnswered = (node: AskedNode, mount: MountPath) => boolean

export interface AskOptions {
  /** Which mounts are asked. */
  readonly asks: (mount: ListedMount) => boolean
  /** Of these, those that need not be asked; all are asked if not given. */
  readonly hasAnswered?: HasAnswered | undefined
  /** Called after each answer. */
  readonly onProgress?: ((progress: MountProgress) => void) | undefined
}

export interface MountAsker {
  /** Asks those that were not asked before. Resolves when every mount that was asked has answered. */
  readonly ask: (mounts: readonly MountOfNode[]) => Promise<void>
  /** What came of it; `unchecked` if the mount was not asked. */
  readonly answerOf: (node: NodeAddress, path: MountPath) => MountAnswer
}

type MountAnswer = Pick<MountOnNode, 'answers' | 'detail'>

/** `line`: what the list said of the mount when it was asked. */
interface Asked {
  readonly line: ListedMount
  answer: MountAnswer
}

export function createMountAsker(
  reader: Reader,
  { asks, hasAnswered = () => false, onProgress }: AskOptions,
): MountAsker {
  const asked = new Map<string, Asked>()
  const limits = new Map<NodeAddress, LimitFunction>()
  let [done, of] = [0, 0]
  let all: Promise<unknown> = Promise.resolve()
  const ask = async (node: NodeAddress, one: Asked): Promise<void> => {
    // A list that is read again does not wait for all of these.
    const limit = remember(limits, node, () => pLimit(REQUESTS_PER_NODE))
    one.answer = await limit(() => askMount(reader, node, one.line))
    onProgress?.({ done: (done += 1), of })
  }
  return {
    ask: async (mounts) => {
      const begun = mounts.flatMap(({ node, mount }) => {
        const place = placeOf(node.address, mount.path)
        const before = asked.get(place)
        if (!asks(mount) || (before !== undefined && isSameLine(before.line, mount))) return []
        const isKnown = hasAnswered(node, mount.path)
        const one: Asked = { line: mount, answer: isKnown ? { answers: 'yes' } : UNASKED }
        asked.set(place, one)
        return isKnown ? [] : { node: node.address, one }
      })
      of += begun.length
      if (begun.length > 0) onProgress?.({ done, of })
      all = Promise.all([all, ...begun.map(({ node, one }) => ask(node, one))])
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
