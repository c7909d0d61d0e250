/** Mounts get an older binary, which may not read the data of the newer one. */
import {
  type DataChange,
  describeDataChange,
  findDowngrades,
  includesVersion,
} from '../data-changes.ts'
import type { PlanRule, Verdict } from '../rule.ts'

export const dataDowngrade: PlanRule = {
  about: 'plan',
  name: 'data-downgrade',
  severity: 'error',
  title: 'The older version may not read the newer data',
  explanation:
    'A newer version may have rewritten the mount’s data in a form that older ones do not know, and a downgrade does not convert it back. The newer version declares in the file, in `data.downgrade_to`, which versions read its data. Each newer version that a mount runs on a node, or ran earlier by the journals of this machine, must declare that. A change to a version outside the range is an error, and so is a change without a declaration. For binaries without a version, the journals of this machine say which is older: the one that a run replaced. A range cannot name such a binary, so a downgrade to it must be allowed.',
  fix: 'Keep the newer version listed under `versions` with `data: { downgrade_to: … }`, as its change log says; or stay on it.',
  allowable: true,
  judge({ draft }) {
    return findDowngrades(draft).flatMap((change) => judgeChange(change) ?? [])
  },
}

function judgeChange(change: DataChange): Verdict | undefined {
  const { plugin, from, to, mounts, nodes } = change
  const found = { subject: plugin.id, mounts, nodes }
  if (from.version === undefined || to.version === undefined) {
    return {
      ...found,
      message: `${describeDataChange(change)}, which is the older binary by the journals of this machine. No range can declare whether it reads the newer data.`,
      fix: `Read the plugin’s change log. If the older binary reads the newer one’s data, accept it: --allow data-downgrade=${plugin.id}, or \`allow: [{ rule: data-downgrade, subject: ${plugin.id}, because: … }]\` in the file.`,
      at: plugin.use?.source ?? plugin.source,
    }
  }
  const declared = from.entry?.data.downgradeTo
  if (declared !== undefined && includesVersion(declared, to.version)) return undefined
  const why =
    declared === undefined
      ? `but the file does not declare that ${to.label} reads the data of ${from.label}`
      : `but the file declares that only ${declared} reads the data of ${from.label}`
  return {
    ...found,
    message: `${describeDataChange(change)}, ${why}.`,
    at: from.entry?.source ?? plugin.use?.source ?? plugin.source,
  }
}
