/** The commit that a CI system says it works on. */
import { readFileSync, statSync } from 'node:fs'
import type { Host } from './host.ts'

/** GitHub Actions’ is handled apart: in a pull request `GITHUB_SHA` is a merge that nobody wrote. */
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

/** Undefined outside CI, and for what is no commit id. */
export function ciCommit({ env }: Pick<Host, 'env'>): string | undefined {
  const commits = [headOfPullRequest(env), ...VARIABLES.map((name) => env[name])]
  return commits.find((commit) => commit !== undefined && /^[0-9a-f]{7,64}$/.test(commit))
}

/** In bytes: GitHub writes less, and any other file is none of its events. */
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
    // The comment then names the merge commit.
    return undefined
  }
}
