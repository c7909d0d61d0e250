/** Comments on GitHub and GitLab, as servers on this machine keep them. */
import { describe, expect, it } from 'vitest'
import { describeError, EXIT, LockstepError } from '../../src/domain/errors.ts'
import { findCodeHost, type JobEnvironment } from '../../src/review/find-code-host.ts'
import { type PutOutcome, putComment } from '../../src/review/put-comment.ts'
import { createAgents } from '../../src/server/agents.ts'
import { startListener } from '../cli/listener.ts'
import { type CodeHostServer, startGithub, startGitlab } from './code-host-server.ts'

const MARKER = '<!-- lockstep:plan prod/6a1f -->'
const BODY = `${MARKER}\n\n## \`prod\`: upgrades 1 mount`
const TOKEN = 'ghs_aVeryLongTokenOfAJob0123456789'
const NOW = Date.parse('2026-05-01T10:00:00Z')

interface Kind {
  readonly name: 'GitHub' | 'GitHub Enterprise' | 'GitLab'
  readonly start: () => Promise<CodeHostServer>
  readonly job: (server: CodeHostServer) => JobEnvironment
  readonly update: 'PATCH' | 'PUT'
  readonly authorization: string
}

const onGithub = (server: CodeHostServer): JobEnvironment => ({
  env: {
    GITHUB_REPOSITORY: 'octo/app',
    GITHUB_TOKEN: TOKEN,
    GITHUB_API_URL: server.base,
    GITHUB_EVENT_NAME: 'pull_request',
  },
  event: { pull_request: { number: 12 } },
})

const KINDS: readonly Kind[] = [
  {
    name: 'GitHub',
    start: () => startGithub(),
    job: onGithub,
    update: 'PATCH',
    authorization: `Bearer ${TOKEN}`,
  },
  {
    name: 'GitHub Enterprise',
    start: () => startGithub('/api/v3'),
    job: onGithub,
    update: 'PATCH',
    authorization: `Bearer ${TOKEN}`,
  },
  {
    name: 'GitLab',
    start: startGitlab,
    job: (server) => ({
      env: {
        CI_PROJECT_ID: '5',
        CI_MERGE_REQUEST_IID: '12',
        CI_PROJECT_URL: 'https://gitlab.example/octo/app',
        GITLAB_TOKEN: TOKEN,
        CI_API_V4_URL: server.base,
      },
      event: undefined,
    }),
    update: 'PUT',
    authorization: TOKEN,
  },
]

interface Put {
  readonly outcome?: PutOutcome
  readonly error?: LockstepError
  /** Milliseconds. */
  readonly waits: readonly number[]
}

async function put(
  job: JobEnvironment,
  { body = BODY, isNew = true, timeout = 30_000 } = {},
): Promise<Put> {
  const waits: number[] = []
  const agents = createAgents({ tls: { verify: true }, timeout })
  const { host } = findCodeHost(job, (token) => ({
    agents,
    userAgent: 'lockstep/1.0.0',
    mask: (text) => text.replaceAll(token, '***'),
    timeout,
    now: () => NOW,
  }))
  try {
    const outcome = await putComment(
      host,
      { body, isNew },
      { wait: () => Promise.resolve(), tellWait: (wait) => waits.push(wait) },
    )
    return { outcome, waits }
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    expect(describeError(error)).not.toContain(TOKEN)
    return { error, waits }
  } finally {
    await agents.close()
  }
}

describe.each(KINDS)('on $name', ({ start, job, update, authorization }) => {
  it('posts, then updates, then leaves an identical comment alone', async () => {
    await using server = await start()
    server.comments.push({ id: 1, author: 'ana', body: 'Looks good.' })

    const posted = await put(job(server))
    const same = await put(job(server))
    const updated = await put(job(server), { body: `${MARKER}\nother` })

    expect(posted.outcome).toMatchObject({ kind: 'posted', foreign: [] })
    expect(same.outcome).toMatchObject({ kind: 'unchanged' })
    expect(updated.outcome).toMatchObject({ kind: 'updated' })
    expect(server.comments.map(({ id, body }) => [id, body])).toEqual([
      [1, 'Looks good.'],
      [2, `${MARKER}\nother`],
    ])
    expect(
      server.requests.filter((one) => one.startsWith('POST') && !one.includes('graphql')),
    ).toHaveLength(1)
    expect(server.requests.filter((one) => one.startsWith(update))).toHaveLength(1)
    expect(new Set(server.tokens)).toEqual(new Set([authorization]))
    expect(server.mistakes()).toEqual([])
  })

  it('says nothing if there is nothing to say, and updates what it said before', async () => {
    await using server = await start()

    const first = await put(job(server), { isNew: false })
    expect(first.outcome).toEqual({ kind: 'silent', foreign: [] })
    expect(server.comments).toEqual([])

    server.comments.push({ id: 7, author: server.account, body: BODY })
    const later = await put(job(server), { body: `${MARKER}\nno changes`, isNew: false })
    expect(later.outcome).toMatchObject({ kind: 'updated' })
    expect(server.comments[0]?.body).toBe(`${MARKER}\nno changes`)
    expect(server.mistakes()).toEqual([])
  })

  it('never takes over a comment that another account wrote', async () => {
    await using server = await start()
    server.comments.push({ id: 3, author: 'mallory', body: `${MARKER}\nforged` })

    const { outcome } = await put(job(server))
    const again = await put(job(server), { body: `${MARKER}\nnew` })

    expect(outcome).toMatchObject({ kind: 'posted', foreign: [{ author: 'mallory', id: '3' }] })
    expect(again.outcome).toMatchObject({ kind: 'updated', foreign: [{ author: 'mallory' }] })
    expect(server.comments.map(({ author, body }) => [author, body])).toEqual([
      ['mallory', `${MARKER}\nforged`],
      [server.account, `${MARKER}\nnew`],
    ])
  })

  it('finds its comment on the last of many pages, and never follows the address of a page', async () => {
    await using server = await start()
    server.pageSize = 2
    for (let id = 1; id <= 6; id++)
      server.comments.push({ id, author: 'ana', body: `no ${String(id)}` })
    server.comments.push({ id: 7, author: server.account, body: BODY })

    expect((await put(job(server))).outcome).toMatchObject({ kind: 'unchanged' })
    expect(server.requests.filter((one) => one.startsWith('GET'))).toHaveLength(
      4 + Number(authorization === TOKEN),
    )
  })

  it('gives up on a list of comments without an end', async () => {
    await using server = await start()
    server.pageSize = 1
    for (let id = 1; id <= 120; id++) server.comments.push({ id, author: 'ana', body: 'x' })

    const { error } = await put(job(server))
    expect(error).toMatchObject({ code: 'too-many-comments', exitCode: EXIT.error })
    expect(server.requests).toHaveLength(100)
  })

  it('posts anew if its comment is deleted meanwhile', async () => {
    await using server = await start()
    server.comments.push({ id: 4, author: server.account, body: `${MARKER}\nold` })
    server.before = (method) => {
      if (method === update) server.comments.length = 0
    }

    const { outcome } = await put(job(server))
    expect(outcome).toMatchObject({ kind: 'posted' })
    expect(server.comments.map(({ body }) => body)).toEqual([BODY])
    expect(server.mistakes()).toEqual([])
  })

  it.each([
    [401, 'bad-token', EXIT.notAllowed, 'does not accept the token'],
    [403, 'not-allowed', EXIT.notAllowed, 'does not allow this with the token'],
    [404, 'not-found', EXIT.error, 'there is nothing by this name'],
    [422, 'host-refused', EXIT.error, '--markdown-limit'],
  ])('tells of %i clearly, and tries once', async (status, code, exitCode, words) => {
    await using server = await start()
    server.disturb('POST', {
      status,
      body: { message: `No: ${TOKEN}\u001b[2J`, documentation_url: 'https://docs' },
    })

    const { error, waits } = await put(job(server))
    expect(error).toMatchObject({ code, exitCode })
    expect(describeError(error!)).toContain(words)
    expect(describeError(error!)).toContain('No: ***\\u{1b}[2J')
    expect(waits).toEqual([])
    expect(server.comments).toEqual([])
    expect(server.mistakes()).toEqual([])
  })

  it('waits as long as it is asked to, within bounds', async () => {
    await using server = await start()
    const busy = (headers: Record<string, string>) => ({
      status: 429,
      body: { message: 'slow' },
      headers,
    })
    server.disturb('GET', busy({ 'Retry-After': '7' }), busy({}), { status: 503, body: '<html>' })

    const patient = await put(job(server))
    expect(patient.waits).toEqual([7000, 2000, 4000])
    expect(patient.outcome).toMatchObject({ kind: 'posted' })

    server.disturb('GET', busy({ 'Retry-After': '61' }))
    const { error, waits } = await put(job(server))
    expect(error?.hint).toContain('in 61 s')
    expect(waits).toEqual([])
  })

  it('posts one comment although no answer came to the first', async () => {
    await using server = await start()
    server.disturb('POST', 'cut')

    const { outcome, waits } = await put(job(server))
    expect(waits).toEqual([1000])
    expect(outcome).toMatchObject({ kind: 'unchanged' })
    expect(server.comments).toHaveLength(1)
  })

  it('says that no answer came', async () => {
    await using server = await start()
    server.disturb('GET', 'lost', 'lost', 'lost', 'lost')

    const { error, waits } = await put(job(server))
    expect(error).toMatchObject({ code: 'host-busy', exitCode: EXIT.error })
    expect(error?.message).toContain('no answer (')
    expect(error?.hint).toContain('Nothing was posted. Check that http')
    expect(waits).toEqual([1000, 2000, 4000])

    server.disturb('POST', 'lost', 'lost', 'lost', 'lost')
    expect((await put(job(server))).error?.hint).toContain('had an effect is not known')
  })

  it.each([
    ['of another kind', '{"a": 1}'],
    ['that is no JSON', '<html>'],
    ['with a comment of another shape', '[{"id": "1"}]'],
  ])('refuses an answer %s', async (_, text) => {
    await using server = await start()
    server.disturb('GET', { status: 200, body: text })

    expect((await put(job(server))).error).toMatchObject({ code: 'odd-answer' })
    expect(server.requests).toHaveLength(1)
  })

  it('follows a redirect on the same origin, and takes the token nowhere else', async () => {
    await using server = await start()
    await using sink = await startListener()
    const there = `${server.base}${server.base.endsWith('/v4') ? '/projects/5/merge_requests/12/notes' : '/repos/octo/app/issues/12/comments'}?per_page=100&page=1`
    server.disturb('GET', { status: 301, headers: { Location: there } })
    expect((await put(job(server))).outcome).toMatchObject({ kind: 'posted' })

    server.disturb('GET', { status: 307, headers: { Location: `${sink.address}/x` } })
    const { error } = await put(job(server))
    expect(error).toMatchObject({ code: 'redirected' })
    expect(error?.message).toContain(sink.address)
    expect(sink.connections()).toBe(0)
  })
})

it('counts a 403 of GitHub without requests left as a rate limit', async () => {
  await using server = await startGithub()
  const reset = String(NOW / 1000 + 5)
  server.disturb('GET', {
    status: 403,
    body: { message: 'API rate limit exceeded' },
    headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': reset },
  })

  const { outcome, waits } = await put(onGithub(server))
  expect(waits).toEqual([5000])
  expect(outcome).toMatchObject({ kind: 'posted' })
})

it.each([
  ['FORBIDDEN', 'not-allowed', EXIT.notAllowed, 'does not allow this with the token'],
  ['INSUFFICIENT_SCOPES', 'not-allowed', EXIT.notAllowed, 'GITHUB_TOKEN'],
  [undefined, 'host-refused', EXIT.error, 'GitHub: POST /graphql: Something went wrong; again'],
])('tells of errors in a 200 of GraphQL: %s', async (type, code, exitCode, words) => {
  await using server = await startGithub()
  server.comments.push({ id: 7, author: server.account, body: BODY })
  const errors = [{ ...(type !== undefined && { type }), message: 'Something went wrong' }]
  const body = { data: null, errors: [...errors, { message: `again ${TOKEN}\u001b[2J` }] }
  server.disturb('POST', { status: 200, body })

  const { error, waits } = await put(onGithub(server), { body: `${MARKER}\nother` })

  expect(error).toMatchObject({ code, exitCode })
  expect(describeError(error!)).toContain(words)
  expect(waits).toEqual([])
  expect(server.comments[0]?.body).toBe(BODY)
})

it('waits where GraphQL says in a 200 that there were too many requests', async () => {
  await using server = await startGithub()
  server.comments.push({ id: 7, author: server.account, body: BODY })
  const limited = { type: 'RATE_LIMITED', message: 'API rate limit exceeded' }
  server.disturb('POST', { status: 200, body: { errors: [limited] } })

  const { outcome, waits } = await put(onGithub(server))

  expect(waits).toEqual([1000])
  expect(outcome).toMatchObject({ kind: 'unchanged' })
})

it('says which field was refused, not how the host wrote it', async () => {
  await using server = await startGithub()
  const errors = [{ resource: 'IssueComment', field: 'body', code: 'too_long' }, null, 7]
  server.disturb('POST', { status: 422, body: { message: 'Validation Failed', errors } })

  const { error } = await put(onGithub(server))

  expect(error?.message).toContain('HTTP 422 (Validation Failed; body: too_long; 7)')
})

it('ignores the notes that GitLab writes itself', async () => {
  const [, , gitlab] = KINDS
  await using server = await gitlab!.start()
  server.comments.push({ id: 1, author: 'system', body: BODY })

  expect((await put(gitlab!.job(server))).outcome).toEqual(
    expect.objectContaining({ kind: 'posted', foreign: [] }),
  )
})

describe('the environment', () => {
  const env = { GITHUB_REPOSITORY: 'octo/app', GITHUB_TOKEN: TOKEN }
  const event = { pull_request: { number: 12 } }

  it.each<[string, JobEnvironment, string]>([
    ['of no host', { env: {}, event }, 'no-code-host'],
    ['of two hosts', { env: { ...env, CI_PROJECT_ID: '5' }, event }, 'two-code-hosts'],
    ['of a push', { env, event: { ref: 'refs/heads/main' } }, 'no-pull-request'],
    ['of an issue', { env, event: { issue: { number: 4 } } }, 'no-pull-request'],
    ['without a token', { env: { GITHUB_REPOSITORY: 'octo/app' }, event }, 'no-host-token'],
    [
      'with a token of two lines',
      { env: { ...env, GITHUB_TOKEN: 'a\nb' }, event },
      'no-host-token',
    ],
    [
      'with a path for a name',
      { env: { ...env, GITHUB_REPOSITORY: 'octo/..' }, event },
      'bad-variable',
    ],
    [
      'with a user in the address',
      { env: { ...env, GITHUB_API_URL: 'https://u:secret@h/' }, event },
      'bad-variable',
    ],
    [
      'without the address of GitLab',
      { env: { CI_PROJECT_ID: '5', CI_MERGE_REQUEST_IID: '1', GITLAB_TOKEN: TOKEN }, event },
      'bad-variable',
    ],
    [
      'of a branch pipeline',
      { env: { CI_PROJECT_ID: '5', GITLAB_TOKEN: TOKEN }, event },
      'no-pull-request',
    ],
  ])('%s is refused', async (_, job, code) => {
    const error = await Promise.resolve()
      .then(() => put(job))
      .then(
        ({ error: thrown }) => thrown,
        (thrown: unknown) => thrown as LockstepError,
      )
    expect(error).toMatchObject({ code })
    expect(describeError(error!)).not.toMatch(/secret|ghs_/)
  })

  it('names the pull request of a comment, and gives way to a given number', () => {
    const access = () => ({
      agents: createAgents({ tls: { verify: true }, timeout: 1 }),
      userAgent: 'x',
      mask: (text: string) => text,
      timeout: 1,
      now: () => 0,
    })
    const comment = { issue: { number: 9, pull_request: {} } }
    expect(findCodeHost({ env, event: comment }, access).host.place).toBe(
      'pull request 9 of octo/app',
    )
    expect(findCodeHost({ env, event, pullRequest: 3 }, access).host.place).toBe(
      'pull request 3 of octo/app',
    )
    expect(findCodeHost({ env, event }, access).base).toBe('https://api.github.com')
  })
})
