/** Findings under the one that each follows from. A document may be anybody's: nothing is lost. */
import type { Finding } from '../documents/plan.generated.ts'

export interface FindingTree {
  readonly finding: Finding
  readonly following: readonly FindingTree[]
}

/**
 * In the order given. A finding whose cause is not there, or that would stand below itself, stands
 * at the top.
 */
export function nestFindings(findings: readonly Finding[]): FindingTree[] {
  const causes = new Map(findings.map((finding) => [finding, causeOf(finding, findings)]))
  const isLoop = (finding: Finding): boolean => {
    const seen = new Set<Finding>()
    let at: Finding | undefined = finding
    while (at !== undefined && !seen.has(at)) {
      seen.add(at)
      at = causes.get(at)
    }
    return at !== undefined
  }
  const roots = findings.filter((one) => causes.get(one) === undefined || isLoop(one))
  const top = new Set(roots)
  const treeOf = (finding: Finding): FindingTree => ({
    finding,
    following: findings.filter((one) => causes.get(one) === finding && !top.has(one)).map(treeOf),
  })
  return roots.map(treeOf)
}

function causeOf(
  { because_of: cause }: Finding,
  findings: readonly Finding[],
): Finding | undefined {
  if (cause === undefined) return undefined
  return findings.find(({ rule, subject }) => rule === cause.rule && subject === cause.subject)
}
