/**
 * Plans the rollback of a failed step's group: first the configuration, newest first, then a reload
 * of every node that was reloaded, in the same order.
 */
import type { Action, Fact, Step } from '../../documents/plan.generated.ts'
import { UNVERSIONED } from '../../domain/names.ts'
import { keyOf } from '../facts/mismatch.ts'

export interface UndoPlan {
  readonly actions: readonly Action[]
  /** Facts that hold again after the actions. */
  readonly restores: readonly Fact[]
  /** Facts that steps without an undo found. If one no longer holds, nothing restores it. */
  readonly lasting: readonly Fact[]
  /** Reloaded mounts of which the version before is unknown. */
  readonly lost: readonly string[]
}

/** `touched` are the steps of one group whose request was sent, the failed one last. */
export function planUndo(touched: readonly Step[]): UndoPlan {
  const undo = touched.map((step) => step.undo)
  const newestFirst = [...undo].reverse().flatMap((actions) => actions.filter(isConfiguration))
  const configuration = [
    ...newestFirst.filter(uncoversBuiltin),
    ...newestFirst.filter((action) => !uncoversBuiltin(action)),
  ]
  const reloads = undo.flatMap((actions) => actions.filter((action) => !isConfiguration(action)))
  const restores = earliestOf(touched.flatMap((step) => step.restores))
  return {
    actions: onceEach([...configuration, ...reloads]),
    restores,
    lasting: touched.flatMap((step) => (step.undo.length === 0 ? foundBy(step) : [])),
    lost: lostMounts(touched, restores),
  }
}

/** One request may roll back two steps. */
function onceEach(actions: readonly Action[]): Action[] {
  return [...new Map(actions.map((action) => [JSON.stringify(action), action])).values()]
}

/**
 * An unversioned entry hides the builtin of its name: until it is deregistered, servers refuse to
 * tune a mount back to the builtin's version.
 */
function uncoversBuiltin(action: Action): boolean {
  return action.kind === 'deregister' && action.version === UNVERSIONED
}

function isConfiguration(action: Action): boolean {
  return action.kind !== 'reload'
}

/** One fact for each thing. If two steps changed it, the first step's fact is the older state. */
function earliestOf(facts: readonly Fact[]): Fact[] {
  const first = new Map<string, Fact>()
  for (const fact of facts) {
    const key = keyOf(fact)
    if (!first.has(key)) first.set(key, fact)
  }
  return [...first.values()]
}

/** Returns what the step's own entry, mount or connection was before the step. */
export function foundBy({ action, requires }: Step): Fact[] {
  return requires.filter(({ fact }) =>
    action.kind === 'register'
      ? fact === 'entry'
      : fact === 'mount' || fact === 'no_mount' || fact === 'connection',
  )
}

function lostMounts(touched: readonly Step[], restores: readonly Fact[]): string[] {
  const known = new Set(
    restores.flatMap((fact) => (fact.fact === 'running' ? [`${fact.mount} ${fact.node}`] : [])),
  )
  const reloaded = touched.flatMap(({ action }) =>
    action.kind === 'reload'
      ? action.mounts.filter((mount) => !known.has(`${mount} ${action.node}`))
      : [],
  )
  return [...new Set(reloaded)].sort()
}

/** Returns the facts to restore that this action brings about. */
export function effectOf(action: Action, restores: readonly Fact[]): Fact[] {
  return restores.filter((fact) => {
    switch (action.kind) {
      case 'register':
      case 'deregister':
        return (
          fact.fact === 'entry' &&
          fact.plugin === action.plugin &&
          fact.version === action.version &&
          fact.node === undefined
        )
      case 'tune':
        return fact.fact === 'mount' && fact.mount === action.mount && fact.node === undefined
      case 'repoint':
        return fact.fact === 'connection' && fact.connection === action.connection
      case 'reload':
        return (
          fact.fact === 'running' && fact.node === action.node && action.mounts.includes(fact.mount)
        )
      case 'enable':
        return false
    }
  })
}
