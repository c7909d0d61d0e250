/**
 * Reads the runs that any machine recorded in the KV store. Every line is validated as a line of a
 * journal file is. The file of desired state names the path, and others may have written that file:
 * only secrets with the name of a segment are read, and no error shows what a secret holds.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import { compareText, type NodeAddress } from '../domain/names.ts'
import { parseLines } from '../journal/read-journal.ts'
import { isUnversionedSecret, secret, secretNames } from '../server/answers/secret.ts'
import { decodeOrThrow, isDenied, refusalError } from '../server/faults.ts'
import { notVersioned, requireKvStore } from '../server/kv-store.ts'
import type { Reader } from '../server/reader.ts'
import { listSecrets, readSecret } from '../server/requests.ts'
import { brokenSegment, deletion, notAllowed } from './journal-errors.ts'
import { parseSegmentName, type SegmentName, segmentName, textOfSegment } from './segments.ts'

/** Characters. The journal of a run of 10,000 steps is smaller. */
const LARGEST = 64 * 1024 ** 2

export interface SharedJournalPlace {
  readonly reader: Pick<Reader, 'ask'>
  readonly node: NodeAddress
  /** `<mount>/<path>`. */
  readonly kv: string
}

export interface SharedRun {
  readonly run: string
  /** The numbers of its segments, in order. */
  readonly segments: readonly number[]
}

const NOTHING_BEGUN = 'Nothing was begun.'

/**
 * The runs in the store, the oldest first. Throws a LockstepError if the store cannot be read: exit
 * 8 without the right, exit 1 if the path is not in a KV store of version 2.
 */
export async function listSharedRuns(place: SharedJournalPlace): Promise<readonly SharedRun[]> {
  const { reader, node, kv } = place
  const request = listSecrets(kv)
  const answer = await reader.ask(node, request)
  if (answer.status === 404) {
    await requireKvStore(reader, { setting: 'journal', node, kv, answer })
    return []
  }
  if (isDenied(answer)) throw notAllowed(kv, 'read', { answer, consequence: NOTHING_BEGUN })
  if (answer.status !== 200) throw refusalError(node, request, answer)
  const byRun = new Map<string, number[]>()
  for (const name of decodeOrThrow(secretNames, { node, request }, answer)) {
    const segment = parseSegmentName(name)
    if (segment === undefined) continue
    byRun.set(segment.run, [...(byRun.get(segment.run) ?? []), segment.number])
  }
  return [...byRun]
    .map(([run, segments]) => ({ run, segments: segments.sort((a, b) => a - b) }))
    .sort((a, b) => compareText(a.run, b.run))
}

/**
 * The events of a run; empty if its secrets were deleted. Throws a LockstepError if a segment is
 * missing, is not a journal, or does not fit the schema.
 */
export async function readSharedRun(
  { run, segments }: SharedRun,
  place: SharedJournalPlace,
): Promise<JournalEvent[]> {
  const texts = await Promise.all(segments.map((number) => readSegment({ run, number }, place)))
  // The program may have died after it made a segment's secret and before it wrote the first text.
  const written = texts.slice(0, texts.findLastIndex((text) => text !== undefined) + 1)
  const missing = written.findIndex(
    (text, index) => text === undefined || segments[index] !== index + 1,
  )
  if (missing >= 0) {
    const secret = `${place.kv}/${segmentName({ run, number: missing + 1 }) ?? run}`
    throw brokenSegment(secret, 'is missing, and a later part of the same journal is there')
  }
  const text = written.join('')
  const first = `${place.kv}/${run}.0001`
  if (text.length > LARGEST) {
    throw brokenSegment(first, `begins a journal of more than ${LARGEST / 1024 ** 2} Mi characters`)
  }
  const lines = parseLines(text, {
    at: (line) => `${place.kv}/${run}, line ${line} (in the shared journal)`,
    fix: `delete its secrets: ${deletion(first)}`,
  })
  return lines.map((line) => {
    const event = line.event()
    if (event.run !== run) throw brokenSegment(first, 'holds the journal of another run')
    return event
  })
}

/** Undefined if nothing was written, or if what was written is deleted. */
async function readSegment(
  name: SegmentName,
  { reader, node, kv }: SharedJournalPlace,
): Promise<string | undefined> {
  const path = `${kv}/${segmentName(name) ?? name.run}`
  const request = readSecret(path)
  const answer = await reader.ask(node, request)
  if (answer.status === 404) return undefined
  if (isDenied(answer)) throw notAllowed(kv, 'read', { answer, consequence: NOTHING_BEGUN })
  if (answer.status !== 200) throw refusalError(node, request, answer)
  if (isUnversionedSecret(answer.body)) throw notVersioned('journal', kv)
  const found = decodeOrThrow(secret, { node, request }, answer)
  const text = textOfSegment(found.secret, name)
  if (text === undefined) throw brokenSegment(path, 'is not a part of a journal of this program')
  return text
}
