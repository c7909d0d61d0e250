import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LayeredMap } from './layered-map.ts'

const index = fc.nat({ max: 5 })
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), map: index, key: index, value: fc.nat() }),
  fc.record({ kind: fc.constant('delete' as const), map: index, key: index }),
  fc.record({ kind: fc.constant('copy' as const), map: index }),
)

test('behaves as a map and its copies, whatever is done to any of them', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const layered = [new LayeredMap<number, number>()]
      const plain = [new Map<number, number>()]
      for (const each of steps) {
        const at = each.map % layered.length
        switch (each.kind) {
          case 'set':
            layered[at]!.set(each.key, each.value)
            plain[at]!.set(each.key, each.value)
            break
          case 'delete':
            layered[at]!.delete(each.key)
            plain[at]!.delete(each.key)
            break
          case 'copy':
            layered.push(layered[at]!.copy())
            plain.push(new Map(plain[at]))
            break
        }
      }
      expect(layered.map((map) => new Map(map.entries()))).toEqual(plain)
      const keys = [0, 1, 2, 3, 4, 5]
      expect(layered.map((map) => keys.map((key) => map.get(key)))).toEqual(
        plain.map((map) => keys.map((key) => map.get(key))),
      )
    }),
  )
})
