/**
 * Writes the journal of a run to the KV store. What must be known before a request is sent is in the
 * store before it: an intent waits until its write is answered. What only tells how a step ended goes
 * with the next intent. Each write is a check-and-set, so no program writes over another's.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import { LockstepError, unreachable } from '../domain/errors.ts'
import type { JsonObject, ServerResponse } from '../domain/exchange.ts'
import type { NodeAddress } from '../domain/names.ts'
import { secret } from '../server/answers/secret.ts'
import { decode } from '../server/answers/shape.ts'
import type { Client } from '../server/client.ts'
import {
  asksToRetry,
  describeAnswer,
  describeNoAnswer,
  isDenied,
  wordsToJudge,
} from '../server/faults.ts'
import { isNoMount, notMounted, notVersioned, requireKvStore } from '../server/kv-store.ts'
import { keepOneVersion, readSecret, writeSecret, type WriteRequest } from '../server/requests.ts'
import { notAllowed, unwritable } from './journal-errors.ts'
import { cutToFit, isFull, segmentContent, segmentName, textOfSegment } from './segments.ts'

export interface SharedJournal {
  /**
   * Resolves when an event that must be known is in the store. Throws a LockstepError if it cannot
   * be written; the next call tries again, once.
   */
  readonly write: (event: JournalEvent) => Promise<void>
}

export interface SharedJournalOptions {
  readonly client: Client
  /** Finds the active node, and waits for it. Called again after a write that failed. */
  readonly node: () => Promise<NodeAddress>
  /** `<mount>/<path>`. */
  readonly kv: string
  readonly run: string
}

/** Milliseconds between the tries of a write. */
const PAUSES = [200, 400, 800, 1600] as const

/** The segment that is written now. */
interface Segment {
  readonly number: number
  /** The version of its secret; 0 before the first write. */
  readonly version: number
  /** What is in the store. */
  readonly text: string
}

type Sent =
  | { readonly kind: 'done' }
  /** Another program wrote, or an earlier try of this one. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed'; readonly reason: string; readonly mayPass: boolean }

/**
 * Writes nothing yet. Throws a LockstepError if the path is not in a KV store of version 2: the run
 * must not begin.
 */
export async function openSharedJournal(options: SharedJournalOptions): Promise<SharedJournal> {
  const { client, kv } = options
  await requireKvStore(client, { setting: 'journal', node: await options.node(), kv })
  return createWriter(options)
}

function createWriter({ client, node, kv, run }: SharedJournalOptions): SharedJournal {
  /** Not yet in the store. */
  let pending = ''
  let segment: Segment = { number: 1, version: 0, text: '' }
  let hasBegun = false
  let hasFailed = false
  let active: NodeAddress | undefined
  const consequence = (): string =>
    hasBegun ? 'Nothing more is done without it.' : 'Nothing was begun.'

  const send = async (request: WriteRequest): Promise<Sent> => {
    active ??= await node()
    const outcome = await client.write(active, request)
    if (outcome.kind === 'lost') {
      active = undefined
      return { kind: 'failed', reason: describeNoAnswer(outcome.error), mayPass: true }
    }
    const { response } = outcome
    if (response.status === 200 || response.status === 204) {
      // A store without versions answers 204 to the write of a secret.
      if (response.status === 204 && 'options' in (request.body ?? {}))
        throw notVersioned('journal', kv)
      return { kind: 'done' }
    }
    if (response.status === 400 && wordsToJudge(response).includes('check-and-set')) {
      return { kind: 'conflict' }
    }
    if (isNoMount(response)) throw notMounted('journal', kv)
    if (isDenied(response)) {
      throw notAllowed(kv, 'written', { answer: response, consequence: consequence() })
    }
    active = undefined
    return { kind: 'failed', reason: describeAnswer(response), mayPass: mayPass(response) }
  }

  /** Sends until it is done, a bounded number of times. */
  const persist = async (request: WriteRequest): Promise<'done' | 'conflict'> => {
    // After a failure the run only rolls back, which must not wait for the journal each time.
    const pauses = (hasFailed ? [] : PAUSES).values()
    for (;;) {
      const sent = await send(request)
      if (sent.kind !== 'failed') return sent.kind
      const pause = sent.mayPass ? pauses.next().value : undefined
      if (pause === undefined) throw unwritable(kv, sent.reason, consequence())
      await client.wait(pause)
    }
  }

  /** Takes over what an earlier try has written although its answer was lost. */
  const adopt = async (path: string): Promise<void> => {
    active ??= await node()
    const answer = await client.ask(active, readSecret(path))
    const found = decode(secret, answer.body)
    const isRead = answer.status === 200 && found.kind === 'documented'
    const text = isRead
      ? textOfSegment(found.value.secret, { run, number: segment.number })
      : undefined
    const whole = segment.text + pending
    const isOurs =
      isRead &&
      text !== undefined &&
      found.value.version === segment.version + 1 &&
      text.length > segment.text.length &&
      whole.startsWith(text)
    if (!isOurs) {
      const reason = `another program wrote the secret ${path}`
      throw unwritable(kv, reason, consequence())
    }
    pending = whole.slice(text.length)
    segment = { ...segment, version: segment.version + 1, text }
  }

  const writeSegment = async (): Promise<void> => {
    if (isFull(segment.text)) segment = { number: segment.number + 1, version: 0, text: '' }
    const { number, version, text } = segment
    const name = segmentName({ run, number })
    if (name === undefined) throw unwritable(kv, 'the run has too many lines', consequence())
    const path = `${kv}/${name}`
    if (version === 0) await persist(keepOneVersion(path))
    const [part] = cutToFit(text, pending)
    const content: JsonObject = segmentContent({ run, number }, text + part)
    if ((await persist(writeSecret(path, version, content))) === 'conflict') return adopt(path)
    pending = pending.slice(part.length)
    segment = { number, version: version + 1, text: text + part }
  }

  const flush = async (): Promise<void> => {
    try {
      while (pending !== '') await writeSegment()
      hasFailed = false
      hasBegun = true
    } catch (error) {
      hasFailed = true
      if (error instanceof LockstepError && error.code !== 'no-active-node') throw error
      throw unwritable(kv, describeNoAnswer(error), consequence())
    }
  }

  let underWay: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  return {
    write: (event) => {
      pending += `${JSON.stringify(event)}\n`
      if (!mustBeKnown(event)) return Promise.resolve()
      // The write that is under way does not have this line. The next one has it, with the lines of
      // all other steps that wait.
      next ??= underWay
        .catch(() => undefined)
        .then(() => {
          next = undefined
          underWay = flush()
          return underWay
        })
      return next
    },
  }
}

/**
 * True of the events after which a request is sent, and of the end of the run. Without the others a
 * step counts as not checked, which repeats its checks.
 */
function mustBeKnown({ event }: JournalEvent): boolean {
  switch (event) {
    case 'run_started':
    case 'step_started':
    case 'undo_started':
    case 'run_ended':
      return true
    case 'step_done':
    case 'step_failed':
    case 'undo_done':
    case 'undo_failed':
    case 'run_waiting':
      return false
    default:
      return unreachable(event)
  }
}

/**
 * True if the store may answer soon: the leader changes, the server is busy, the process of the KV
 * plugin was replaced, or a new leader has not yet opened the store.
 */
function mayPass(response: ServerResponse): boolean {
  if (asksToRetry(response) || response.status >= 500) return true
  return /[Uu]pgrading from non-versioned/.test(wordsToJudge(response))
}
