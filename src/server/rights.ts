/**
 * The rights that a request takes, as policies name them: one table for the policy that is
 * printed, the check before a plan, and the words of a refusal. Pure.
 */
import type { ServerRequest } from '../domain/exchange.ts'
import { compareText } from '../domain/names.ts'
import { jsonText } from '../domain/printable.ts'

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

export function capabilityFor({ method, path, namespace, body }: ServerRequest): Capability {
  const isList = path.includes('list=true')
  const capabilities = [
    isList ? 'list' : CAPABILITY[method],
    // The first write by check-and-set makes the secret, which is a right of its own.
    ...(method === 'POST' && body?.['options'] !== undefined ? ['create'] : []),
    ...(SUDO.test(path) ? ['sudo'] : []),
  ]
  return { path: `${namespace}${withoutQuery(path)}`, capabilities: capabilities.sort(compareText) }
}

/** As a policy in HCL has it. */
export function policyLine({ path, capabilities }: Capability): string {
  const list = capabilities.map((capability) => `"${capability}"`).join(', ')
  return `path ${jsonText(path)} { capabilities = [${list}] }`
}

export function withoutQuery(path: string): string {
  return path.replace(/\?.*$/, '')
}
