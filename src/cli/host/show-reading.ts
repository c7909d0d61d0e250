/** Shows on a terminal how far the reading of a cluster is, where it takes long. */
import { count } from '../../domain/count.ts'
import type { ReadingProgress } from '../../live/observe.ts'
import type { Host } from './host.ts'

/** Milliseconds after which the line is shown, and between two of its changes. */
const SHOW_EVERY = 1_000

/** Calls `read` with what hears of its progress. However it ends, the line is gone then. */
export async function showReading<Result>(
  { every, showLine }: Pick<Host, 'every' | 'showLine'>,
  read: (tell: (progress: ReadingProgress) => void) => Promise<Result>,
): Promise<Result> {
  let text = 'Reading the cluster …'
  const stop = every(SHOW_EVERY, () => showLine(text))
  try {
    return await read(({ nodes, mounts }) => {
      text = `Checking mounts on ${count(nodes, 'node')}: ${mounts.done} of ${mounts.of} …`
    })
  } finally {
    stop()
    showLine('')
  }
}
