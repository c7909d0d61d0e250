/** Shows the progress of a reading of the cluster on a terminal, if the reading takes long. */
import { count } from '../../domain/count.ts'
import type { ReadingProgress } from '../../live/observe.ts'
import type { Host } from './host.ts'

/** Milliseconds until the line is shown, and between two updates. */
const UPDATE_INTERVAL = 1_000

/**
 * Calls `read` with a function for its progress. Erases the line when the reading ends or fails.
 */
export async function showReading<Result>(
  { every, showLine }: Pick<Host, 'every' | 'showLine'>,
  read: (onProgress: (progress: ReadingProgress) => void) => Promise<Result>,
): Promise<Result> {
  let text = 'Reading the cluster …'
  const stop = every(UPDATE_INTERVAL, () => showLine(text))
  try {
    return await read(({ nodes, mounts }) => {
      text = `Checking mounts on ${count(nodes, 'node')}: ${mounts.done} of ${mounts.of} …`
    })
  } finally {
    stop()
    showLine('')
  }
}
