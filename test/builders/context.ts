/** A context of operations for tests: what a test does not say is refused, or stands still. */
import type { Context } from '../../src/operations/context.ts'
import { gatherSecrets } from '../../src/operations/secrets/secrets.ts'
import { nodeAddress } from './live.ts'

/** Its clock stands at the epoch, and its waits take no time. */
export function testContext(over: Partial<Context> = {}): Context {
  const refuse = (): never => {
    throw new Error('the test did not expect this')
  }
  return {
    env: {},
    home: '/nowhere',
    who: 'test',
    pid: 1,
    hostname: 'test',
    machine: undefined,
    isAlive: () => false,
    now: () => new Date(0),
    randomHex: (bytes) => '00'.repeat(bytes),
    wait: () => Promise.resolve(),
    every: () => () => undefined,
    client: {
      ask: refuse,
      write: refuse,
      wait: refuse,
      lasting: new Set(),
      busyWaits: refuse,
      close: refuse,
    },
    address: nodeAddress(1),
    token: () => '',
    credentials: () => [],
    login: undefined,
    secrets: gatherSecrets({ token: '', env: {}, trust: 'trusted' }),
    commands: undefined,
    journal: undefined,
    observe: refuse,
    identify: refuse,
    markRun: () => undefined,
    warn: () => undefined,
    close: () => Promise.resolve(),
    ...over,
  }
}
