/** Mounts get a newer binary, which may not read the data of the old one. */
import {
  type DataChange,
  describeDataChange,
  findDataChanges,
  includesVersion,
} from '../data-changes.ts'
import type { PlanRule, Verdict } from '../rule.ts'

export const dataUpgrade: PlanRule = {
  about: 'plan',
  name: 'data-upgrade',
  severity: 'error',
  title: 'It is not known that the new version reads the old data',
  explanation:
    'A mount keeps its data when its plugin changes, and only the plugin’s authors know which data a version reads. The file declares it in `data.upgrade_from`: the versions whose data this version reads. A change from a version outside that range is an error; a change without a declaration is a warning. The hash on each node says what a mount runs. An unversioned binary has no version to compare, nor has a builtin with the server’s own version: that is a warning too.',
  fix: 'Read the plugin’s change log; then declare `data: { upgrade_from: … }` under the new version, or upgrade to a version between the two first.',
  allowable: true,
  judge({ draft }) {
    return findDataChanges(draft).flatMap((change) => judgeChange(change) ?? [])
  },
}

function judgeChange(change: DataChange): Verdict | undefined {
  const { plugin, from, to, direction, mounts, nodes } = change
  if (direction === 'down') return undefined
  const declared = to.entry?.data.upgradeFrom
  const found = {
    subject: plugin.id,
    mounts,
    nodes,
    at: to.entry?.source ?? plugin.use?.source ?? plugin.source,
  }
  if (declared !== undefined && from.version !== undefined) {
    if (includesVersion(declared, from.version)) return undefined
    return {
      ...found,
      message: `${describeDataChange(change)}, but the file declares that ${to.label} reads only data of ${declared}.`,
      fix: `Upgrade to a version between the two first; or read the change log and correct \`upgrade_from\`.`,
    }
  }
  const unknown =
    direction === 'unknown'
      ? `the two binaries have no versions to compare: ${to.label} may not read the data`
      : `the file does not declare that ${to.label} reads the data of ${from.label}`
  const verdict = {
    ...found,
    severity: 'warning' as const,
    message: `${describeDataChange(change)}, and ${unknown}.`,
  }
  // A range can only declare versions, and the builtin has no range.
  const canDeclare = to.entry !== undefined && from.version !== undefined
  return canDeclare ? verdict : { ...verdict, fix: acceptFix(plugin.id) }
}

function acceptFix(subject: string): string {
  return `Read the plugin’s change log; then accept it with a reason: \`allow: [{ rule: data-upgrade, subject: ${subject}, because: … }]\`.`
}
