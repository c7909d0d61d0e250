/** Separates the steps that change a server from checks, which send no such request. Pure. */
import type { Action, CheckAction, Step } from './plan.generated.ts'

/** False for a check. */
export function isWrite(action: Action | CheckAction): action is Action {
  return action.kind !== 'check'
}

/** The write request of a step. Empty for a check. */
export function writeOf({ action }: Pick<Step, 'action'>): readonly Action[] {
  return isWrite(action) ? [action] : []
}
