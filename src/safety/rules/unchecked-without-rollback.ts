/**
 * A reload that cannot be rolled back starts a file that was not proved, neither by a check nor by
 * a running process.
 */
import type { Step } from '../../documents/plan.generated.ts'
import { groupBy } from '../../domain/group-by.ts'
import { startsUnder } from '../../domain/live-index.ts'
import type { LiveState } from '../../domain/live.ts'
import {
  BUILTIN,
  type ConfiguredVersion,
  isHash,
  LATEST,
  type MountPath,
  type NodeAddress,
  type PluginId,
  type RunningBinary,
  type Sha256,
  UNVERSIONED,
  type Version,
  versionLabel,
} from '../../domain/names.ts'
import type { DraftPlan } from '../../plan/make-plan.ts'
import { contentOf } from '../../plan/steps.ts'
import { isChecked, type MissingFile, missingFiles } from '../needed-files.ts'
import type { PlanRule, RuleInput, Verdict } from '../rule.ts'
import { BINARY_CHECK_TOPIC, fileTopic } from '../topics.ts'
import { findUnrestoredMounts, isUp } from '../unrestored-mounts.ts'
import { agree, nameSome } from '../wording.ts'

export const uncheckedWithoutRollback: PlanRule = {
  about: 'plan',
  name: 'unchecked-without-rollback',
  severity: 'error',
  title: 'A step without a rollback starts a file that was not checked',
  explanation:
    'Servers compare the hash of a file only when they start the plugin. If the file is missing or wrong on a node, the reload there fails and the mount is down. Usually the step is then rolled back. If the binary that runs now is registered under no version, or its file was replaced or deleted, nothing can be started again: the mount stays down until a person copies the right file. So such a plan is blocked unless `cluster.binary_check` has read the new file on every node that starts it, or the node runs the same file already.',
  fix: 'Set `cluster.binary_check` in the file, so that the file on every node is checked before the first step. Or compare the SHA-256 of the file on each node yourself, and allow this finding.',
  allowable: true,
  judge(input) {
    const { draft, live } = input
    const missingForRollback = missingFiles(draft, live, 'rollback')
    const starts = draft.steps.flatMap((step) => findStarts(step, draft, missingForRollback))
    const byEntry = groupBy(starts, ({ plugin, version }) => `${plugin} ${version}`)
    return [...byEntry.values()].flatMap((group) => judgeEntry(group, input))
  },
}

/** What a reload without a rollback starts for one mount. */
interface Start {
  readonly plugin: PluginId
  readonly version: Version
  readonly node: NodeAddress
  readonly mount: MountPath
  /** Absent: the command could not be read. */
  readonly command: string | undefined
  readonly sha256: RunningBinary
}

function findStarts(
  step: Step,
  { index, targets }: DraftPlan,
  missingForRollback: readonly MissingFile[],
): Start[] {
  const { action, requires, ensures, restores } = step
  if (action.kind !== 'reload') return []
  const { node } = action
  const lost = new Set(findUnrestoredMounts(step, index))
  const missingHere = missingForRollback.filter((missing) => missing.node === node)
  for (const fact of missingHere.length === 0 ? [] : restores) {
    if (fact.fact !== 'mount' || !isUp(index, fact.mount, node)) continue
    const version = startsUnder(index, fact.plugin, fact.configured_version)
    const isMissing = missingHere.some(
      ({ file }) => file.plugin === fact.plugin && file.version === version,
    )
    if (isMissing) lost.add(fact.mount)
  }
  if (lost.size === 0) return []
  const entries = new Map(
    requires.flatMap((fact) =>
      fact.fact === 'entry' ? [[`${fact.plugin} ${fact.version}`, fact.entry] as const] : [],
    ),
  )
  return ensures.flatMap((fact): Start[] => {
    if (fact.fact !== 'running' || fact.sha256 === BUILTIN || !lost.has(fact.mount)) return []
    const plugin = index.mountAt(fact.mount)?.plugin
    if (plugin === undefined) return []
    const version = fact.version ?? UNVERSIONED
    const registered =
      entries.get(`${plugin} ${version}`) ?? contentOf(index.external(plugin, version))
    const inFile = targets
      .find((target) => target.plugin.id === plugin)
      ?.plugin.versions.find((listed) => listed.version === version)
    const { command } = registered ?? inFile ?? {}
    return [{ mount: fact.mount, plugin, version, node, command, sha256: fact.sha256 }]
  })
}

function judgeEntry(starts: readonly Start[], input: RuleInput): Verdict[] {
  const [first] = starts
  if (first === undefined) return []
  const { desired, live, draft, runsCommands = true } = input
  const { plugin: id, version, command, sha256 } = first
  const isProved = proofOf(first, input)
  // A standby that forwards starts the file when it becomes active.
  const nodes = new Set([...starts.map(({ node }) => node), ...findForwarding(live)])
  const unproved = live.nodes
    .map(({ address }) => address)
    .filter((address) => nodes.has(address) && !isProved(address))
  if (unproved.length === 0) return []
  const mounts = [...new Set(starts.map(({ mount }) => mount))]
  const plugin = draft.targets.find((target) => target.plugin.id === id)?.plugin
  const at = plugin?.versions.find((listed) => listed.version === version)?.source ?? plugin?.source
  // `apply` runs the check or refuses, also if planning with untrusted files skipped it.
  const isCheckedLater = !runsCommands && desired.cluster.binaryCheck !== undefined
  return [
    {
      ...(isCheckedLater && { severity: 'warning' }),
      subject: id,
      message: `The file ${command === undefined ? '' : `${command} `}of ${id} ${versionLabel(version)} was not checked on ${nameSome(unproved)}. If the file is missing or wrong there, ${nameSome(mounts)} ${agree(mounts.length, 'goes', 'go')} down at the reload and cannot be rolled back.`,
      mounts,
      nodes: unproved,
      ...(at !== undefined && { at }),
      topics: [
        ...(command !== undefined && isHash(sha256) ? [fileTopic({ command, sha256 })] : []),
        ...(isCheckedLater ? [BINARY_CHECK_TOPIC] : []),
      ],
    },
  ]
}

/**
 * Returns a function that says whether a node was seen to have the right file: by a check, or by a
 * process of the same file.
 */
function proofOf(
  { command, sha256 }: Start,
  { draft, live, binaries = [] }: RuleInput,
): (node: NodeAddress) => boolean {
  if (command === undefined || !isHash(sha256)) return () => false
  const file = { command, sha256 }
  const running = findNodesRunning(file, live, draft)
  return (node) => isChecked(node, file, binaries) || running.has(node)
}

/**
 * The nodes that run a process of an entry with this command and hash. A process with another hash
 * than the registered one was started from an earlier entry, whose command only a journal has.
 */
function findNodesRunning(
  file: { readonly command: string; readonly sha256: Sha256 },
  { mounts }: LiveState,
  { index, past }: DraftPlan,
): ReadonlySet<NodeAddress> {
  const isOfFile = (plugin: PluginId, version: ConfiguredVersion): boolean => {
    const entry = version === LATEST ? undefined : index.external(plugin, version)
    if (entry?.sha256 === file.sha256) return entry.command === file.command
    const earlier = past.registered.filter(
      (known) =>
        known.plugin === plugin && known.version === version && known.entry.sha256 === file.sha256,
    )
    return earlier.length > 0 && earlier.every((known) => known.entry.command === file.command)
  }
  const running = mounts.flatMap(({ plugin, nodes }) =>
    nodes.filter(
      ({ answers, running_sha256, running_version, configured_version }) =>
        answers !== 'no' &&
        running_sha256 === file.sha256 &&
        // The running version is copied from the setting, except for `latest`.
        isOfFile(plugin, configured_version === LATEST ? running_version : configured_version),
    ),
  )
  return new Set(running.map(({ node }) => node))
}

function findForwarding({ nodes }: LiveState): readonly NodeAddress[] {
  return nodes.flatMap(({ address, state }) => (state === 'forwarding' ? address : []))
}
