/**
 * Which finding follows from which. One wrong hash in a file makes several rules speak: the first
 * says what to do, and the others stand under it.
 */
import type { Finding } from '../documents/plan.generated.ts'

/** A finding with the plugin files it comes of, sorted as findings are. */
export interface FoundOf {
  readonly finding: Finding
  readonly files: readonly string[]
}

/** By rule: the rules whose findings of the same file it follows from, the likeliest cause first. */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  'command-reused': ['sha256-changed'],
  'binary-differs': ['sha256-changed', 'command-reused', 'binary-differs'],
  'no-rollback': ['sha256-changed', 'command-reused', 'binary-differs', 'replaced-in-place'],
  'unsafe-stopping-point': ['sha256-changed', 'command-reused', 'binary-differs'],
}

/**
 * The findings in the same order, with their cause where there is one. A cause that was accepted is
 * no cause, and a finding never stands under a milder one.
 */
export function linkCauses(found: readonly FoundOf[]): Finding[] {
  return found.map((one, at) => {
    const cause = findCause(one, at, found)
    if (cause === undefined) return one.finding
    const { rule, subject } = cause.finding
    return { ...one.finding, because_of: { rule, subject } }
  })
}

function findCause({ finding, files }: FoundOf, at: number, found: readonly FoundOf[]) {
  for (const rule of CAUSES[finding.rule] ?? []) {
    const cause = found.find(
      (other, place) =>
        other.finding.rule === rule &&
        // Of the same rule the first stands for all.
        (rule !== finding.rule || place < at) &&
        other.finding.allowed === undefined &&
        (other.finding.severity === finding.severity || other.finding.severity === 'error') &&
        other.files.some((file) => files.includes(file)),
    )
    if (cause !== undefined) return cause
  }
  return undefined
}
