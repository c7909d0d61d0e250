/**
 * Which requests of a run a fault is to meet, told apart so that each is met whatever polling does
 * to their numbers: by whom is asked what, and how many writes were sent before.
 */
import { groupBy } from '../../src/domain/group-by.ts'
import type { SeenRequest } from './fault-proxy.ts'

export interface Aim {
  /** What is asked again before the next write is the same one. */
  readonly key: string
  readonly isWrite: boolean
  /** How many writes were sent before it: the stretch of the run that it lies in. */
  readonly stretch: number
  /**
   * How many requests were sent between the write before it and it, in the run that showed it last:
   * polling makes it more or less.
   */
  place: number
}

/** Names a request; `active` and `addresses` as the proxy has them. */
export type NameRequest = (seen: SeenRequest) => Pick<Aim, 'key' | 'isWrite' | 'stretch'>

/** By the role of the node, since any may lead: `standby 1` is the first that is reloaded. */
export function nameRequests(addresses: readonly string[], active: number): NameRequest {
  const standbys = addresses.filter((_, node) => node !== active)
  return ({ node, method, path, isWrite, writes }) => {
    const role =
      node === active ? 'active' : `standby ${standbys.indexOf(addresses[node] ?? '') + 1}`
    const stretch = isWrite ? writes - 1 : writes
    return { key: `${method} ${path} on ${role} after ${stretch} writes`, isWrite, stretch }
  }
}

/** What a run asks, in order, each once. */
export function collectAims(name: NameRequest): {
  readonly see: (seen: SeenRequest) => void
  readonly aims: () => readonly Aim[]
} {
  const found = new Map<string, Aim>()
  let place = 0
  return {
    see(seen) {
      const named = name(seen)
      if (!found.has(named.key)) found.set(named.key, { ...named, place })
      place = named.isWrite ? 0 : place + 1
    },
    aims: () => [...found.values()],
  }
}

/**
 * What one run is aimed at: a write alone, or one read of each stretch between two writes, so that
 * not every read needs a run of its own. The first is always reached.
 */
export function chooseAims(open: readonly Aim[]): readonly [Aim, ...Aim[]] | undefined {
  const write = open.find(({ isWrite }) => isWrite)
  if (write !== undefined) return [write]
  const [first, ...others] = [...groupBy(open, ({ stretch }) => stretch)]
    .sort(([a], [b]) => a - b)
    .flatMap(([, [earliest]]) => earliest ?? [])
  return first === undefined ? undefined : [first, ...others]
}
