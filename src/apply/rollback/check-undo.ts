/**
 * Which steps and mounts were rolled back and which were not, once everything was tried, with the
 * requests that would roll back the rest. Pure.
 */
import type { Action, Fact, RunningFact, Step } from '../../documents/plan.generated.ts'
import type { Cause, Failure, Mismatch, MountNotRolledBack } from '../../documents/run-outcome.ts'
import { BUILTIN, type NodeAddress, UNVERSIONED } from '../../domain/names.ts'
import type { Carried } from '../send-action.ts'
import {
  failureOf,
  type FileNames,
  fileNames,
  onceEach,
  withoutRoute,
  wordsOf,
} from '../failure.ts'
import { describeMismatch, keyOf, whatIsWrong } from '../facts/mismatch.ts'
import { describeSilent, type Silent } from '../facts/silent-mounts.ts'
import { effectOf, foundBy, planUndo, type UndoPlan } from './plan-undo.ts'

export type RollbackResult = CompleteRollback | IncompleteRollback

/** `rolledBack` is empty where the refused request had changed nothing. */
interface CompleteRollback {
  readonly kind: 'rolled_back'
  readonly rolledBack: readonly Step[]
}

export interface IncompleteRollback {
  readonly kind: 'not_rolled_back'
  readonly rolledBack: readonly Step[]
  readonly notRolledBack: readonly Step[]
  readonly problems: Failure
  readonly mountsNotRolledBack: readonly MountNotRolledBack[]
  /** What would roll back the rest, in order. */
  readonly byHand: readonly Action[]
}

/** Of the steps of one group. */
export interface Begun {
  /** Those whose request went out, the failed one last if its did. */
  readonly touched: readonly Step[]
  /**
   * The reloads of the failed step's node that were not sent. What their mounts run there may have
   * ended all the same: with the process that they share with a mount that was reloaded.
   */
  readonly unsent: readonly Step[]
}

/** An action that the server did not take, or of which no answer came. */
export interface NotTaken {
  readonly action: Action
  readonly carried: Exclude<Carried, { kind: 'accepted' }>
}

export interface RollbackFindings {
  readonly notTaken: readonly NotTaken[]
  /** Of what was to be restored. */
  readonly broken: readonly Mismatch[]
  /** Mounts of refused reloads. */
  readonly silent: readonly Silent[]
  /** Of what steps without an undo found. */
  readonly lasting: readonly Mismatch[]
}

/** `touched`: the steps of one group, whose undo `plan` is. */
export function judgeRollback(
  touched: readonly Step[],
  plan: UndoPlan,
  found: RollbackFindings,
): RollbackResult {
  const { actions, restores, lost } = plan
  const down = restores.flatMap((fact) => (fact.fact === 'running' ? downBy(fact, found) : []))
  const broken = [...found.broken, ...found.lasting].map(({ fact }) => fact)
  const open = new Set([...broken, ...down.map(({ fact }) => fact)].map(keyOf))
  const isOpen = (facts: readonly Fact[]): boolean => facts.some((fact) => open.has(keyOf(fact)))
  const isNotRolledBack = (step: Step): boolean =>
    isOpen(step.restores) ||
    (step.undo.length === 0 && isOpen(foundBy(step))) ||
    mayBeLost(step, lost)
  const notRolledBack = touched.filter(isNotRolledBack)
  const rolledBack = touched.filter((step) => !notRolledBack.includes(step))
  if (notRolledBack.length === 0) return { kind: 'rolled_back', rolledBack }
  const files = fileNames(touched)
  return {
    kind: 'not_rolled_back',
    rolledBack,
    notRolledBack,
    problems: problemsOf(found, lost, down, files),
    mountsNotRolledBack: down.map((one) => toMountNotRolledBack(one, files)),
    byHand: actions.filter((action) => isOpen(effectOf(action, restores))),
  }
}

function mayBeLost({ action }: Step, lost: readonly string[]): boolean {
  return action.kind === 'reload' && action.mounts.some((mount) => lost.includes(mount))
}

/** `reloads`: the mounts of these may be down. */
export function rollbackUnseen(
  touched: readonly Step[],
  reloads: readonly Step[],
  why: string,
): IncompleteRollback {
  const { actions } = planUndo(touched)
  const files = fileNames(touched)
  return {
    kind: 'not_rolled_back',
    rolledBack: [],
    notRolledBack: touched,
    problems: { reason: why, causes: [wordsOf(why)] },
    mountsNotRolledBack: planUndo(reloads).restores.flatMap((fact) =>
      fact.fact === 'running'
        ? toMountNotRolledBack({ fact, node: fact.node, found: 'could not be checked' }, files)
        : [],
    ),
    byHand: actions,
  }
}

/**
 * With the mounts of reloads that were not sent and are down all the same: theirs was a process
 * that a reload of others ended, and it does not start anew. `silent`: what did not answer of them.
 */
export function addUnsentDown(
  judged: RollbackResult,
  { touched, unsent }: Begun,
  silent: readonly Silent[],
): RollbackResult {
  if (silent.length === 0) return judged
  const files = fileNames([...touched, ...unsent])
  const { actions, restores } = planUndo(unsent)
  const down = restores.flatMap((fact) =>
    fact.fact === 'running' ? silentlyDown(fact, silent) : [],
  )
  const sofar =
    judged.kind === 'rolled_back' ? { ...NOTHING_LEFT, rolledBack: judged.rolledBack } : judged
  const { problems, mountsNotRolledBack, byHand } = sofar
  const told = silent.filter(({ mount }) => !down.some(({ fact }) => fact.mount === mount))
  return {
    ...sofar,
    kind: 'not_rolled_back',
    problems: {
      reason: [problems.reason, ...silent.map(describeSilent)]
        .filter((one) => one !== '')
        .join('; '),
      causes: [...problems.causes, ...told.map((one) => wordsOf(describeSilent(one)))],
    },
    mountsNotRolledBack: [
      ...mountsNotRolledBack,
      ...down.map((one) => toMountNotRolledBack(one, files)),
    ],
    byHand: [
      ...byHand,
      ...actions.filter((action) =>
        effectOf(action, restores).some((fact) => down.some((one) => one.fact === fact)),
      ),
    ],
  }
}

const NOTHING_LEFT = {
  notRolledBack: [],
  problems: { reason: '', causes: [] },
  mountsNotRolledBack: [],
  byHand: [],
} as const

interface Down {
  readonly fact: RunningFact
  /** Where it was seen. */
  readonly node: NodeAddress
  /** In words. */
  readonly found: string
}

/** A mount that does not run what it ran; none where it does. */
function downBy(fact: RunningFact, { broken, silent }: RollbackFindings): Down[] {
  const mismatch = broken.find((one) => one.fact === fact)
  if (mismatch !== undefined) {
    const { field, found, node = fact.node } = mismatch
    return [{ fact, node, found: field === 'answers' ? noAnswer(found) : whatIsWrong(mismatch) }]
  }
  return silentlyDown(fact, silent)
}

function silentlyDown(fact: RunningFact, silent: readonly Silent[]): Down[] {
  return silent
    .filter(({ mount, reload }) => mount === fact.mount && reload.node === fact.node)
    .map(({ node, detail }) => ({ fact, node, found: noAnswer(detail) }))
}

function noAnswer(detail: string): string {
  return `no answer (${withoutRoute(detail)})`
}

function toMountNotRolledBack({ fact, node, found }: Down, files: FileNames): MountNotRolledBack {
  const { mount, sha256, version } = fact
  const file = sha256 === BUILTIN ? 'the builtin' : (files.get(sha256) ?? version ?? 'its plugin')
  return { mount, node, file, sha256, found }
}

/** What is said of each mount is not said again among the causes. */
function problemsOf(
  { notTaken, broken, silent, lasting }: RollbackFindings,
  lost: readonly string[],
  down: readonly Down[],
  files: FileNames,
): Failure {
  const others = broken.filter(({ fact }) => fact.fact !== 'running')
  const lastingly = [
    ...lasting.map(describeLasting),
    ...lost.map((mount) => `${mount}: no older version is known that could be rolled back to`),
  ]
  const due = down.map(({ fact, node }) => ({ ...fact, node }))
  const causes = notTaken.flatMap(({ carried }): readonly Cause[] =>
    carried.kind === 'refused'
      ? failureOf({ refused: carried }, due, files).causes
      : [wordsOf(carried.reason)],
  )
  return {
    reason: onceEach([
      ...notTaken.map(({ carried }) => carried.reason),
      ...broken.map(describeMismatch),
      ...silent.map(describeSilent),
      ...lastingly,
    ]).join('; '),
    causes: onceEach([
      ...causes,
      ...failureOf({ broken: others, told: lastingly }, [], files).causes,
    ]),
  }
}

function describeLasting(mismatch: Mismatch): string {
  const { fact, subject } = mismatch
  if (fact.fact === 'no_mount') return `${subject}: it was mounted, and is never unmounted`
  if (fact.fact === 'entry') {
    return `${describeMismatch(mismatch)}; the file that it named before holds another binary now`
  }
  const version = fact.fact === 'mount' ? fact.configured_version : ''
  const why =
    version === UNVERSIONED
      ? 'a version, once set, cannot be cleared'
      : `nothing is registered that it could be rolled back to`
  return `${describeMismatch(mismatch)}; ${why}`
}
