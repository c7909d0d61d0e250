/**
 * Says which steps and mounts were rolled back and which were not, after everything was tried, and
 * which requests would roll back the rest. Pure.
 */
import type { Action, Fact, RunningFact, Step } from '../../documents/plan.generated.ts'
import type { Cause, Failure, Mismatch, MountNotRolledBack } from '../../documents/run-outcome.ts'
import { BUILTIN, type NodeAddress, UNVERSIONED } from '../../domain/names.ts'
import type { SendResult } from '../send-action.ts'
import {
  explainFailure,
  type FileNames,
  fileNames,
  onceEach,
  withoutRoute,
  wordsOf,
} from '../failure.ts'
import { describeMismatch, keyOf, whatIsWrong } from '../facts/mismatch.ts'
import { describeSilent, type SilentMount } from '../facts/silent-mounts.ts'
import { effectOf, foundBy, planUndo, type UndoPlan } from './plan-undo.ts'

export type RollbackResult = CompleteRollback | IncompleteRollback

/** `rolledBack` is empty if the refused request had changed nothing. */
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
  /** The actions that would roll back the rest, in order. */
  readonly byHand: readonly Action[]
}

/** The steps of one group that began. */
export interface Begun {
  /** The steps whose request was sent; the failed one is the last. */
  readonly touched: readonly Step[]
  /**
   * The reloads of the failed step's node that were not sent. Their mounts may be down too: if they
   * share a process with a mount that was reloaded, that process has ended.
   */
  readonly unsent: readonly Step[]
}

/** An action that the server refused, or that it did not answer. */
export interface NotAccepted {
  readonly action: Action
  readonly result: Exclude<SendResult, { kind: 'accepted' }>
}

export interface RollbackFindings {
  readonly notAccepted: readonly NotAccepted[]
  /** Facts that should hold again and do not. */
  readonly broken: readonly Mismatch[]
  /** Mounts of refused reloads. */
  readonly silent: readonly SilentMount[]
  /** Facts that steps without an undo found, and that no longer hold. */
  readonly lasting: readonly Mismatch[]
}

/** `touched`: the steps of one group. `plan`: their undo. */
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

/** For a rollback of which nothing could be read. `reloads`: their mounts may be down. */
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
 * Adds the mounts of reloads that were not sent and are down: their process was ended by the reload
 * of another mount, and does not start again. `silent`: those that did not answer.
 */
export function addUnsentDown(
  judged: RollbackResult,
  { touched, unsent }: Begun,
  silent: readonly SilentMount[],
): RollbackResult {
  if (silent.length === 0) return judged
  const files = fileNames([...touched, ...unsent])
  const { actions, restores } = planUndo(unsent)
  const down = restores.flatMap((fact) =>
    fact.fact === 'running' ? silentlyDown(fact, silent) : [],
  )
  const result =
    judged.kind === 'rolled_back' ? { ...NOTHING_LEFT, rolledBack: judged.rolledBack } : judged
  const { problems, mountsNotRolledBack, byHand } = result
  const others = silent.filter(({ mount }) => !down.some(({ fact }) => fact.mount === mount))
  return {
    ...result,
    kind: 'not_rolled_back',
    problems: {
      reason: [problems.reason, ...silent.map(describeSilent)]
        .filter((one) => one !== '')
        .join('; '),
      causes: [...problems.causes, ...others.map((one) => wordsOf(describeSilent(one)))],
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
  /** The node on which it was seen. */
  readonly node: NodeAddress
  /** What was seen, in words. */
  readonly found: string
}

/** Returns the mount of the fact if it does not run its old version. */
function downBy(fact: RunningFact, { broken, silent }: RollbackFindings): Down[] {
  const mismatch = broken.find((one) => one.fact === fact)
  if (mismatch !== undefined) {
    const { field, found, node = fact.node } = mismatch
    return [{ fact, node, found: field === 'answers' ? noAnswer(found) : whatIsWrong(mismatch) }]
  }
  return silentlyDown(fact, silent)
}

function silentlyDown(fact: RunningFact, silent: readonly SilentMount[]): Down[] {
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

/** Explains what is wrong beside the mounts that are down, which are listed apart. */
function problemsOf(
  { notAccepted, broken, silent, lasting }: RollbackFindings,
  lost: readonly string[],
  down: readonly Down[],
  files: FileNames,
): Failure {
  const others = broken.filter(({ fact }) => fact.fact !== 'running')
  const reasons = [
    ...lasting.map(describeLasting),
    ...lost.map((mount) => `${mount}: no older version is known that could be rolled back to`),
  ]
  const expected = down.map(({ fact, node }) => ({ ...fact, node }))
  const causes = notAccepted.flatMap(({ result }): readonly Cause[] =>
    result.kind === 'refused'
      ? explainFailure({ refused: result }, expected, files).causes
      : [wordsOf(result.reason)],
  )
  return {
    reason: onceEach([
      ...notAccepted.map(({ result }) => result.reason),
      ...broken.map(describeMismatch),
      ...silent.map(describeSilent),
      ...reasons,
    ]).join('; '),
    causes: onceEach([...causes, ...explainFailure({ broken: others, reasons }, [], files).causes]),
  }
}

function describeLasting(mismatch: Mismatch): string {
  const { fact, subject } = mismatch
  if (fact.fact === 'no_mount') return `${subject}: it was mounted, and is never unmounted`
  if (fact.fact === 'entry') {
    return `${describeMismatch(mismatch)}; the file that it named before holds another binary now`
  }
  const why =
    versionOf(fact) === UNVERSIONED
      ? 'a version, once set, cannot be cleared'
      : 'nothing is registered that it could be rolled back to'
  return `${describeMismatch(mismatch)}; ${why}`
}

function versionOf(fact: Fact): string | undefined {
  if (fact.fact === 'mount') return fact.configured_version
  return fact.fact === 'connection' ? fact.version : undefined
}
