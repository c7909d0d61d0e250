/** A standby's plugin directory has not been looked at, and no server request can. */
import { groupBy } from '../../domain/group-by.ts'
import { neededFiles } from '../needed-files.ts'
import type { PlanRule } from '../rule.ts'
import { nameSome } from '../wording.ts'

export const standbyBinaryUnseen: PlanRule = {
  about: 'plan',
  name: 'standby-binary-unseen',
  severity: 'warning',
  title: 'Nobody has looked whether a standby has the binary',
  explanation:
    'A registration looks for the file on the active node only. A Vault standby runs no plugins: it starts them when it becomes active, from its own disk. If the binary is missing there or another one, every mount that uses it is down from the change of leader on. No request can ask a standby for its files; `cluster.binary_check` can.',
  fix: 'Set `cluster.binary_check` in the file, or look on the node yourself.',
  allowable: true,
  judge({ live, draft, binaries = [] }) {
    const standbys = live.nodes.filter(({ state }) => state === 'forwarding')
    if (standbys.length === 0) return []
    const commands = neededFiles(draft)
      .filter((file) => file.for === 'run')
      .map(({ command }) => command)
    const checked = groupBy(binaries, ({ node }) => node)
    return standbys.flatMap(({ address }) => {
      const seen = new Set(checked.get(address)?.map(({ command }) => command))
      const unseen = commands.filter((command) => !seen.has(command))
      if (unseen.length === 0) return []
      return {
        subject: address,
        message: `Nobody has looked whether ${nameSome(unseen)} ${unseen.length === 1 ? 'lies' : 'lie'} in the plugin directory of ${address}, which runs no plugins until it becomes active.`,
        nodes: [address],
      }
    })
  },
}
