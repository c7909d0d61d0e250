/** Finds what the plan should have brought about and did not: always a bug of the planner. */
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

export function missedEnds(twin: Twin, desired: DesiredEnd): RehearsalFault[] {
  return [
    ...desired.entries.flatMap((entry) => missedEntry(twin, entry)),
    ...desired.mounts.flatMap((mount) => missedMount(twin, mount)),
    ...desired.connections
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

function missedMount(twin: Twin, desired: DesiredEndMount): RehearsalFault[] {
  const { mount, nodes } = desired
  return nodes.flatMap((node) => {
    const running = twin.running(node, mount)
    if (running === undefined) return [missed(`${mount} not there`, { mount, node })]
    if ((running.configured_version === LATEST) !== (desired.configured === LATEST)) {
      const still = desired.configured === LATEST ? 'not' : 'still'
      return [missed(`${mount} ${still} configured for latest`, { mount, node })]
    }
    const start = twin.wouldStart(node, mount)
    // A mount that would not start is reported as another fault. But that fault may be older than
    // the plan, and the configured version must be right all the same.
    const starts =
      start.kind === 'failed'
        ? { version: configuredFor(running, desired), sha256: desired.sha256 }
        : start
    const runs = { version: running.running_version, sha256: running.running_sha256 }
    if (![runs, starts].every(({ sha256 }) => sha256 === desired.sha256)) {
      return [missed(`${mount} on another binary`, { mount, node })]
    }
    // The same binary may be registered under two versions.
    if (![runs, starts].every(({ version }) => isVersionOf(desired, version))) {
      return [missed(`${mount} on another version`, { mount, node })]
    }
    // A version that is not registered any more is reported as another fault.
    return running.is_current || !running.is_registered
      ? []
      : [missed(`${mount} on what its entry was before`, { mount, node })]
  })
}

/** Without a version, and for a builtin's version, a server lists the version that the binary reports. */
function isVersionOf({ version: desired }: DesiredEndMount, version: string): boolean {
  return desired === UNVERSIONED || isBuiltinVersion(desired) || desired === version
}

/** A mount on `latest` counts as configured for the desired version. */
function configuredFor(
  { configured_version: configured }: RunningMount,
  { version }: DesiredEndMount,
): Version {
  return configured === LATEST ? version : configured
}
