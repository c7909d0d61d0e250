/** Renders how a plan compares with that of other files: what the branch adds, keeps and removes. */
import type { Plan, Step } from '../documents/plan.generated.ts'
import { printable } from '../domain/printable.ts'
import { stepLines } from './step-lines.ts'
import { shortenHashes } from './wording.ts'

export interface AgainstLine {
  /** `+` only with these files; `=` with both; `-` only with the files at the ref. */
  readonly mark: '+' | '=' | '-'
  /** Safe to show on one line. */
  readonly what: string
}

export interface AgainstText {
  /** `main (commit 0123456789ab)`, safe to show. */
  readonly ref: string
  readonly lines: readonly AgainstLine[]
}

/** What the marks of the lines mean. */
export const AGAINST_LEGEND =
  '+ only with these files; = with those too: the cluster has drifted from them; - only with those'

/** Undefined for a plan without a comparison. */
export function againstText({ against, steps, cluster }: Plan): AgainstText | undefined {
  if (against === undefined) return undefined
  const draw = (mark: AgainstLine['mark'], of: readonly Step[]): AgainstLine[] =>
    stepLines({ steps: [...of], cluster }, { detail: false }).map(({ what, steps: [first] }) => ({
      mark,
      what: what + hashOf(first),
    }))
  const select = (ids: readonly string[]): Step[] => {
    const wanted = new Set(ids)
    return steps.filter(({ id }) => wanted.has(id))
  }
  return {
    ref: printable(`${against.ref} (commit ${against.commit.slice(0, 12)})`),
    lines: [
      ...draw('+', select(against.only_here)),
      ...draw('=', select(against.in_both)),
      ...draw('-', against.only_there),
    ],
  }
}

/** Two registrations that differ only in this have the same words. */
function hashOf({ action }: Step): string {
  return action.kind === 'register'
    ? `, SHA-256 ${printable(shortenHashes(action.entry.sha256))}`
    : ''
}
