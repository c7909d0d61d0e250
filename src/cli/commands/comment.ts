/**
 * `lockstep comment`: posts saved plans as a comment on the pull request of a CI job; there is one
 * comment for the same clusters. Asks no server but the code host. The exit code does not depend on
 * the findings of a plan.
 */
import { blockingFindings } from '../../documents/blocking.ts'
import { sawEverything } from '../../documents/unseen-nodes.ts'
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { isReadableByOthers } from '../../domain/plain-http.ts'
import { line } from '../../domain/printable.ts'
import { withoutSecrets } from '../../operations/secrets/mask.ts'
import { findCodeHost } from '../../review/find-code-host.ts'
import { putComment, type PutOutcome } from '../../review/put-comment.ts'
import { createAgents } from '../../server/agents.ts'
import { usualProxiesOf } from '../../server/proxies.ts'
import { readGithubEvent } from '../host/github-event.ts'
import type { Host } from '../host/host.ts'
import type { CommentOptions, OutputOptions } from '../options.ts'
import { readPlansToShow, savedPlansComment, type ShownPlan } from '../plan-comment.ts'
import { VERSION } from '../version.ts'

type PostOptions = OutputOptions & CommentOptions & { readonly pullRequest?: number }

/** Milliseconds for a complete answer of the code host. */
const TIMEOUT = 30_000

export async function comment(
  paths: readonly string[],
  options: PostOptions,
  host: Host,
): Promise<ExitCode> {
  const shown = await readPlansToShow(paths)
  const body = savedPlansComment(shown, options, host)
  const job = {
    env: host.env,
    event: readGithubEvent(host),
    ...(options.pullRequest !== undefined && { pullRequest: options.pullRequest }),
  }
  const userAgent = `lockstep/${VERSION}`
  const proxyFor = usualProxiesOf(host.env)
  const agents = createAgents({
    ...{ tls: { verify: true }, timeout: TIMEOUT, userAgent },
    ...(proxyFor !== undefined && { proxyFor }),
  })
  const { host: to, base } = findCodeHost(job, (token) => ({
    agents,
    userAgent,
    mask: (text) => withoutSecrets(text, [token]),
    timeout: TIMEOUT,
    now: () => host.now().getTime(),
    ...(options.verbose === true && { log: (text: string) => host.err(line`${text}`) }),
  }))
  if (isReadableByOthers(base)) {
    host.err(
      line`Warning: the token is sent to ${base} without TLS. Whoever can read the network can take it. Use an https:// address.`,
    )
  }
  const outcome = await putComment(
    to,
    { body, isNew: !shown.every(isQuiet) },
    {
      wait: host.wait,
      tellWait: (wait, why) => {
        if (options.quiet !== true) host.err(line`${why}; trying again in ${wait / 1000} s.`)
      },
    },
  ).finally(() => agents.close())
  for (const { author, url } of outcome.foreign) {
    host.err(
      line`Warning: ${author} wrote a comment that begins like one of lockstep: ${url}. This account did not write it, so it was left as it is. Do not believe it.`,
    )
  }
  if (options.quiet !== true) host.out(describeOutcome(outcome, to.place))
  return shown.some(({ isEdited }) => isEdited) ? EXIT.error : EXIT.done
}

/** True if there is nothing to say about a plan: everything was seen, and there are no steps. */
function isQuiet({ plan, isEdited }: ShownPlan): boolean {
  return (
    !isEdited &&
    plan.steps.length === 0 &&
    blockingFindings(plan.findings).length === 0 &&
    sawEverything(plan)
  )
}

function describeOutcome(outcome: PutOutcome, place: string): string {
  switch (outcome.kind) {
    case 'posted':
      return line`Posted on ${place}: ${outcome.url}`
    case 'updated':
      return line`Updated on ${place}: ${outcome.url}`
    case 'unchanged':
      return line`Already on ${place}: ${outcome.url}`
    case 'silent':
      return line`Nothing changes, and ${place} has no comment of this cluster: nothing was posted.`
  }
}
