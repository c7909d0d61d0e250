import { expect, test } from 'vitest'
import { showReading } from './show-reading.ts'

/** A terminal's last line, as it was at each change, and a clock that ticks when told. */
function makeHost() {
  const lines: string[] = []
  const due = new Set<() => void>()
  return {
    lines,
    tick: () => due.forEach((callback) => callback()),
    host: {
      showLine: (text: string) => void lines.push(text),
      every: (_: number, callback: () => void) => {
        due.add(callback)
        return () => due.delete(callback)
      },
    },
  }
}

test('a reading that takes long shows how far it is, and leaves nothing behind', async () => {
  const { host, tick, lines } = makeHost()

  const result = await showReading(host, (tell) => {
    tick()
    tell({ nodes: 3, mounts: { done: 1, of: 6 } })
    expect(lines).toHaveLength(1)
    tell({ nodes: 3, mounts: { done: 2, of: 6 } })
    tick()
    return Promise.resolve('read')
  })

  expect(result).toBe('read')
  tick()
  expect(lines).toEqual(['Reading the cluster …', 'Checking mounts on 3 nodes: 2 of 6 …', ''])
})

test('the line goes also where the reading fails', async () => {
  const { host, tick, lines } = makeHost()

  const read = showReading(host, () => {
    tick()
    return Promise.reject(new Error('no answer'))
  })

  await expect(read).rejects.toThrow('no answer')
  expect(lines.at(-1)).toBe('')
})
