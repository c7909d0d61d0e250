/** Mounts get an older binary: does it read the data that the newer one has written? */
import { type DataMove, describeMove, findDowngrades, includesVersion } from '../data-moves.ts'
import type { PlanRule, Verdict } from '../rule.ts'

export const dataDowngrade: PlanRule = {
  about: 'plan',
  name: 'data-downgrade',
  severity: 'error',
  title: 'The older version may not read the newer data',
  explanation:
    'A newer version may have rewritten the mount’s data in a form that older ones do not know, and a downgrade does not convert it back. The newer version declares in the file, in `data.downgrade_to`, which versions read what it has written. Every newer version that a mount runs on any node, or ran since according to the journals of this machine, must declare that. A change to a version outside that range is an error, and so is a change without a declaration. Binaries without a version are told apart by the journals of this machine: what a run replaced is the older one. A range cannot name such a binary, so a downgrade to it must be allowed.',
  fix: 'Keep the newer version listed under `versions` with `data: { downgrade_to: … }`, after its change log; or stay on it.',
  allowable: true,
  judge({ draft }) {
    return findDowngrades(draft).flatMap((move) => judgeMove(move) ?? [])
  },
}

function judgeMove(move: DataMove): Verdict | undefined {
  const { plugin, from, to, mounts, nodes } = move
  const found = { subject: plugin.id, mounts, nodes }
  if (from.version === undefined || to.version === undefined) {
    return {
      ...found,
      message: `${describeMove(move)}, which is the older one by the journals of this machine, and no range can say whether it reads what was written since.`,
      fix: `Read the plugin’s change log. Where the older one reads the newer one’s data, say so: --allow data-downgrade=${plugin.id}, or \`allow: [{ rule: data-downgrade, subject: ${plugin.id}, because: … }]\` in the file.`,
      at: plugin.use?.source ?? plugin.source,
    }
  }
  const declared = from.entry?.data.downgradeTo
  if (declared !== undefined && includesVersion(declared, to.version)) return undefined
  const why =
    declared === undefined
      ? `and the file does not say that this reads what ${from.label} has written`
      : `but what ${from.label} has written is read only by ${declared}, as the file says`
  return {
    ...found,
    message: `${describeMove(move)}, ${why}.`,
    at: from.entry?.source ?? plugin.use?.source ?? plugin.source,
  }
}
