import { expect, test } from 'vitest'
import { showReading } from './show-reading.ts'

/**
 * A host that records the last line of the terminal at each change, and whose clock ticks when
 * `tick` is called.
 */
function makeHost() {
  const lines: string[] = []
  const callbacks = new Set<() => void>()
  return {
    lines,
    tick: () => callbacks.forEach((callback) => callback()),
    host: {
      showLine: (text: string) => void lines.push(text),
      every: (_: number, callback: () => void) => {
        callbacks.add(callback)
        return () => callbacks.delete(callback)
      },
    },
  }
}

test('shows the progress of a reading that takes long, and erases the line at the end', async () => {
  const { host, tick, lines } = makeHost()

  const result = await showReading(host, (onProgress) => {
    tick()
    onProgress({ nodes: 3, mounts: { done: 1, of: 6 } })
    expect(lines).toHaveLength(1)
    onProgress({ nodes: 3, mounts: { done: 2, of: 6 } })
    tick()
    return Promise.resolve('read')
  })

  expect(result).toBe('read')
  tick()
  expect(lines).toEqual(['Reading the cluster …', 'Checking mounts on 3 nodes: 2 of 6 …', ''])
})

test('erases the line also if the reading fails', async () => {
  const { host, tick, lines } = makeHost()

  const read = showReading(host, () => {
    tick()
    return Promise.reject(new Error('no answer'))
  })

  await expect(read).rejects.toThrow('no answer')
  expect(lines.at(-1)).toBe('')
})
