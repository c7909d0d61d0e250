/**
 * The capabilities that a request needs, as policies name them: one table for the policy that is
 * printed, the check before a plan, and the text of a refusal. Pure.
 */
import type { ServerRequest } from '../domain/exchange.ts'
import { compareText } from '../domain/names.ts'
import { jsonText } from '../domain/printable.ts'
import { plainPath } from './request-path.ts'
import { keepOneVersion, listSecrets, readSecret } from './requests.ts'

export interface Capability {
  /** From the root namespace, without `/v1/`, as in policies and `sys/capabilities-self`. */
  readonly path: string
  /** Sorted. */
  readonly capabilities: readonly string[]
  /** True: the star at the end of `path` stands for every path below. Else a star is a name. */
  readonly isPattern?: true
}

/** A POST needs `update` even if it creates something, except for a secret. */
const CAPABILITY = { GET: 'read', POST: 'update', PUT: 'update', DELETE: 'delete' } as const

// Paths that need `sudo`. Measured on OpenBao 2.7.2: without it, enabling and tuning an auth method
// are refused, in every namespace. `sys/mounts/*` and `sys/plugins/reload/*` do not need it.
const SUDO = /^sys\/(auth|plugins\/catalog)\//

/** The path and the capabilities that a request needs. */
export function capabilityFor(request: ServerRequest): Capability {
  const { method, namespace, body } = request
  const isList = /[?&]list=true/.test(request.path)
  const path = plainPath(request.path)
  const capabilities = [
    isList ? 'list' : CAPABILITY[method],
    // The first write by check-and-set creates the secret, which needs `create`.
    ...(method === 'POST' && body?.['options'] !== undefined ? ['create'] : []),
    ...(SUDO.test(path) ? ['sudo'] : []),
  ]
  return { path: `${namespace}${path}`, capabilities: capabilities.sort(compareText) }
}

/**
 * The rights to record runs below a path of a KV store (version 2), and to read the records: the
 * names of the secrets are not known before the runs. Sorted by path.
 */
export function journalCapabilities(kv: string): readonly Capability[] {
  const below = `${kv}/*`
  return [
    { ...capabilityFor(readSecret(below)), capabilities: ['create', 'read', 'update'] },
    capabilityFor(listSecrets(kv)),
    { ...capabilityFor(keepOneVersion(below)), capabilities: ['create', 'update'] },
  ].map((capability) =>
    capability.path.endsWith('/*') ? { ...capability, isPattern: true } : capability,
  )
}

/**
 * A line of a policy in HCL. A path that a policy cannot name exactly becomes a comment that says
 * so: the line would allow more than intended.
 */
export function policyLine(capability: Capability): string {
  const { path, capabilities } = capability
  const list = capabilities.map((name) => `"${name}"`).join(', ')
  const problem = findProblemInPolicy(capability)
  return problem === undefined
    ? `path ${jsonText(path)} { capabilities = [${list}] }`
    : `# No line for [${list}] on ${jsonText(path)}: ${problem}.`
}

/**
 * Why a policy cannot name exactly this path. Undefined if it can. Measured on OpenBao 2.7.2: a
 * star in the middle matches a star, and there is no escape.
 */
export function findProblemInPolicy({
  path,
  isPattern,
}: Pick<Capability, 'path' | 'isPattern'>): string | undefined {
  if (path.endsWith('*') && isPattern !== true)
    return 'in a policy, a star at the end matches any ending'
  if (path.split('/').includes('+')) return 'in a policy, the segment + matches any segment'
  return /\{\{|\}\}|\$\{/.test(path) ? 'in a policy these braces begin a template' : undefined
}
