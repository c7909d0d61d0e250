/** Mounts get a newer binary: does it read the data that the old one has written? */
import { type DataMove, describeMove, findDataMoves, includesVersion } from '../data-moves.ts'
import type { PlanRule, Verdict } from '../rule.ts'

export const dataUpgrade: PlanRule = {
  about: 'plan',
  name: 'data-upgrade',
  severity: 'error',
  title: 'It is not known that the new version reads the old data',
  explanation:
    'A mount’s data stays when its plugin changes, and only the plugin’s authors know which versions’ data a version reads. The file says it in `data.upgrade_from`: the versions whose stored data this one reads. A change from a version outside that range is an error; without a declaration it is a warning. What a mount runs is told by the hash of its binary, on each node. Where that is an unversioned binary or a builtin that bears the server’s own version, versions cannot be compared, which is a warning too.',
  fix: 'Read the plugin’s change log; then declare `data: { upgrade_from: … }` under the new version, or go by way of a version between.',
  allowable: true,
  judge({ draft }) {
    return findDataMoves(draft).flatMap((move) => judgeMove(move) ?? [])
  },
}

function judgeMove(move: DataMove): Verdict | undefined {
  const { plugin, from, to, direction, mounts, nodes } = move
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
      message: `${describeMove(move)}, which reads only data of ${declared}, as the file says.`,
      fix: `Go by way of a version between; or read the change log and correct \`upgrade_from\`.`,
    }
  }
  const unknown =
    direction === 'unknown'
      ? `the two binaries have no versions to compare, so it is not known whether one reads the other’s data`
      : `the file does not say whether that reads data of ${from.label}`
  const verdict = {
    ...found,
    severity: 'warning' as const,
    message: `${describeMove(move)}, and ${unknown}.`,
  }
  // A range says something of versions only, and there is none for the compiled-in plugin.
  const canDeclare = to.entry !== undefined && from.version !== undefined
  return canDeclare ? verdict : { ...verdict, fix: acceptFix(plugin.id) }
}

function acceptFix(subject: string): string {
  return `Read the plugin’s change log; then accept it with a reason: \`allow: [{ rule: data-upgrade, subject: ${subject}, because: … }]\`.`
}
