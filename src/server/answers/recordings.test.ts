/** The decoders read every answer of the recordings of real servers. */
import { describe, expect, test } from 'vitest'
import { readRecording } from '../../../test/twin/recording.ts'
import * as cluster from './cluster.ts'
import * as plugins from './plugins.ts'
import { decode, type Decoder } from './shape.ts'

const DECODERS: readonly (readonly [RegExp, Decoder<unknown>])[] = [
  [/^sys\/health\?/, cluster.health],
  [/^sys\/health\?/, cluster.serverTime],
  [/^sys\/leader$/, cluster.haEnabled],
  [/^sys\/seal-status$/, cluster.storageType],
  [/^sys\/ha-status$/, cluster.haStatus],
  [/^sys\/namespaces\?/, cluster.namespaces],
  [/^sys\/mounts$/, plugins.secretMounts],
  [/^sys\/auth$/, plugins.authMounts],
  [/^sys\/plugins\/catalog$/, plugins.catalog],
  [/^sys\/plugins\/catalog\/./, plugins.catalogEntry],
  [/^sys\/plugins\/pins$/, plugins.pins],
  [/\/\?help=1$/, plugins.mountHelp],
  [/^db\/config\?/, plugins.keys],
  [/^db\/config\/./, plugins.connection],
]

describe.each([
  // Vault Community has no namespaces, OpenBao no pins.
  ['openbao', DECODERS.length - 1],
  ['vault', DECODERS.length - 1],
] as const)('the answers of %s', (product, used) => {
  const reads = readRecording(product).filter(
    ({ request, recorded }) => request.method === 'GET' && recorded.status === 200,
  )
  const decoded = reads.flatMap(({ line, request, recorded }) =>
    DECODERS.filter(([path]) => path.test(request.path)).map(([path, decoder]) => ({
      line,
      asked: request.path,
      path,
      result: decode(decoder, recorded.body),
    })),
  )

  test('all have their documented shape', () => {
    const odd = decoded.flatMap(({ line, asked, result }) =>
      result.kind === 'odd' ? `line ${line}: ${asked}: ${result.problem}` : [],
    )

    expect(odd).toEqual([])
  })

  test('use every decoder that this product can', () => {
    const tried = DECODERS.filter(([pattern]) => decoded.some(({ path }) => path === pattern))

    expect(tried).toHaveLength(used)
  })
})
