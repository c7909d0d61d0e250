/** The checker of exchanges must find what does not fit, else no test that uses it says anything. */
import { expect, it } from 'vitest'
import { githubDescription } from './github-description.ts'
import { GITLAB_DESCRIPTION } from './gitlab-description.ts'
import { createChecker, type Exchange } from './openapi.ts'

const comments = '/repos/octo/app/issues/12/comments'

it('finds what does not fit GitHub’s description', async () => {
  const description = await githubDescription()
  const check = createChecker(description)
  const example = description.components?.examples?.['issue-comment']?.value as object
  const good: Exchange = {
    ...{ method: 'POST', path: comments, body: { body: 'x' }, status: 201, answer: example },
  }
  const wrong: [Partial<Exchange>, string][] = [
    [{ method: 'PUT' }, 'is not described'],
    [{ path: `${comments}/1/2` }, 'is not described'],
    [{ path: `${comments}?per_page=1` }, 'per_page is no parameter'],
    [{ path: '/repos/octo/app/issues/x/comments' }, 'issue_number must be integer'],
    [{ body: { text: 'x' } }, 'must have required property'],
    [{ body: { body: 'x', more: 1 } }, 'must NOT have additional properties'],
    [{ status: 299 }, 'is no described status'],
    [{ answer: { ...example, user: { login: 1 } } }, 'the answer/user/login must be string'],
    [{ answer: [] }, 'must be object'],
  ]

  expect(check(good)).toEqual([])
  for (const [change, words] of wrong) {
    expect(check({ ...good, ...change }).join('\n'), words).toContain(words)
  }
})

it('finds what does not fit what GitLab documents', () => {
  const check = createChecker(GITLAB_DESCRIPTION)
  const path =
    '/projects/5/merge_requests/12/notes?sort=asc&order_by=created_at&per_page=100&page=1'
  const good: Exchange = { method: 'GET', path, body: undefined, status: 200, answer: [] }

  expect(check(good)).toEqual([])
  expect(check({ ...good, path: path.replace('100', '101') })).toEqual(['per_page must be <= 100'])
  expect(check({ ...good, path: path.replace('asc', 'up') })).toHaveLength(1)
  expect(check({ ...good, answer: [{ id: 1 }] })).not.toEqual([])
  expect(check({ ...good, body: {} })).toEqual(['the request has a body'])
})
