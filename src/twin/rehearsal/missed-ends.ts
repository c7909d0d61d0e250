/** What a plan was to bring about and does not: never the cluster's fault, always the planner's. */
import {
  isBuiltinVersion,
  isOtherBinary,
  LATEST,
  UNVERSIONED,
  type Version,
  versionLabel,
} from '../../domain/names.ts'
import type { DesiredEnd, DesiredEndEntry, DesiredEndMount } from '../../domain/desired-end.ts'
import type { RehearsalFault } from './faults.ts'
import type { RunningMount, Twin, TwinEntry } from '../cluster/twin.ts'

export function missedEnds(twin: Twin, wanted: DesiredEnd): RehearsalFault[] {
  return [
    ...wanted.entries.flatMap((entry) => missedEntry(twin, entry)),
    ...wanted.mounts.flatMap((mount) => missedMount(twin, mount)),
    ...wanted.connections
      .filter(({ connection, version }) => twin.connectionVersion(connection) !== version)
      .map(({ connection }) => missed(`${connection} on another version`, { connection })),
  ]
}

function missed(
  words: string,
  where: Pick<RehearsalFault, 'mount' | 'node' | 'connection'> = {},
): RehearsalFault {
  return { kind: 'missed-end', words, ...where }
}

function missedEntry(twin: Twin, { plugin, version, content }: DesiredEndEntry): RehearsalFault[] {
  const found = twin.entry(plugin, version)
  const subject = `${plugin} ${versionLabel(version)}`
  if (content === null) return found === undefined ? [] : [missed(`${subject} still registered`)]
  if (found === undefined) return [missed(`${subject} not registered`)]
  return isSame(found, content) ? [] : [missed(`${subject} registered otherwise`)]
}

/** A hash that the servers’ configuration does not declare cannot be compared: a finding says so. */
function isSame(found: TwinEntry, { command, sha256, args }: TwinEntry): boolean {
  return (
    found.command === command &&
    !isOtherBinary(found.sha256, sha256) &&
    JSON.stringify(found.args) === JSON.stringify(args)
  )
}

function missedMount(twin: Twin, wanted: DesiredEndMount): RehearsalFault[] {
  const { mount, nodes } = wanted
  return nodes.flatMap((node) => {
    const running = twin.running(node, mount)
    if (running === undefined) return [missed(`${mount} not there`, { mount, node })]
    if ((running.configured_version === LATEST) !== (wanted.configured === LATEST)) {
      const still = wanted.configured === LATEST ? 'not' : 'still'
      return [missed(`${mount} ${still} configured for latest`, { mount, node })]
    }
    const start = twin.wouldStart(node, mount)
    // What would not start is a fault of its own, but may have been one before; and what it is
    // configured for is for the plan to mend.
    const starts =
      start.kind === 'failed'
        ? { version: configuredFor(running, wanted), sha256: wanted.sha256 }
        : start
    const runs = { version: running.running_version, sha256: running.running_sha256 }
    if (![runs, starts].every(({ sha256 }) => sha256 === wanted.sha256)) {
      return [missed(`${mount} on another binary`, { mount, node })]
    }
    // The same binary may stand under two versions.
    if (![runs, starts].every(({ version }) => isVersionOf(wanted, version))) {
      return [missed(`${mount} on another version`, { mount, node })]
    }
    // What is registered no more is a fault of its own.
    return running.is_current || !running.is_registered
      ? []
      : [missed(`${mount} on what its entry was before`, { mount, node })]
  })
}

/** What has no version, or the builtin's, says what the binary says of itself. */
function isVersionOf({ version: wanted }: DesiredEndMount, version: string): boolean {
  return wanted === UNVERSIONED || isBuiltinVersion(wanted) || wanted === version
}

/** What `latest` cannot start it would start under the version that is asked for. */
function configuredFor(
  { configured_version: configured }: RunningMount,
  { version }: DesiredEndMount,
): Version {
  return configured === LATEST ? version : configured
}
