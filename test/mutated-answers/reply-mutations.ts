/** The same mutations on what an HTTP server sends, and those that only bytes can have. */
import type { Reply } from '../faults/fault-proxy.ts'
import { mutationsOf } from './mutations.ts'

export interface ReplyMutation {
  readonly name: string
  readonly apply: (reply: Reply) => Reply
}

/** Mutations of one reply; the fields of its JSON are mutated to `depth`. */
export function replyMutationsOf(reply: Reply, depth: number): readonly ReplyMutation[] {
  return [
    ...BYTES,
    ...mutationsOf({ status: reply.status, body: jsonOf(reply) }, depth).map(({ name, apply }) => ({
      name,
      apply: (given: Reply): Reply => {
        const { status, body } = apply({ status: given.status, body: jsonOf(given) })
        return { ...given, status, body: Buffer.from(JSON.stringify(body)) }
      },
    })),
  ]
}

const PAGE = Buffer.from('<!doctype html><html><body>Sign in to continue</body></html>')

const BYTES: readonly ReplyMutation[] = [
  { name: 'an empty body', apply: (reply) => ({ ...reply, body: Buffer.alloc(0) }) },
  ...[200, 404, 500, 502].map((status) => ({
    name: `status ${status} with a page`,
    apply: (): Reply => ({ status, headers: { 'content-type': 'text/html' }, body: PAGE }),
  })),
  ...[0.5, 0.95].map((part) => ({
    name: `JSON that ends after ${part} of it`,
    apply: (reply: Reply): Reply => ({
      ...reply,
      body: reply.body.subarray(0, Math.floor(reply.body.length * part)),
    }),
  })),
  {
    name: 'bytes that are no UTF-8',
    apply: (reply) => ({ ...reply, body: Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3]) }),
  },
  {
    name: 'the JSON twice',
    apply: (reply) => ({ ...reply, body: Buffer.concat([reply.body, reply.body]) }),
  },
  {
    name: 'a string of a million characters',
    apply: (reply) => ({ ...reply, body: Buffer.from(JSON.stringify('x'.repeat(1_000_000))) }),
  },
  {
    name: 'an error of a million characters',
    apply: (reply) => ({
      ...reply,
      status: 400,
      body: Buffer.from(JSON.stringify({ errors: ['\u001b[2J' + 'x'.repeat(1_000_000)] })),
    }),
  },
  {
    name: 'lists in lists, 5000 deep',
    apply: (reply) => ({ ...reply, body: Buffer.from('['.repeat(5000) + ']'.repeat(5000)) }),
  },
  {
    name: 'a redirect to nowhere',
    apply: (reply) => ({
      ...reply,
      status: 307,
      headers: { ...reply.headers, location: 'http://127.0.0.1:1/v1/sys/mounts' },
    }),
  },
]

/** `null` for what is not JSON, as an empty body. */
function jsonOf({ body }: Reply): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return null
  }
}
