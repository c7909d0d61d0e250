/** What of a plan's steps changes a server: a check sends no request that does. Pure. */
import type { Action, CheckAction, Step } from './plan.generated.ts'

export function isWrite(action: Action | CheckAction): action is Action {
  return action.kind !== 'check'
}

/** A step's request; none where it only checks. */
export function writeOf({ action }: Pick<Step, 'action'>): readonly Action[] {
  return isWrite(action) ? [action] : []
}
