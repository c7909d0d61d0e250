/**
 * Which finding follows from which. One wrong hash in a file, or one node that is away, makes
 * several rules speak: the first says what to do, and the others stand under it.
 */
import type { Finding } from '../documents/plan.generated.ts'

/** A finding with its topics (`topics.ts`), sorted as findings are. */
export interface FindingWithTopics {
  readonly finding: Finding
  readonly topics: readonly string[]
}

/** By rule: the rules whose findings of the same topic it follows from, the likeliest cause first. */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  'binary-differs': ['node-unreachable', 'sha256-changed', 'command-reused', 'binary-differs'],
  'binary-unchecked': ['checks-not-made', 'replaced-in-place'],
  'builtin-version-with-namespaces': ['builtin-version-with-namespaces'],
  'command-reused': ['sha256-changed'],
  'latest-changes': ['version-in-use'],
  'mount-down': ['unregistered-version', 'binary-missing', 'binary-differs'],
  'no-rollback': ['sha256-changed', 'command-reused', 'binary-differs', 'replaced-in-place'],
  'replaced-in-place': ['checks-not-made'],
  'unsafe-stopping-point': [
    'pinned',
    'sha256-changed',
    'command-reused',
    'binary-differs',
    'version-in-use',
  ],
  'version-in-use': ['node-unreachable', 'pinned', 'version-in-use'],
}

/** On another cluster than the one of the file, nothing that is found is about the file's cluster. */
const CAUSE_OF_ALL = 'wrong-cluster'

/**
 * The findings in the same order, with their cause where there is one. A cause that was accepted is
 * no cause, and a finding never stands under a milder one.
 */
export function linkCauses(found: readonly FindingWithTopics[]): Finding[] {
  return found.map((one, at) => {
    const cause = findCause(one, at, found)
    if (cause === undefined) return one.finding
    const { rule, subject } = cause.finding
    return { ...one.finding, because_of: { rule, subject } }
  })
}

function findCause(
  { finding, topics }: FindingWithTopics,
  at: number,
  found: readonly FindingWithTopics[],
): FindingWithTopics | undefined {
  const mayCause = (other: FindingWithTopics): boolean =>
    other.finding.allowed === undefined &&
    (other.finding.severity === finding.severity || other.finding.severity === 'error')
  for (const rule of CAUSES[finding.rule] ?? []) {
    const cause = found.find(
      (other, place) =>
        other.finding.rule === rule &&
        // Of the same rule the first stands for all.
        (rule !== finding.rule || place < at) &&
        mayCause(other) &&
        other.topics.some((topic) => topics.includes(topic)),
    )
    if (cause !== undefined) return cause
  }
  if (finding.rule === CAUSE_OF_ALL) return undefined
  return found.find((other) => other.finding.rule === CAUSE_OF_ALL && mayCause(other))
}
