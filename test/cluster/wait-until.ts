/**
 * Polling, for what servers and other processes do in their own time.
 * What is awaited says why it is not there yet, so that a timeout explains itself.
 */
import { setTimeout as sleep } from 'node:timers/promises'

export interface WaitOptions {
  /** Milliseconds until giving up; 5 minutes if not said, since a machine may be busy. */
  readonly timeout?: number
  /** Milliseconds between two looks. */
  readonly interval?: number
}

/**
 * Calls `whyNot` until it returns `undefined`. A look that throws counts as "not yet" with that
 * message: a server that is starting refuses connections.
 */
export async function waitUntil(
  what: string,
  whyNot: () => Promise<string | undefined> | string | undefined,
  { timeout = 300_000, interval = 50 }: WaitOptions = {},
): Promise<void> {
  const deadline = Date.now() + timeout
  for (;;) {
    let reason: string | undefined
    let cause: unknown
    try {
      reason = await whyNot()
    } catch (error) {
      cause = error
      reason = error instanceof Error ? error.message : String(error)
    }
    if (reason === undefined) return
    if (Date.now() >= deadline) {
      throw new Error(`waited ${String(timeout)} ms until ${what}, in vain: ${reason}`, { cause })
    }
    await sleep(interval)
  }
}
