/** The token lacks a right for a request of a step. */
import { count } from '../../domain/count.ts'
import { missingCapabilities, renderPolicy, requiredCapabilities } from '../capabilities.ts'
import { readCapabilities } from '../../server/requests.ts'
import { capabilityFor, policyLine } from '../../server/rights.ts'
import type { PlanRule, Verdict } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

/** With more lines than this, the output of `lockstep policy` is easier to read. */
const LINES_SHOWN = 8

export const capabilityMissing: PlanRule = {
  about: 'plan',
  name: 'capability-missing',
  severity: 'error',
  title: 'The token lacks a right that the plan needs',
  explanation:
    'The server was asked what the token may do on each path of the plan’s requests, and of the requests that undo a step. A refused request would stop the run in the middle, so the plan is blocked. If the token may not ask for its rights, this is a warning. With --untrusted-files `plan` does not ask: the job that applies has another token, and `apply` asks what that token may do before the first step. To register an entry, the token needs `sudo` and `update`; to enable or tune an auth method, too.',
  fix: 'Give the token’s policy what is missing, or use another token.',
  allowable: false,
  judge({ desired, draft, capabilities }) {
    if (capabilities === undefined || draft.steps.length === 0) return []
    if (capabilities === 'not-asked') return [NOT_CHECKED]
    if ('refused' in capabilities) return [rightsUnknown(capabilities.refused)]
    const required = requiredCapabilities(draft.steps, desired.cluster)
    const missing = missingCapabilities(required, capabilities)
    if (missing.length === 0) return []
    const described = missing.map(
      ({ path, capabilities }) => `${path} (${capabilities.join(', ')})`,
    )
    const lines = renderPolicy(missing.slice(0, LINES_SHOWN))
    const rest = missing.length - LINES_SHOWN
    return [
      {
        subject: 'token',
        message: `The token may not do what the plan does on ${count(missing.length, 'path')}: ${nameSome(described)}.`,
        fix: `Add to the token’s policy${rest > 0 ? `, with ${rest} more ${agree(rest, 'line', 'lines')} that \`lockstep policy\` prints` : ''}:`,
        lines: lines.trimEnd().split('\n'),
      },
    ]
  },
}

const NOT_CHECKED: Verdict = {
  severity: 'note',
  subject: 'token',
  message:
    'Not checked whether the token that applies this plan may send its requests: the plan was made with --untrusted-files.',
  fix: 'Nothing to do: `apply` checks the rights of its own token before the first step.',
}

function rightsUnknown(reason: string): Verdict {
  const line = policyLine(capabilityFor(readCapabilities([])))
  return {
    severity: 'warning',
    subject: 'token',
    message: `Not known whether the token may send all requests of the plan: the server answered the question for its rights with ${reason}.`,
    fix: `Add to the token’s policy: ${line}`,
  }
}
