/** The pull request that a CI job runs for, as the job's environment says. */
import type { EnvironmentVariables } from '../domain/environment-variables.ts'
import { LockstepError } from '../domain/errors.ts'
import type { CodeHost } from './code-host.ts'
import { createGithub, type HostAccess } from './github.ts'
import { createGitlab } from './gitlab.ts'

export interface JobEnvironment {
  readonly env: EnvironmentVariables
  /** What started a GitHub workflow; undefined if there is no event that can be read. */
  readonly event: unknown
  /** The number of the pull request, if a person or a pipeline gave it. */
  readonly pullRequest?: number
}

export type AccessOptions = Omit<HostAccess, 'base' | 'token'>

export interface FoundHost {
  readonly host: CodeHost
  readonly base: string
}

/** Throws a LockstepError if the environment names no code host, two, or not all that is needed. */
export function findCodeHost(
  job: JobEnvironment,
  createAccess: (token: string) => AccessOptions,
): FoundHost {
  const { env } = job
  const isGithub = isSet(env['GITHUB_REPOSITORY'])
  const isGitlab = isSet(env['CI_PROJECT_ID'])
  if (isGithub && isGitlab) {
    throw new LockstepError({
      code: 'two-code-hosts',
      message: 'GITHUB_REPOSITORY and CI_PROJECT_ID are both set, so the code host is not known',
      hint: 'Unset one of them.',
    })
  }
  if (isGithub) return github(job, createAccess)
  if (isGitlab) return gitlab(job, createAccess)
  throw new LockstepError({
    code: 'no-code-host',
    message: 'neither GITHUB_REPOSITORY nor CI_PROJECT_ID is set, so there is nowhere to comment',
    hint: 'Run this in a job of GitHub Actions or GitLab CI/CD. To see the comment: lockstep show PLAN --markdown',
  })
}

function github(
  { env, event, pullRequest }: JobEnvironment,
  createAccess: (token: string) => AccessOptions,
): FoundHost {
  const repository = env['GITHUB_REPOSITORY'] ?? ''
  if (!/^[\w-][\w.-]*\/(?!\.{1,2}$)[\w.-]+$/.test(repository)) {
    throw badVariable('GITHUB_REPOSITORY', repository, 'It is owner/name.')
  }
  const number = pullRequest ?? numberIn(event)
  if (number === undefined) {
    throw new LockstepError({
      code: 'no-pull-request',
      message: `the event of this job (${env['GITHUB_EVENT_NAME'] ?? 'none'}, in GITHUB_EVENT_PATH) names no pull request`,
      hint: 'Give its number: --pull-request NUMBER',
    })
  }
  const token = tokenOf(
    env,
    'GITHUB_TOKEN',
    'In a workflow: env: { GITHUB_TOKEN: ${{ github.token }} }',
  )
  const base = apiOf(env, 'GITHUB_API_URL', 'https://api.github.com')
  return {
    host: createGithub({ repository, number }, { ...createAccess(token), token, base }),
    base,
  }
}

function gitlab(
  { env, pullRequest }: JobEnvironment,
  createAccess: (token: string) => AccessOptions,
): FoundHost {
  const project = env['CI_PROJECT_ID'] ?? ''
  const given = env['CI_MERGE_REQUEST_IID'] ?? ''
  const iid = pullRequest ?? (/^[1-9]\d{0,9}$/.test(given) ? Number(given) : undefined)
  if (iid === undefined) {
    throw new LockstepError({
      code: 'no-pull-request',
      message:
        'CI_MERGE_REQUEST_IID is not set to a number: this pipeline runs for no merge request',
      hint: 'Run the job in merge request pipelines ($CI_PIPELINE_SOURCE == "merge_request_event"), or give the number: --pull-request NUMBER',
    })
  }
  const token = tokenOf(
    env,
    'GITLAB_TOKEN',
    'Make an access token of the project with the scope api.',
  )
  const base = apiOf(env, 'CI_API_V4_URL', undefined)
  const page = env['CI_PROJECT_URL']
  return {
    host: createGitlab({ project, iid, page }, { ...createAccess(token), token, base }),
    base,
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}

/**
 * Returns the number of the pull request of an event. For a comment, GitHub sends the issue: if it
 * is a pull request, it has the property `pull_request`.
 */
function numberIn(event: unknown): number | undefined {
  const { pull_request: pullRequest, issue } = objectOf(event)
  const of = pullRequest ?? (objectOf(issue)['pull_request'] === undefined ? undefined : issue)
  const { number } = objectOf(of)
  return Number.isSafeInteger(number) && Number(number) > 0 ? Number(number) : undefined
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** A header can only hold visible ASCII. The value itself is never shown. */
function tokenOf(env: EnvironmentVariables, variable: string, hint: string): string {
  const token = env[variable]?.trim() ?? ''
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new LockstepError({
    code: 'no-host-token',
    message: `${variable} ${token === '' ? 'is not set' : 'holds no token: it has a space or another character that no token has'}`,
    hint,
  })
}

function apiOf(env: EnvironmentVariables, variable: string, usual: string | undefined): string {
  const given = env[variable] ?? ''
  const text = given === '' && usual !== undefined ? usual : given
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '')
  if (isPlain) return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
  throw badVariable(variable, text, 'It is an address such as https://git.example.com/api/v4.')
}

function badVariable(name: string, value: string, hint: string): LockstepError {
  // A URL may have a password in it.
  const description = value.includes('@') ? 'an address with a user in it' : JSON.stringify(value)
  return new LockstepError({
    code: 'bad-variable',
    message: `${name} cannot be used: ${value === '' ? 'it is not set' : `it is ${description}`}`,
    hint,
  })
}
