/**
 * The rights that a request takes, as policies name them: one table for the policy that is
 * printed, the check before a plan, and the words of a refusal. Pure.
 */
import type { ServerRequest } from '../domain/exchange.ts'
import { compareText } from '../domain/names.ts'
import { jsonText } from '../domain/printable.ts'
import { plainPath } from './request-path.ts'

export interface Capability {
  /** From the root namespace, without `/v1/`, as policies and `sys/capabilities-self` have it. */
  readonly path: string
  /** Sorted. */
  readonly capabilities: readonly string[]
}

/** A POST is an update even where it makes something, but for a secret. */
const CAPABILITY = { GET: 'read', POST: 'update', PUT: 'update', DELETE: 'delete' } as const

// Measured on OpenBao 2.7.2: without it enabling and tuning an auth method are refused there too,
// in every namespace; `sys/mounts/*` and `sys/plugins/reload/*` are not.
const SUDO = /^sys\/(auth|plugins\/catalog)\//

export function capabilityFor(request: ServerRequest): Capability {
  const { method, namespace, body } = request
  const isList = /[?&]list=true/.test(request.path)
  const path = plainPath(request.path)
  const capabilities = [
    isList ? 'list' : CAPABILITY[method],
    // The first write by check-and-set makes the secret, which is a right of its own.
    ...(method === 'POST' && body?.['options'] !== undefined ? ['create'] : []),
    ...(SUDO.test(path) ? ['sudo'] : []),
  ]
  return { path: `${namespace}${path}`, capabilities: capabilities.sort(compareText) }
}

/**
 * As a policy in HCL has it. A path that no policy can name alone becomes a comment that says so,
 * since the line would give more than it is meant to.
 */
export function policyLine({ path, capabilities }: Capability): string {
  const list = capabilities.map((capability) => `"${capability}"`).join(', ')
  const fault = faultInPolicy(path)
  return fault === undefined
    ? `path ${jsonText(path)} { capabilities = [${list}] }`
    : `# No line for [${list}] on ${jsonText(path)}: ${fault}.`
}

/**
 * Why a policy cannot name this path and no other; undefined where it can. Measured on OpenBao
 * 2.7.2: a star in the middle is a star, and nothing of this can be escaped.
 */
export function faultInPolicy(path: string): string | undefined {
  if (path.endsWith('*')) return 'in a policy, a star at the end matches any ending'
  if (path.split('/').includes('+')) return 'in a policy, the segment + matches any segment'
  return /\{\{|\}\}|\$\{/.test(path) ? 'in a policy these braces begin a template' : undefined
}
