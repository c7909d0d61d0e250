/**
 * A fact that does not hold, put together and put into words. Whether a wait may mend it is said
 * where it is found, by its state; nothing is read out of its words.
 */
import type { Fact, SeenEntry } from '../../documents/plan.generated.ts'
import type { Mismatch } from '../../documents/run-outcome.ts'
import { EXIT, type LockstepError, unreachable } from '../../domain/errors.ts'
import { binaryName, versionLabel } from '../../domain/names.ts'

type MismatchDetails = Pick<Mismatch, 'field' | 'expected' | 'found'>

/** What one node says of itself may be what it has not heard of yet; the cluster's word is final. */
export function seen(fact: Fact, told: MismatchDetails): Mismatch {
  return { ...of(fact, told), state: isOneNodesOwn(fact) ? 'pending' : 'final' }
}

/** No wait mends it, on whichever node it was seen. */
export function final(fact: Fact, told: MismatchDetails): Mismatch {
  return { ...of(fact, told), state: 'final' }
}

/** Another node has been told what ends it: this one hears of it in a moment. */
export function pending(fact: Fact, told: MismatchDetails): Mismatch {
  return { ...of(fact, told), state: 'pending' }
}

export function unseen(
  fact: Fact,
  told: MismatchDetails,
  { denied }: { denied: boolean },
): Mismatch {
  return { ...of(fact, told), state: denied ? 'denied' : 'unseen' }
}

/** Of a request that got no answer, or was refused. */
export function unanswered(fact: Fact, error: LockstepError): Mismatch {
  // The subject names the node already.
  const found = 'node' in fact ? error.message.replace(`${fact.node}: `, '') : error.message
  const told: MismatchDetails = { field: 'answer', expected: 'an answer', found }
  return unseen(fact, told, { denied: error.exitCode === EXIT.notAllowed })
}

function of(fact: Fact, told: MismatchDetails): Omit<Mismatch, 'state'> {
  const subject = subjectOf(fact)
  return { fact, ...('node' in fact && { node: fact.node }), subject, ...told }
}

export function isOneNodesOwn(fact: Fact): boolean {
  return 'node' in fact
}

/** True where nothing was seen, one way or the other. */
export function isUnseen({ state }: Pick<Mismatch, 'state'>): boolean {
  return state === 'unseen' || state === 'denied'
}

function subjectOf(fact: Fact): string {
  return 'node' in fact ? `${thingOf(fact)} on ${fact.node}` : thingOf(fact)
}

/** What a fact is about, on whatever node. */
export function thingOf(fact: Fact): string {
  switch (fact.fact) {
    case 'entry':
    case 'unused':
      return `${fact.plugin} ${versionLabel(fact.version)}`
    case 'connection':
      return fact.connection
    case 'mount':
    case 'no_mount':
    case 'running':
      return fact.mount
    case 'no_namespaces':
      return 'the cluster'
    default:
      return unreachable(fact)
  }
}

/** What a fact is of, and where: two facts of one key cannot both hold. */
export function keyOf(fact: Fact): string {
  const node = 'node' in fact ? fact.node : ''
  return `${fact.fact} ${whatOf(fact)} ${node}`
}

function whatOf(fact: Fact): string {
  if ('mount' in fact) return fact.mount
  if ('connection' in fact) return fact.connection
  return 'plugin' in fact ? `${fact.plugin} ${fact.version}` : ''
}

export function entryName(entry: SeenEntry | null): string {
  return entry === null ? 'not registered' : `registered (${binaryName(entry.sha256)})`
}

export function versionName(version: string): string {
  return version === '' ? 'none' : version
}

/** One line: what it is about and what is wrong with it. */
export function describeMismatch(mismatch: Mismatch): string {
  return `${mismatch.subject}: ${whatIsWrong(mismatch)}`
}

/** After the names of so many things. */
export function whatIsWrong(
  { field, expected, found }: Pick<Mismatch, 'field' | 'expected' | 'found'>,
  things = 1,
): string {
  switch (field) {
    case 'answer':
    case 'entry':
      return found
    case 'readable':
      return `the node cannot read it (${found})`
    case 'answers':
      return `${things === 1 ? 'does' : 'do'} not answer (${found})`
    case 'mount':
    case 'connection':
      return `${things === 1 ? 'is' : 'are'} ${found}`
    case 'namespaces':
      return `has namespaces (${found}), beside which a builtin’s version would cost it its leader`
    case 'used by':
    case 'run by':
      return `still in use: ${found}`
    case 'sha256':
    case 'command':
    case 'args':
    case 'plugin':
    case 'accessor':
    case 'plugin_version':
    case 'running_plugin_version':
    case 'running_sha256':
      return `${field} is ${found}, not ${expected}`
    default:
      return unreachable(field)
  }
}
