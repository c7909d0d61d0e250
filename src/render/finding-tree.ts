/** Arranges findings under their causes. Any document may be given, so every finding is kept. */
import type { Finding } from '../documents/plan.generated.ts'

export interface FindingTree {
  readonly finding: Finding
  readonly following: readonly FindingTree[]
}

/**
 * Keeps the given order. A finding whose cause is missing, or that would be its own cause, is at
 * the top.
 */
export function nestFindings(findings: readonly Finding[]): FindingTree[] {
  const causes = new Map(findings.map((finding) => [finding, causeOf(finding, findings)]))
  const isLoop = (finding: Finding): boolean => {
    const seen = new Set<Finding>()
    let current: Finding | undefined = finding
    while (current !== undefined && !seen.has(current)) {
      seen.add(current)
      current = causes.get(current)
    }
    return current !== undefined
  }
  const roots = findings.filter((finding) => causes.get(finding) === undefined || isLoop(finding))
  const top = new Set(roots)
  const treeOf = (finding: Finding): FindingTree => ({
    finding,
    following: findings
      .filter((effect) => causes.get(effect) === finding && !top.has(effect))
      .map(treeOf),
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
