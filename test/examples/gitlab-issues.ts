/** The issues of a project on GitLab: the answers to what the drift job asks. */
import type { Reply } from '../review/code-host-server.ts'

export interface StoredIssue {
  readonly iid: number
  /** The id of the account that opened it. */
  readonly author: number
  readonly labels: readonly string[]
  readonly title: string
  description: string
  state: 'opened' | 'closed'
  readonly notes: string[]
}

/** The account of the token, as the stand-in of the code host has it. */
export const OWN_ACCOUNT = 1

const ISSUES = /^\/projects\/5\/issues(?:\/(\d+)(\/notes)?)?$/

interface IssueBody {
  readonly title?: string
  readonly labels?: string
  readonly description?: string
  readonly state_event?: 'close'
  readonly body?: string
}

export class GitlabIssues {
  readonly issues: StoredIssue[] = []

  /** Opens an issue. GitLab lists the oldest first, as the job asks for. */
  open(issue: Pick<StoredIssue, 'author' | 'labels' | 'title' | 'description'>): StoredIssue {
    const iid = this.issues.length + 1
    const opened: StoredIssue = { ...issue, iid, state: 'opened', notes: [] }
    this.issues.push(opened)
    return opened
  }

  answer(method: string, path: string, body: unknown): Reply | undefined {
    const [pathname = '', search = ''] = path.split('?')
    const [known, iid, notes] = ISSUES.exec(pathname) ?? []
    if (known === undefined) return undefined
    const given = (body ?? {}) as IssueBody
    if (iid === undefined) {
      if (method === 'GET') return this.listed(new URLSearchParams(search))
      const { title = '', description = '', labels = '' } = given
      const issue = { author: OWN_ACCOUNT, title, description, labels: labels.split(',') }
      return { status: 201, body: shown(this.open(issue)) }
    }
    const issue = this.issues.find((one) => one.iid === Number(iid))
    if (issue === undefined) return { status: 404, body: { message: '404 Not found' } }
    if (notes !== undefined) {
      issue.notes.push(given.body ?? '')
      const note = { id: issue.notes.length, body: given.body, author: account(OWN_ACCOUNT) }
      const about = { system: false, noteable_type: 'Issue', noteable_iid: issue.iid }
      return { status: 201, body: { ...note, ...about, created_at: '2026-05-01T10:00:00.000Z' } }
    }
    issue.description = given.description ?? issue.description
    if (given.state_event === 'close') issue.state = 'closed'
    return { status: 200, body: shown(issue) }
  }

  private listed(query: URLSearchParams): Reply {
    const found = this.issues.filter(
      ({ state, author, labels }) =>
        state === query.get('state') &&
        String(author) === query.get('author_id') &&
        labels.includes(query.get('labels') ?? ''),
    )
    return { status: 200, body: found.slice(0, Number(query.get('per_page') ?? 20)).map(shown) }
  }
}

function account(id: number): object {
  return { id, username: `account-${id}`, name: `account ${id}`, state: 'active' }
}

function shown({ iid, author, labels, title, description, state }: StoredIssue): object {
  return {
    id: 1000 + iid,
    iid,
    project_id: 5,
    author: account(author),
    labels,
    title,
    description,
    state,
  }
}
