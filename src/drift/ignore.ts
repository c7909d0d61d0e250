/** The file's `ignore`: which differences are ignored, and until when. */
import type { Difference, UnusedIgnore, IgnoredDifference } from '../documents/drift.generated.ts'
import type { Ignore } from '../domain/desired.ts'
import { formatSource } from '../domain/errors.ts'
import { groupBy } from '../domain/group-by.ts'

export interface SplitDifferences {
  readonly kept: Difference[]
  readonly ignored: IgnoredDifference[]
}

/**
 * An `ignore` matches a difference of its class if its subject is the subject, plugin, mount or
 * node of the difference. `today` is an ISO date. The day of `until` is included.
 */
export function separateIgnored(
  differences: readonly Difference[],
  ignore: readonly Ignore[],
  today: string,
): SplitDifferences {
  const inForce = ignore.filter(({ until }) => until === undefined || today <= until)
  const byClass = groupBy(inForce, (entry) => entry.class)
  const kept: Difference[] = []
  const ignored: IgnoredDifference[] = []
  for (const difference of differences) {
    const matching = byClass
      .get(difference.class)
      ?.find(({ subject }) => isAbout(difference, subject))
    if (matching === undefined) kept.push(difference)
    else {
      const { because, until } = matching
      ignored.push({ ...difference, because, ...(until !== undefined && { until }) })
    }
  }
  return { kept, ignored }
}

/** Entries that match no difference or have expired. */
export function findUnusedIgnores(
  differences: readonly Difference[],
  ignore: readonly Ignore[],
  today: string,
): UnusedIgnore[] {
  return ignore.flatMap(({ class: name, subject, because, until, source }) => {
    const isExpired = until !== undefined && today > until
    const isUsed = differences.some(
      (difference) => difference.class === name && isAbout(difference, subject),
    )
    if (!isExpired && isUsed) return []
    return {
      class: name,
      subject,
      because,
      ...(until !== undefined && { until }),
      is: isExpired ? 'expired' : 'unused',
      at: formatSource(source),
    }
  })
}

/** `named` may be a mount without its trailing slash. */
function isAbout({ subject, plugin, mount, node }: Difference, named: string): boolean {
  return [subject, plugin, mount, node].includes(named) || mount === `${named}/`
}
