/**
 * The comments of a pull request on GitHub, or GitHub Enterprise, as GitHub's published REST
 * description has them. The account of the token is read from the GraphQL interface: `GET /user`
 * answers 403 to the token of a workflow.
 */
import type { JsonObject } from '../domain/exchange.ts'
import { fields, nonEmptyText, list, text, wholeNumber } from '../server/answers/shape.ts'
import type { CodeHost, HostComment } from './code-host.ts'
import { createHostClient } from './host-client.ts'
import type { HostClientSettings, HostRequest } from './host-exchange.ts'
import { read } from './read-answer.ts'

export interface PullRequest {
  /** `owner/name`. */
  readonly repository: string
  readonly number: number
}

export type HostAccess = Pick<HostClientSettings, 'agents' | 'mask' | 'timeout' | 'now' | 'log'> & {
  /** Of the API, without a slash at the end: `https://api.github.com`. */
  readonly base: string
  readonly token: string
  /** `lockstep/1.0.0`: GitHub refuses requests without one. */
  readonly userAgent: string
}

export function createGithub(
  { repository, number }: PullRequest,
  { base, token, userAgent, ...rest }: HostAccess,
): CodeHost {
  const settings: HostClientSettings = {
    ...rest,
    name: 'GitHub',
    base,
    tokenVariable: 'GITHUB_TOKEN',
    neededRights:
      'Give the job "permissions: { pull-requests: write }". For a pull request from a fork the token of a workflow can only read: post from a job that a push or workflow_run starts.',
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: 'application/vnd.github+json',
      'X-GitHub-Api-Version': '2022-11-28',
      'User-Agent': userAgent,
    },
  }
  const client = createHostClient(settings)
  const issues = `/repos/${repository}/issues`
  const comments = `${issues}/${number}/comments`
  return {
    name: 'GitHub',
    place: `pull request ${number} of ${repository}`,
    account: async () => {
      const graphql = createHostClient({ ...settings, base: graphqlBase(base) })
      const request: HostRequest = {
        method: 'POST',
        path: '/graphql',
        body: { query: 'query { viewer { login } }' },
      }
      const { body } = await graphql.send(request)
      const errors = errorsOf(body)
      if (errors.length > 0) throw graphql.refusedInBody(request, errors)
      return read(graphql, request, body, (value, at) => {
        const { viewer } = fields(fields(value, at)['data'], 'data')
        return nonEmptyText(fields(viewer, 'data.viewer')['login'], 'data.viewer.login')
      })
    },
    list: async (page) => {
      const request: HostRequest = {
        method: 'GET',
        path: `${comments}?per_page=100&page=${page}`,
      }
      const { body, hasNext } = await client.send(request)
      return { comments: read(client, request, body, readComments), hasNext }
    },
    post: async (body) => {
      const request: HostRequest = { method: 'POST', path: comments, body: { body } }
      const answer = await client.send(request)
      return read(client, request, answer.body, readComment).url
    },
    update: async ({ id }, body) => {
      const request: HostRequest = {
        method: 'PATCH',
        path: `${issues}/comments/${id}`,
        body: { body },
      }
      const { status } = await client.send(request, [404])
      return status === 404 ? 'gone' : 'updated'
    },
  }
}

/** The errors of a GraphQL answer, which has the status 200 with or without them. */
function errorsOf(body: unknown): readonly unknown[] {
  const { errors } = (typeof body === 'object' && body !== null ? body : {}) as JsonObject
  return Array.isArray(errors) ? errors : []
}

/** Enterprise has REST at `/api/v3` and GraphQL at `/api/graphql`. */
function graphqlBase(base: string): string {
  return base.replace(/\/v3$/, '')
}

function readComments(value: unknown, at: string): readonly HostComment[] {
  return list(value, at, readComment)
}

function readComment(value: unknown, at: string): HostComment {
  const { id, user, body, html_url: url } = fields(value, at)
  return {
    id: String(wholeNumber(id, `${at}.id`)),
    // Null if the account was deleted: then no later job can have that author.
    author:
      user === null ? '' : nonEmptyText(fields(user, `${at}.user`)['login'], `${at}.user.login`),
    body: text(body ?? '', `${at}.body`),
    url: text(url, `${at}.html_url`),
  }
}
