import { expect, it } from 'vitest'
import { mountPath, nodeAddress } from '../../test/builders/live.ts'
import { ROOT_NAMESPACE } from '../domain/names.ts'
import type { Client, WriteOutcome } from '../server/client.ts'
import { requestOf, type WriteRequest } from '../server/requests.ts'
import { gateWrites } from './write-gate.ts'

const node = nodeAddress(1)
const answered: WriteOutcome = { kind: 'answered', response: { status: 200, body: null } }

it('lets writes through, and knows which have no answer yet', async () => {
  const server = slowServer()
  const gate = gateWrites(server.client)
  expect(gate.isUnderWay()).toBe(false)

  const both = [gate.client.write(node, reload('a/')), gate.client.write(node, reload('b/'))]
  server.answer()
  expect(await both[0]).toEqual(answered)
  expect(gate.isUnderWay()).toBe(true)
  server.answer()
  expect(await both[1]).toEqual(answered)

  expect(gate.isUnderWay()).toBe(false)
  expect(server.sent).toEqual([reload('a/'), reload('b/')])
})

it('settles when what is under way has its answer, shut or not', async () => {
  const server = slowServer()
  const gate = gateWrites(server.client)
  const write = gate.client.write(node, reload('a/'))
  gate.shut()

  const settled = gate.settled().then(() => 'settled')
  expect(await Promise.race([settled, everythingDue()])).toBeUndefined()
  server.answer()

  expect(await settled).toBe('settled')
  expect(await write).toEqual(answered)
})

it('settles where a write fails, which its sender hears of', async () => {
  const server = slowServer()
  const gate = gateWrites(server.client)
  const write = gate.client.write(node, reload('a/'))
  const failed = expect(write).rejects.toThrow('a bug')

  server.fail(new Error('a bug'))
  await gate.settled()

  await failed
  expect(gate.isUnderWay()).toBe(false)
})

it('settles at once where nothing is under way', async () => {
  await expect(gateWrites(slowServer().client).settled()).resolves.toBeUndefined()
})

it('never sends a write once it is shut, and never answers it', async () => {
  const server = slowServer()
  const gate = gateWrites(server.client)
  gate.shut()

  const write = gate.client.write(node, reload('a/'))

  expect(await Promise.race([write, everythingDue()])).toBeUndefined()
  expect(server.sent).toEqual([])
  expect(gate.isUnderWay()).toBe(false)
})

it('leaves reads as they are', () => {
  const { client } = slowServer()
  const gate = gateWrites(client)
  gate.shut()

  expect(gate.client.ask).toBe(client.ask)
})

function reload(mount: string): WriteRequest {
  const mounts = [mountPath(mount)]
  return requestOf({ kind: 'reload', node, namespace: ROOT_NAMESPACE, mounts })
}

/** All that can happen without anything more from outside. */
function everythingDue(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Answers the oldest write that has no answer, when it is called. */
function slowServer() {
  const sent: WriteRequest[] = []
  const waiting: Waiting[] = []
  const client = {
    ask: () => Promise.reject(new Error('nobody asks')),
    write: (_, request) => {
      sent.push(request)
      return new Promise<WriteOutcome>((resolve, reject) => waiting.push({ resolve, reject }))
    },
  } as Pick<Client, 'ask' | 'write'> as Client
  return {
    client,
    sent,
    answer: () => waiting.shift()?.resolve(answered),
    fail: (error: Error) => waiting.shift()?.reject(error),
  }
}

interface Waiting {
  readonly resolve: (outcome: WriteOutcome) => void
  readonly reject: (error: Error) => void
}
