/**
 * Code hosts of this machine: they keep comments as GitHub and GitLab do. Each request and answer
 * is held against the published description; what does not fit it fails the test that made it.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { githubDescription } from './github-description.ts'
import { GITLAB_DESCRIPTION } from './gitlab-description.ts'
import { createChecker, type Exchange, type FindMistakes, type OpenApiDocument } from './openapi.ts'

export interface StoredComment {
  readonly id: number
  readonly author: string
  body: string
}

export interface Reply {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Instead of the usual answer. `cut`: carried out, and no answer. `lost`: neither. */
export type Disturbance = Reply | 'cut' | 'lost'

export interface CodeHostServer extends AsyncDisposable {
  /** Of the API, as the variable of the CI system has it. */
  readonly base: string
  readonly origin: string
  readonly comments: StoredComment[]
  /** `GET /repos/…`, in order, without the query. */
  readonly requests: readonly string[]
  /** The values of the headers that brought a token. */
  readonly tokens: readonly string[]
  /** The account of the token. */
  account: string
  /** How many comments a page has; the request's own number if it is smaller. */
  pageSize: number
  /** For the next requests of a method, one each. */
  readonly disturb: (method: string, ...with_: readonly Disturbance[]) => void
  /** Answers a request for something else than comments; undefined if it knows no such path. */
  more: (method: string, path: string, body: unknown) => Reply | undefined
  /** Called before a request of that method is carried out. */
  before: (method: string) => void
  /** What did not fit the description, of all exchanges so far. */
  readonly mistakes: () => readonly string[]
}

/** Read once: it is 13 MB. */
let github: Promise<{ description: OpenApiDocument; check: FindMistakes }> | undefined

export async function startGithub(prefix = ''): Promise<CodeHostServer> {
  github ??= githubDescription().then((description) => ({
    description,
    check: createChecker(description),
  }))
  const { description, check } = await github
  const example = description.components?.examples?.['issue-comment']?.value as Readonly<
    Record<string, unknown>
  > & { readonly user: object }
  const shown = ({ id, author, body }: StoredComment): object => ({
    ...example,
    id,
    body,
    html_url: `https://github.example/octo/app/pull/12#issuecomment-${String(id)}`,
    user: { ...example.user, login: author },
  })
  return startServer({
    prefix,
    check,
    tokenHeader: 'authorization',
    shown,
    list: /^\/repos\/octo\/app\/issues\/12\/comments$/,
    one: /^\/repos\/octo\/app\/issues\/comments\/(\d+)$/,
    updateMethod: 'PATCH',
    account: (path, account) =>
      path === '/graphql' ? { data: { viewer: { login: account } } } : undefined,
  })
}

export async function startGitlab(): Promise<CodeHostServer> {
  const shown = ({ id, author, body }: StoredComment): object => ({
    ...{ id, body, attachment: null, system: author === 'system' },
    author: { id: 1, username: author, name: author, state: 'active' },
    ...{ created_at: '2026-05-01T10:00:00.000Z', updated_at: '2026-05-01T10:00:00.000Z' },
    ...{ noteable_id: 377, noteable_type: 'MergeRequest', noteable_iid: 12, resolvable: false },
  })
  return startServer({
    prefix: '/api/v4',
    check: createChecker(GITLAB_DESCRIPTION),
    tokenHeader: 'private-token',
    shown,
    list: /^\/projects\/5\/merge_requests\/12\/notes$/,
    one: /^\/projects\/5\/merge_requests\/12\/notes\/(\d+)$/,
    updateMethod: 'PUT',
    account: (path, username) =>
      path === '/user' ? { id: 1, username, name: username, state: 'active' } : undefined,
  })
}

interface Kind {
  readonly prefix: string
  readonly check: FindMistakes
  readonly tokenHeader: 'authorization' | 'private-token'
  readonly shown: (comment: StoredComment) => object
  readonly list: RegExp
  readonly one: RegExp
  readonly updateMethod: 'PATCH' | 'PUT'
  readonly account: (path: string, account: string) => object | undefined
}

async function startServer(kind: Kind): Promise<CodeHostServer> {
  const disturbances = new Map<string, Disturbance[]>()
  const requests: string[] = []
  const tokens: string[] = []
  const exchanges: Exchange[] = []
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const method = request.method ?? ''
      const url = request.url ?? ''
      // GraphQL of Enterprise stands beside REST, not below it.
      const path = url.startsWith(kind.prefix)
        ? url.slice(kind.prefix.length)
        : url.replace(/^\/api(?=\/graphql)/, '')
      const token = request.headers[kind.tokenHeader]
      requests.push(`${method} ${path.replace(/\?.*/, '')}`)
      if (token !== undefined) tokens.push(String(token))
      host.before(method)
      const disturbance = disturbances.get(method)?.shift()
      const reply =
        disturbance === undefined || disturbance === 'cut'
          ? answer(method, path, body)
          : disturbance
      if (disturbance === 'cut' || reply === 'lost') {
        request.socket.destroy()
        return
      }
      // Neither is in the description.
      if (!/^\/(graphql|download\/)/.test(path)) {
        exchanges.push({ method, path, body, status: reply.status, answer: reply.body })
      }
      response.writeHead(reply.status, { 'Content-Type': 'application/json', ...reply.headers })
      const isText = typeof reply.body === 'string' || reply.body instanceof Buffer
      response.end(isText ? reply.body : JSON.stringify(reply.body))
    })
  })
  const answer = (method: string, path: string, body: unknown): Reply => {
    const [pathname = '', search = ''] = path.split('?')
    const account = kind.account(pathname, host.account)
    if (account !== undefined) return { status: 200, body: account }
    const more = host.more(method, path, body)
    if (more !== undefined) return more
    const text = (body as { body?: string } | undefined)?.body ?? ''
    if (kind.list.test(pathname) && method === 'GET') {
      return page(new URLSearchParams(search))
    }
    if (kind.list.test(pathname) && method === 'POST') {
      const id = Math.max(0, ...host.comments.map((one) => one.id)) + 1
      const comment = { id, author: host.account, body: text }
      host.comments.push(comment)
      return { status: 201, body: kind.shown(comment) }
    }
    const id = Number(kind.one.exec(pathname)?.[1])
    const comment = host.comments.find((one) => one.id === id)
    if (comment !== undefined && method === kind.updateMethod) {
      comment.body = text
      return { status: 200, body: kind.shown(comment) }
    }
    return { status: 404, body: { message: 'Not Found', documentation_url: 'https://docs' } }
  }
  const page = (query: URLSearchParams): Reply => {
    const size = Math.min(host.pageSize, Number(query.get('per_page') ?? 20))
    const number = Number(query.get('page') ?? 1)
    const shown = host.comments.slice((number - 1) * size, number * size)
    const next = `<http://elsewhere.example/steal?page=${String(number + 1)}>; rel="next", <x>; rel="last"`
    return {
      status: 200,
      body: shown.map(kind.shown),
      ...(number * size < host.comments.length && { headers: { Link: next } }),
    }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port')
  const origin = `http://127.0.0.1:${String(bound.port)}`
  const host: CodeHostServer = {
    base: origin + kind.prefix,
    origin,
    comments: [],
    requests,
    tokens,
    account: 'github-actions[bot]',
    pageSize: 100,
    disturb: (method, ...list) => disturbances.set(method, [...list]),
    more: () => undefined,
    before: () => undefined,
    mistakes: () =>
      exchanges.flatMap((one) =>
        kind.check(one).map((mistake) => `${one.method} ${one.path}: ${mistake}`),
      ),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return host
}

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}
