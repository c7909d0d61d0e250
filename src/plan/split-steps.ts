/** Two plans of the same cluster, from other files: which steps both have. Pure. */
import canonicalize from 'canonicalize'
import type { Step } from '../documents/plan.generated.ts'

export interface SplitSteps {
  /** Steps of the first plan that do something that the second does not. */
  readonly onlyHere: readonly Step[]
  /** Steps of the first plan whose requests and checks are all in the second. */
  readonly inBoth: readonly Step[]
  /** Steps of the second plan that do something that the first does not. */
  readonly onlyThere: readonly Step[]
}

/**
 * What a step asks for decides: its request and the checks after it, not its order, reason or
 * group. A reload is compared mount by mount, since one request names many.
 */
export function splitSteps(here: readonly Step[], there: readonly Step[]): SplitSteps {
  const inHere = new Set(here.flatMap(partsOf))
  const inThere = new Set(there.flatMap(partsOf))
  const isThere = (step: Step): boolean => partsOf(step).every((part) => inThere.has(part))
  return {
    onlyHere: here.filter((step) => !isThere(step)),
    inBoth: here.filter(isThere),
    onlyThere: there.filter((step) => !partsOf(step).every((part) => inHere.has(part))),
  }
}

function partsOf({ action, verify = [] }: Step): string[] {
  if (action.kind !== 'reload' && action.kind !== 'check') return [textOf({ action, verify })]
  const { mounts, ...request } = action
  return mounts.map((mount) =>
    textOf({ request, mount, verify: verify.filter((check) => check.mount === mount) }),
  )
}

function textOf(value: unknown): string {
  return canonicalize(value) ?? ''
}
