/**
 * Finds the cause of a finding among the other findings. One wrong hash in a file, or one node that
 * is away, makes several rules give findings: the first finding says what to do, and the others are
 * shown under it.
 */
import type { Finding } from '../documents/plan.generated.ts'

/** A finding with its topics (`topics.ts`). Findings are sorted. */
export interface FindingWithTopics {
  readonly finding: Finding
  readonly topics: readonly string[]
}

/**
 * By rule: the rules whose findings can be the cause if they have a topic in common, the likeliest
 * cause first.
 */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  'binary-differs': ['node-unreachable', 'sha256-changed', 'command-reused', 'binary-differs'],
  'binary-unchecked': ['checks-not-made', 'unchecked-without-rollback'],
  'builtin-version-with-namespaces': ['builtin-version-with-namespaces'],
  'command-reused': ['sha256-changed'],
  'latest-changes': ['version-in-use'],
  'mount-down': ['unregistered-version', 'binary-missing', 'binary-differs'],
  'no-rollback': [
    'sha256-changed',
    'command-reused',
    'binary-differs',
    'unchecked-without-rollback',
  ],
  'unchecked-without-rollback': ['checks-not-made'],
  'unsafe-stopping-point': [
    'pinned',
    'sha256-changed',
    'command-reused',
    'binary-differs',
    'version-in-use',
  ],
  'version-in-use': ['node-unreachable', 'pinned', 'version-in-use'],
}

/** If the cluster is not the one of the file, no finding is about the file's cluster. */
const CAUSE_OF_ALL = 'wrong-cluster'

/**
 * Returns the findings in the same order, with their cause if there is one. An allowed finding is
 * never a cause, and a finding never has a milder finding as its cause.
 */
export function linkCauses(found: readonly FindingWithTopics[]): Finding[] {
  return found.map((effect, position) => {
    const cause = findCause(effect, position, found)
    if (cause === undefined) return effect.finding
    const { rule, subject } = cause.finding
    return { ...effect.finding, because_of: { rule, subject } }
  })
}

function findCause(
  { finding, topics }: FindingWithTopics,
  position: number,
  found: readonly FindingWithTopics[],
): FindingWithTopics | undefined {
  const mayCause = (other: FindingWithTopics): boolean =>
    other.finding.allowed === undefined &&
    (other.finding.severity === finding.severity || other.finding.severity === 'error')
  for (const rule of CAUSES[finding.rule] ?? []) {
    const cause = found.find(
      (other, otherPosition) =>
        other.finding.rule === rule &&
        // Among findings of one rule, the first is the cause of the others.
        (rule !== finding.rule || otherPosition < position) &&
        mayCause(other) &&
        other.topics.some((topic) => topics.includes(topic)),
    )
    if (cause !== undefined) return cause
  }
  if (finding.rule === CAUSE_OF_ALL) return undefined
  return found.find((other) => other.finding.rule === CAUSE_OF_ALL && mayCause(other))
}
