/**
 * What GitLab documents of the requests that are made: written by hand from its documentation of the
 * notes, users and issues interfaces, since no registry has GitLab's OpenAPI description as a
 * package. It is as strict as the documentation: no property or parameter beside those.
 */
import type { OpenApiDocument } from './openapi.ts'

const error = {
  type: 'object',
  minProperties: 1,
  properties: {
    message: {},
    error: { type: 'string' },
    error_description: { type: 'string' },
  },
}
const account = {
  type: 'object',
  required: ['id', 'username', 'name', 'state'],
  properties: {
    id: { type: 'integer' },
    username: { type: 'string', minLength: 1 },
    name: { type: 'string' },
    state: { type: 'string' },
  },
}
const note = {
  type: 'object',
  required: ['id', 'body', 'author', 'system', 'noteable_type', 'noteable_iid', 'created_at'],
  properties: {
    id: { type: 'integer' },
    body: { type: 'string' },
    author: account,
    system: { type: 'boolean' },
    noteable_type: { enum: ['MergeRequest', 'Issue'] },
    noteable_iid: { type: 'integer' },
    created_at: { type: 'string', format: 'date-time' },
  },
}
const issue = {
  type: 'object',
  required: ['id', 'iid', 'project_id', 'title', 'description', 'state', 'labels', 'author'],
  properties: {
    ...{ id: { type: 'integer' }, iid: { type: 'integer' }, project_id: { type: 'integer' } },
    title: { type: 'string' },
    description: { type: 'string', nullable: true },
    state: { enum: ['opened', 'closed'] },
    labels: { type: 'array', items: { type: 'string' } },
    author: account,
  },
}
const json = (schema: object): object => ({ content: { 'application/json': { schema } } })
const body = (most: number): object => ({
  ...json({
    type: 'object',
    required: ['body'],
    additionalProperties: false,
    properties: { body: { type: 'string', minLength: 1, maxLength: most } },
  }),
  required: true,
})
const path = (name: string, type = 'integer'): object => ({
  ...{ name, in: 'path', required: true },
  schema: { type },
})
const query = (name: string, schema: object): object => ({ name, in: 'query', schema })
const refusals = Object.fromEntries(
  [400, 401, 403, 404, 422, 429].map((status) => [status, json(error)]),
)
const noteBody = body(1_000_000)
const ofMergeRequest = [path('id', 'string'), path('merge_request_iid')]
const issueBody = (required: readonly string[], more: object): object => ({
  ...json({
    type: 'object',
    required,
    additionalProperties: false,
    properties: { description: { type: 'string', maxLength: 1_048_576 }, ...more },
  }),
  required: true,
})
const issues = '/projects/{id}/issues'
const notes = '/projects/{id}/merge_requests/{merge_request_iid}/notes'

export const GITLAB_DESCRIPTION = {
  openapi: '3.0.3',
  paths: {
    '/user': { get: { parameters: [], responses: { 200: json(account), ...refusals } } },
    [notes]: {
      get: {
        parameters: [
          ...ofMergeRequest,
          query('sort', { enum: ['asc', 'desc'] }),
          query('order_by', { enum: ['created_at', 'updated_at'] }),
          query('per_page', { type: 'integer', minimum: 1, maximum: 100 }),
          query('page', { type: 'integer', minimum: 1 }),
        ],
        responses: { 200: json({ type: 'array', items: note }), ...refusals },
      },
      post: {
        parameters: ofMergeRequest,
        requestBody: noteBody,
        responses: { 201: json(note), ...refusals },
      },
    },
    [`${notes}/{note_id}`]: {
      put: {
        parameters: [...ofMergeRequest, path('note_id')],
        requestBody: noteBody,
        responses: { 200: json(note), ...refusals },
      },
    },
    [issues]: {
      get: {
        parameters: [
          path('id', 'string'),
          query('scope', { enum: ['created_by_me', 'assigned_to_me', 'all'] }),
          query('state', { enum: ['opened', 'closed', 'all'] }),
          query('labels', { type: 'string' }),
          query('author_id', { type: 'integer' }),
          query('order_by', { enum: ['created_at', 'updated_at'] }),
          query('sort', { enum: ['asc', 'desc'] }),
          query('per_page', { type: 'integer', minimum: 1, maximum: 100 }),
        ],
        responses: { 200: json({ type: 'array', items: issue }), ...refusals },
      },
      post: {
        parameters: [path('id', 'string')],
        requestBody: issueBody(['title'], {
          title: { type: 'string', minLength: 1, maxLength: 255 },
          labels: { type: 'string' },
        }),
        responses: { 201: json(issue), ...refusals },
      },
    },
    [`${issues}/{issue_iid}`]: {
      put: {
        parameters: [path('id', 'string'), path('issue_iid')],
        requestBody: issueBody([], { state_event: { enum: ['close', 'reopen'] } }),
        responses: { 200: json(issue), ...refusals },
      },
    },
    [`${issues}/{issue_iid}/notes`]: {
      post: {
        parameters: [path('id', 'string'), path('issue_iid')],
        requestBody: noteBody,
        responses: { 201: json(note), ...refusals },
      },
    },
  },
} as unknown as OpenApiDocument
