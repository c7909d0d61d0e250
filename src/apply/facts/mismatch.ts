/**
 * Makes and describes mismatches: facts that do not hold. The state of a mismatch says whether
 * waiting may help.
 */
import type { Fact, SeenEntry } from '../../documents/plan.generated.ts'
import type { Mismatch } from '../../documents/run-outcome.ts'
import { EXIT, type LockstepError, unreachable } from '../../domain/errors.ts'
import { binaryName, versionLabel } from '../../domain/names.ts'

type MismatchDetails = Pick<Mismatch, 'field' | 'expected' | 'found'>

/** One node may not have received a change yet (`pending`); what the active node says is `final`. */
export function seenMismatch(fact: Fact, details: MismatchDetails): Mismatch {
  return { ...mismatchOf(fact, details), state: isOneNodesOwn(fact) ? 'pending' : 'final' }
}

/** Waiting does not help, whichever node was asked. */
export function finalMismatch(fact: Fact, details: MismatchDetails): Mismatch {
  return { ...mismatchOf(fact, details), state: 'final' }
}

/** Another node accepted the change already, so this node shows it in a moment. */
export function pendingMismatch(fact: Fact, details: MismatchDetails): Mismatch {
  return { ...mismatchOf(fact, details), state: 'pending' }
}

export function unseenMismatch(
  fact: Fact,
  details: MismatchDetails,
  { denied }: { denied: boolean },
): Mismatch {
  return { ...mismatchOf(fact, details), state: denied ? 'denied' : 'unseen' }
}

/** For a request that was not answered, or was refused. */
export function unansweredMismatch(fact: Fact, error: LockstepError): Mismatch {
  // The subject names the node already.
  const found = 'node' in fact ? error.message.replace(`${fact.node}: `, '') : error.message
  const details: MismatchDetails = { field: 'answer', expected: 'an answer', found }
  return unseenMismatch(fact, details, { denied: error.exitCode === EXIT.notAllowed })
}

function mismatchOf(fact: Fact, details: MismatchDetails): Omit<Mismatch, 'state'> {
  const subject = subjectOf(fact)
  return { fact, ...('node' in fact && { node: fact.node }), subject, ...details }
}

export function isOneNodesOwn(fact: Fact): boolean {
  return 'node' in fact
}

/** True if the node could not be read, so that the fact may hold or not. */
export function isUnseen({ state }: Pick<Mismatch, 'state'>): boolean {
  return state === 'unseen' || state === 'denied'
}

function subjectOf(fact: Fact): string {
  return 'node' in fact ? `${thingOf(fact)} on ${fact.node}` : thingOf(fact)
}

/** Returns what a fact is about, without the node. */
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

/** Returns what a fact is about, with the node: two different facts with one key cannot both hold. */
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

/** One line: the subject and what is wrong with it. */
export function describeMismatch(mismatch: Mismatch): string {
  return `${mismatch.subject}: ${whatIsWrong(mismatch)}`
}

/** Words to put after the names of `things` things. */
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
