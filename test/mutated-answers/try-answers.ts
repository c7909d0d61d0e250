/**
 * A cluster that has drifted, read with one answer changed: the result is drift, "not known" or a
 * clear error, and never that all is well.
 */
import type { NodeAddress } from '../../src/domain/names.ts'
import { LockstepError } from '../../src/domain/errors.ts'
import type { ServerResponse } from '../../src/domain/exchange.ts'
import type { LiveState } from '../../src/domain/live.ts'
import { observe } from '../../src/live/observe.ts'
import { createReader } from '../../src/server/reader.ts'
import type { Twin } from '../../src/twin/cluster/twin.ts'
import { nodeAddress } from '../builders/live.ts'
import { type Mutation, mutationsOf } from './mutations.ts'

export interface Counts {
  readonly tried: number
  readonly clean: number
  readonly wrong: readonly string[]
  readonly crashed: readonly string[]
}

export interface Trial {
  readonly makeTwin: () => Twin
  /** How deep the fields of each answer are changed. */
  readonly depth: number
  /** True where the state that was read is said to be as the file says, or to be smaller. */
  readonly isFalse: (live: LiveState) => boolean
}

/** Every answer of one reading, each changed in every way; the n-th of `every` alone. */
export async function tryAnswers({ makeTwin, depth, isFalse }: Trial, every = 1): Promise<Counts> {
  const answers: { key: string; answer: ServerResponse }[] = []
  await read(makeTwin(), (key, answer) => {
    if (!answers.some((one) => one.key === key)) answers.push({ key, answer })
    return answer
  })
  const counts = { tried: 0, clean: 0, wrong: [] as string[], crashed: [] as string[] }
  const all = answers.flatMap(({ key, answer }) =>
    mutationsOf(answer, depth).map((mutation) => ({ key, mutation })),
  )
  for (const { key, mutation } of all.filter((_, at) => at % every === 0)) {
    counts.tried += 1
    const told = `${key}: ${mutation.name}`
    const result = await resultOf(makeTwin(), key, mutation)
    if (result instanceof LockstepError) counts.clean += 1
    else if (result instanceof Error) counts.crashed.push(`${told}: ${String(result.stack)}`)
    else if (isFalse(result)) counts.wrong.push(told)
    else counts.clean += 1
  }
  return counts
}

async function resultOf(twin: Twin, key: string, mutation: Mutation): Promise<LiveState | Error> {
  try {
    return await read(twin, (asked, answer) => (asked === key ? mutation.apply(answer) : answer))
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function read(
  twin: Twin,
  answered: (key: string, answer: ServerResponse) => ServerResponse,
): Promise<LiveState> {
  const send = (node: NodeAddress, request: Parameters<Twin['send']>[1]) => {
    const key = `${node} ${request.namespace}${request.path}`
    return Promise.resolve(answered(key, twin.send(node, request)))
  }
  const reader = createReader({ transport: { send }, wait: () => Promise.resolve() })
  return observe(reader, { address: nodeAddress(1) })
}
