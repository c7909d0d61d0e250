/** Reads the `cluster` parts of all files together: which cluster it is, and how to reach it. */
import type { DesiredCluster, Source } from '../domain/desired.ts'
import { findProblemInMountPath } from '../domain/name-problems.ts'
import { parseNodeAddress, type NodeAddress } from '../domain/names.ts'
import { claimOnce, type ClaimName, type InputFile, type Report } from './input-file.ts'
import { commandNear } from './files/near-file.ts'
import { showText } from './wording.ts'

/** Reports a key that two files have, and each value that is not valid. */
export function readCluster(files: readonly InputFile[], report: Report): DesiredCluster {
  const claim = claimOnce('cluster', report)
  return files.reduce<DesiredCluster>(
    (cluster, file) => ({ ...cluster, ...readClusterOf(file, claim, report) }),
    {},
  )
}

function readClusterOf(file: InputFile, claim: ClaimName, report: Report): DesiredCluster {
  const cluster = file.document.cluster ?? {}
  for (const key of Object.keys(cluster)) claim(key, file.places.key(['cluster', key]))
  const sourceOf = (key: string): Source => file.places.value(['cluster', key])

  const address =
    cluster.address === undefined
      ? undefined
      : readAddress(cluster.address, sourceOf('address'), report)
  const nodes = Array.isArray(cluster.nodes) ? readNodes(file, cluster.nodes, report) : undefined
  const check = cluster.binary_check?.flatMap((part) => part ?? [])
  if (check !== undefined && !check.some((part) => part.includes('{command}'))) {
    report({
      message: 'binary_check must contain {command} in place of the file name',
      source: sourceOf('binary_check'),
      hint: 'for example [ssh, "{host}", sha256sum, "/opt/plugins/{command}"]',
    })
  }
  for (const key of ['lock', 'journal'] as const) {
    const kv = cluster[key]?.kv
    const problem = kv === undefined ? undefined : findProblemInMountPath(`${kv}/`)
    if (kv === undefined || problem === undefined) continue
    report({
      message: `${showText(kv)} cannot be a secret's path: it ${problem}`,
      source: sourceOf(key),
      hint: 'write <mount>/<path>, e.g. secret/lockstep',
    })
  }
  const lock = cluster.lock?.kv
  const journal = cluster.journal?.kv
  return {
    ...(cluster.name !== undefined && { name: { value: cluster.name, source: sourceOf('name') } }),
    ...(address !== undefined && { address: { value: address, source: sourceOf('address') } }),
    ...(nodes !== undefined && { nodes }),
    ...(check !== undefined && {
      binaryCheck: { command: commandNear(file.file, check), source: sourceOf('binary_check') },
    }),
    ...(lock !== undefined && { lock: { kv: lock, source: sourceOf('lock') } }),
    ...(journal !== undefined && { journal: { kv: journal, source: sourceOf('journal') } }),
  }
}

function readNodes(
  file: InputFile,
  nodes: readonly (string | undefined)[],
  report: Report,
): readonly NodeAddress[] {
  const claim = claimOnce('node', report)
  return nodes.flatMap((text, index) => {
    if (text === undefined) return []
    const source = file.places.value(['cluster', 'nodes', index])
    const address = readAddress(text, source, report)
    return address !== undefined && claim(address, source) ? [address] : []
  })
}

function readAddress(text: string, source: Source, report: Report): NodeAddress | undefined {
  const address = parseNodeAddress(text)
  if (address === undefined) {
    report({
      // The part before an @ may be a password.
      message: `${showText(text.replace(/^.*@/s, '…@'))} is not an address`,
      source,
      hint: 'write https://host:port or http://host:port',
    })
    return undefined
  }
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') {
    // The address is not shown: it holds a credential.
    report({ message: 'an address must have no user or password in it', source })
    return undefined
  }
  // `/v1` is a part of every request, not of the address.
  if (address.endsWith('/v1') || url.search !== '' || url.hash !== '') {
    report({
      message: `${showText(text)} has more than an address in it`,
      source,
      hint: `write ${address.replace(/\/v1$/, '')}`,
    })
    return undefined
  }
  return address
}
