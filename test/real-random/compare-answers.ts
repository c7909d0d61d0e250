/** Holds a real node's answer against the twin's: the status, and what is said of errors. */
import type { ServerResponse } from '../../src/domain/exchange.ts'

/** One line for each difference. */
export function compareAnswers(real: ServerResponse, twin: ServerResponse): readonly string[] {
  const [theirs, ours] = [describe(real), describe(twin)]
  return theirs === ours ? [] : [`real ${theirs}, twin ${ours}`]
}

function describe({ status, body }: ServerResponse): string {
  const { errors, warnings } = (body ?? {}) as Readonly<Record<string, unknown>>
  return JSON.stringify({ status, errors: errors ?? null, warnings: warnings ?? null })
}
