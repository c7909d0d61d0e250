/**
 * Computes the rights that a plan needs from its requests, so that no request is forgotten. The
 * right to disable a mount is never needed: no request does that.
 */
import type { Fact, Step } from '../documents/plan.generated.ts'
import { writeOf } from '../documents/writes-of.ts'
import { unreachable } from '../domain/errors.ts'
import type { ServerRequest } from '../domain/exchange.ts'
import type { DesiredCluster } from '../domain/desired.ts'
import { compareText, ROOT_NAMESPACE } from '../domain/names.ts'
import {
  listNamespaces,
  readBelowMount,
  readCatalog,
  readCatalogEntry,
  readConnection,
  readAuthMounts,
  readSecret,
  readPins,
  readSecretMounts,
  requestOf,
  writeSecret,
} from '../server/requests.ts'
import {
  type Capability,
  capabilityFor,
  journalCapabilities,
  policyLine,
} from '../server/rights.ts'

/** What a run writes beside its steps: the lock and the journal of the file. */
type RunSecrets = Pick<DesiredCluster, 'lock' | 'journal'>

/**
 * The rights that the steps need, for their rollback, their checks, the cluster lock and the shared
 * journal, too; sorted by path. `cluster` is that of the file.
 */
export function requiredCapabilities(
  steps: readonly Step[],
  cluster: RunSecrets = {},
): readonly Capability[] {
  const requests: ServerRequest[] = []
  const need = (request: ServerRequest): void => {
    requests.push(request)
  }
  // Thousands of facts are read with a few requests: each request is counted once.
  const read = new Set<string>()
  const needReads = (fact: Fact): void => {
    const key = readKey(fact)
    if (read.has(key)) return
    read.add(key)
    for (const request of readsOf(fact)) need(request)
  }
  for (const step of steps) {
    const { action, undo, requires, ensures, restores, verify = [] } = step
    for (const request of [...writeOf(step), ...undo]) need(requestOf(request))
    for (const facts of [requires, ensures, restores]) facts.forEach(needReads)
    for (const check of verify) {
      if (check.kind !== 'read') continue
      if (action.kind !== 'reload' && action.kind !== 'check') continue
      need(readBelowMount(check.mount, action.namespace, check.path))
    }
  }
  return collectCapabilities(requests, steps.length === 0 ? {} : cluster)
}

/**
 * The rights that these requests, the lock and the journal need, each path once; sorted by path.
 */
export function collectCapabilities(
  requests: readonly ServerRequest[],
  { lock, journal }: RunSecrets = {},
): readonly Capability[] {
  const needed = new Map<string, Set<string>>()
  const locking = lock === undefined ? [] : [readSecret(lock.kv), writeSecret(lock.kv, 0, {})]
  for (const request of [...requests, ...locking]) {
    const { path, capabilities } = capabilityFor(request)
    const known = needed.get(path) ?? new Set<string>()
    needed.set(path, known)
    for (const capability of capabilities) known.add(capability)
  }
  return [
    ...[...needed].map(([path, capabilities]) => ({
      path,
      capabilities: [...capabilities].sort(compareText),
    })),
    ...(journal === undefined ? [] : journalCapabilities(journal.kv)),
  ].sort((a, b) => compareText(a.path, b.path))
}

/** Facts with the same key are read with the same requests. */
function readKey(fact: Fact): string {
  switch (fact.fact) {
    case 'entry':
      return fact.plugin
    case 'mount':
    case 'no_mount':
    case 'running':
      return fact.namespace
    case 'connection':
      return fact.connection
    case 'unused':
    case 'no_namespaces':
      return fact.fact
    default:
      return unreachable(fact)
  }
}

function readsOf(fact: Fact): readonly ServerRequest[] {
  switch (fact.fact) {
    case 'entry':
      return [readCatalogEntry(fact.plugin, fact.version)]
    case 'mount':
    case 'no_mount':
    case 'running':
      return [readSecretMounts(fact.namespace), readAuthMounts(fact.namespace)]
    case 'connection':
      return [readConnection(fact.connection, fact.namespace)]
    case 'unused':
      // OpenBao has no pins, but it checks the token's rights before it says so.
      return [readCatalog(), readPins()]
    case 'no_namespaces':
      return [listNamespaces(ROOT_NAMESPACE)]
    default:
      return unreachable(fact)
  }
}

/** The rights that the token lacks. A path that the server said nothing about counts as denied. */
export function missingCapabilities(
  required: readonly Capability[],
  granted: ReadonlyMap<string, readonly string[]>,
): readonly Capability[] {
  return required.flatMap(({ path, capabilities, ...rest }) => {
    const grantedHere = new Set(granted.get(path))
    if (grantedHere.has('root')) return []
    const isDenied = grantedHere.has('deny')
    const missing = capabilities.filter((capability) => isDenied || !grantedHere.has(capability))
    return missing.length === 0 ? [] : { path, capabilities: missing, ...rest }
  })
}

/** A policy in HCL with a line for each path; '' for no paths. */
export function renderPolicy(capabilities: readonly Capability[]): string {
  return capabilities.map((capability) => `${policyLine(capability)}\n`).join('')
}
