/** A test file's side of the pool of clusters: it asks which server there is, and holds a lease. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { inject } from 'vitest'
import type { Lease, ServerAnswer } from './cluster-pool.ts'

declare module 'vitest' {
  interface ProvidedContext {
    clusterPool: string
  }
}

interface Held {
  readonly lease: Lease
  readonly connection: ClientRequest
}

let held: Held | undefined

/** The cluster of this file, where it has one. */
export function heldLease(): Lease | undefined {
  return held?.lease
}

/** @throws {Error} where the servers can be had and cannot be prepared. */
export async function findServer(): Promise<ServerAnswer> {
  const { response } = await ask('GET', '/server')
  return JSON.parse(await readAll(response)) as ServerAnswer
}

/** Has a cluster from the pool, which starts one where none is free; kept until `endLease`. */
export async function takeLease(): Promise<void> {
  if (held !== undefined) return
  const { response, connection } = await ask('POST', '/lease')
  const line = await new Promise<string>((resolve, reject) => {
    let text = ''
    response.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.endsWith('\n')) resolve(text)
    })
    response.on('error', reject)
  })
  response.on('error', () => undefined) // Its end, by `endLease`.
  held = { lease: JSON.parse(line) as Lease, connection }
}

export function endLease(): void {
  held?.connection.destroy()
  held = undefined
}

async function ask(
  method: string,
  path: string,
): Promise<{ readonly response: IncomingMessage; readonly connection: ClientRequest }> {
  // No agent: it would keep the connection of an answer that was read.
  const connection = request(new URL(path, inject('clusterPool')), { method, agent: false })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    connection.on('response', resolve)
    connection.on('error', reject)
    connection.end()
  })
  if (response.statusCode === 200) return { response, connection }
  throw new Error(`the pool of clusters: ${await readAll(response)}`)
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}
