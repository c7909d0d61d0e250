/** Mounts get an older binary: does it read the data that the newer one has written? */
import { type DataMove, describeMove, findDowngrades, includesVersion } from '../data-moves.ts'
import type { PlanRule, Verdict } from '../rule.ts'

export const dataDowngrade: PlanRule = {
  about: 'plan',
  name: 'data-downgrade',
  severity: 'error',
  title: 'The older version may not read the newer data',
  explanation:
    'A newer version may have rewritten the mount’s data in a form that older ones do not know, and going back does not convert it. Whether an older version still reads it is for the newer one to say, in the file’s `data.downgrade_to`: the versions that read what it has written. Every newer version that a mount runs on any node, or ran since by the journals of this machine, must say so. A move to a version outside that range is an error, and so is one without a declaration.',
  fix: 'Keep the newer version listed under `versions` with `data: { downgrade_to: … }`, after its change log; or stay on it.',
  allowable: true,
  judge({ draft }) {
    return findDowngrades(draft).flatMap((move) => judgeMove(move) ?? [])
  },
}

function judgeMove(move: DataMove): Verdict | undefined {
  const { plugin, from, to, mounts, nodes } = move
  if (to.version === undefined) return undefined
  const declared = from.entry?.data.downgradeTo
  if (declared !== undefined && includesVersion(declared, to.version)) return undefined
  const why =
    declared === undefined
      ? `and the file does not say that this reads what ${from.label} has written`
      : `but what ${from.label} has written is read only by ${declared}, as the file says`
  return {
    subject: plugin.id,
    message: `${describeMove(move)}, ${why}.`,
    mounts,
    nodes,
    at: from.entry?.source ?? plugin.use?.source ?? plugin.source,
  }
}
