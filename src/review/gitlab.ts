/** The notes of a merge request on GitLab, by its REST interface v4. */
import { fields, nonEmptyText, list, text, truth, wholeNumber } from '../server/answers/shape.ts'
import type { CodeHost, HostComment } from './code-host.ts'
import type { HostAccess } from './github.ts'
import { createHostClient } from './host-client.ts'
import type { HostRequest } from './host-exchange.ts'
import { read } from './read-answer.ts'

export interface MergeRequest {
  /** The number of the project, or its path. */
  readonly project: string
  /** The number of the merge request in its project. */
  readonly iid: number
  /** Of the project, for people. Undefined if the job does not say. */
  readonly page: string | undefined
}

/** True for the notes of GitLab itself: a commit was added, an assignee changed. */
interface Note extends HostComment {
  readonly isSystem: boolean
}

export function createGitlab(
  { project, iid, page: projectPage }: MergeRequest,
  { base, token, userAgent, ...rest }: HostAccess,
): CodeHost {
  const client = createHostClient({
    ...rest,
    name: 'GitLab',
    base,
    tokenVariable: 'GITLAB_TOKEN',
    neededRights:
      'Set GITLAB_TOKEN to an access token of the project with the scope api and at least the role Reporter. The token of a job (CI_JOB_TOKEN) cannot write notes.',
    headers: { 'PRIVATE-TOKEN': token, Accept: 'application/json', 'User-Agent': userAgent },
  })
  const notes = `/projects/${encodeURIComponent(project)}/merge_requests/${iid}/notes`
  const urlOf = (id: string): string =>
    projectPage === undefined
      ? `note ${id} of merge request ${iid}`
      : `${projectPage}/-/merge_requests/${iid}#note_${id}`
  const readNote = (value: unknown, at: string): Note => {
    const { id, body, author, system } = fields(value, at)
    const note = String(wholeNumber(id, `${at}.id`))
    return {
      id: note,
      author: nonEmptyText(fields(author, `${at}.author`)['username'], `${at}.author.username`),
      body: text(body, `${at}.body`),
      url: urlOf(note),
      isSystem: truth(system, `${at}.system`),
    }
  }
  return {
    name: 'GitLab',
    place: `merge request ${iid} of project ${project}`,
    account: async () => {
      const request: HostRequest = { method: 'GET', path: '/user' }
      const { body } = await client.send(request)
      return read(client, request, body, (value, at) =>
        nonEmptyText(fields(value, at)['username'], 'username'),
      )
    },
    list: async (page) => {
      const request: HostRequest = {
        method: 'GET',
        path: `${notes}?sort=asc&order_by=created_at&per_page=100&page=${page}`,
      }
      const { body, hasNext } = await client.send(request)
      const found = read(client, request, body, (value, at) => list(value, at, readNote))
      return { comments: found.filter(({ isSystem }) => !isSystem), hasNext }
    },
    post: async (body) => {
      const request: HostRequest = { method: 'POST', path: notes, body: { body } }
      const answer = await client.send(request)
      return read(client, request, answer.body, readNote).url
    },
    update: async ({ id }, body) => {
      const request: HostRequest = { method: 'PUT', path: `${notes}/${id}`, body: { body } }
      const { status } = await client.send(request, [404])
      return status === 404 ? 'gone' : 'updated'
    },
  }
}
