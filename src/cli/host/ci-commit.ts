/** Finds the commit that a CI system works on. */
import { readFileSync, statSync } from 'node:fs'
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
export function ciCommit({ env }: Pick<Host, 'env'>): string | undefined {
  const commits = [headOfPullRequest(env), ...VARIABLES.map((name) => env[name])]
  return commits.find((commit) => commit !== undefined && /^[0-9a-f]{7,64}$/.test(commit))
}

/** In bytes. The event files of GitHub are smaller; a larger file is something else. */
const LARGEST_EVENT = 8 * 1024 * 1024

function headOfPullRequest(env: Host['env']): string | undefined {
  const path = env['GITHUB_EVENT_PATH']
  if (path === undefined || env['GITHUB_EVENT_NAME']?.startsWith('pull_request') !== true) {
    return undefined
  }
  try {
    const found = statSync(path)
    if (!found.isFile() || found.size > LARGEST_EVENT) return undefined
    const event = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly pull_request?: { readonly head?: { readonly sha?: unknown } }
    }
    const sha = event.pull_request?.head?.sha
    return typeof sha === 'string' ? sha : undefined
  } catch {
    // Without the event, the comment names the merge commit.
    return undefined
  }
}
