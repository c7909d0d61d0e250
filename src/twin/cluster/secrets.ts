/**
 * Answers requests below a mount that a plan's checks and the cluster lock need: plain values by
 * path, and version 2 of the key/value engine with its check-and-set. Models no other engine.
 */
import type { JsonObject, ServerResponse } from '../../domain/exchange.ts'
import { compareText } from '../../domain/names.ts'
import { answer, NO_CONTENT, NOTHING_THERE, refuse } from './answers.ts'
import { TWIN_TIME } from './cluster-status.ts'
import type { Mount, Secret, State } from './state.ts'

export interface SecretRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the mount. */
  readonly path: string
  readonly lists: boolean
  readonly body: JsonObject
}

function isVersionedStore(mount: Mount): boolean {
  return mount.options?.['version'] === '2'
}

export function answerSecret(state: State, mount: Mount, request: SecretRequest): ServerResponse {
  const at = request.path.indexOf('/')
  const [section, rest] = [request.path.slice(0, at), request.path.slice(at + 1)]
  if (isVersionedStore(mount) && (section === 'data' || section === 'metadata')) {
    return answerVersioned(state, mount, { ...request, path: rest }, section)
  }
  const key = mount.path + request.path
  if (request.lists) return list(state, key)
  switch (request.method) {
    case 'GET': {
      const secret = state.secrets.get(key)
      return secret?.kind === 'plain' ? answer(secret.data) : NOTHING_THERE
    }
    case 'DELETE':
      state.secrets.delete(key)
      return NO_CONTENT
    case 'POST':
    case 'PUT':
      state.secrets.set(key, { kind: 'plain', data: request.body })
      return NO_CONTENT
  }
}

function list(state: State, folder: string): ServerResponse {
  const prefix = folder.replace(/\/?$/, '/')
  const names = [...state.secrets.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length).replace(/\/.*$/, '/'))
  const keys = [...new Set(names)].sort(compareText)
  return keys.length === 0 ? NOTHING_THERE : answer({ keys })
}

function answerVersioned(
  state: State,
  mount: Mount,
  { method, path, lists, body }: SecretRequest,
  section: 'data' | 'metadata',
): ServerResponse {
  const key = mount.path + path
  if (lists) return list(state, key)
  const before = state.secrets.get(key)
  const newest = before?.kind === 'versioned' ? before.version : 0
  switch (method) {
    case 'GET':
      return before?.kind === 'versioned' ? readVersioned(before, section) : NOTHING_THERE
    case 'DELETE':
      if (section === 'metadata') state.secrets.delete(key)
      else if (newest > 0) {
        state.secrets.set(key, { kind: 'versioned', version: newest, data: null })
      }
      return NO_CONTENT
    case 'POST':
    case 'PUT': {
      if (section === 'metadata') return NO_CONTENT
      const { cas } = (body['options'] ?? {}) as { readonly cas?: unknown }
      if (cas !== undefined && cas !== newest) {
        return refuse(400, 'check-and-set parameter did not match the current version')
      }
      const version = newest + 1
      state.secrets.set(key, { kind: 'versioned', version, data: body['data'] ?? null })
      return answer(describeVersion(version, false))
    }
  }
}

function readVersioned(
  secret: Secret & { readonly kind: 'versioned' },
  section: 'data' | 'metadata',
): ServerResponse {
  const { version, data } = secret
  const isDeleted = data === null
  if (section === 'metadata') {
    return answer({ current_version: version, created_time: TWIN_TIME.toISOString() })
  }
  return answer(
    { data, metadata: describeVersion(version, isDeleted) },
    { status: isDeleted ? 404 : 200 },
  )
}

function describeVersion(version: number, isDeleted: boolean) {
  const time = TWIN_TIME.toISOString()
  return {
    created_time: time,
    custom_metadata: null,
    deletion_time: isDeleted ? time : '',
    destroyed: false,
    version,
  }
}
