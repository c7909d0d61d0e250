/** Finds the commit that a CI system works on. */
import { readGithubEvent } from './github-event.ts'
import type { Host } from './host.ts'

/**
 * In a pull request on GitHub, `GITHUB_SHA` is a merge commit that GitHub made. So
 * `headOfPullRequest` comes first.
 */
const VARIABLES = [
  // GitHub Actions
  'GITHUB_SHA',
  // GitLab
  'CI_COMMIT_SHA',
  // Atlantis
  'HEAD_COMMIT',
  // Azure Pipelines
  'BUILD_SOURCEVERSION',
  'BITBUCKET_COMMIT',
  'BUILDKITE_COMMIT',
  'CIRCLE_SHA1',
  // Jenkins
  'GIT_COMMIT',
] as const

/** The commit id; undefined outside CI, and for a value that is not a commit id. */
export function ciCommit(host: Pick<Host, 'env'>): string | undefined {
  const commits = [headOfPullRequest(host), ...VARIABLES.map((name) => host.env[name])]
  return commits.find((commit) => commit !== undefined && /^[0-9a-f]{7,64}$/.test(commit))
}

function headOfPullRequest(host: Pick<Host, 'env'>): string | undefined {
  if (host.env['GITHUB_EVENT_NAME']?.startsWith('pull_request') !== true) return undefined
  const event = readGithubEvent(host) as
    { readonly pull_request?: { readonly head?: { readonly sha?: unknown } } } | null | undefined
  // Without the event, the comment names the merge commit.
  const sha = event?.pull_request?.head?.sha
  return typeof sha === 'string' ? sha : undefined
}
