/** A pin decides what the mounts of a plugin run, whatever they are tuned to (Vault). */
import { versionLabel } from '../../domain/names.ts'
import type { PlanRule, Verdict } from '../rule.ts'
import { pinTopic } from '../topics.ts'
import { agree, nameSome } from '../wording.ts'

export const pinned: PlanRule = {
  about: 'plan',
  name: 'pinned',
  severity: 'error',
  title: 'A pin overrides the desired version',
  explanation:
    'With a version pinned, Vault starts that version for every mount of the plugin at its next reload, whatever the mount’s own version says. Tuning such a mount is refused, and so is deregistering the pinned version. So a plan for another version cannot be carried out while the pin exists. A pin on the desired version does no harm.',
  fix: 'Delete the pin, or let the file use the pinned version.',
  allowable: false,
  judge({ draft }) {
    return draft.targets.flatMap(({ plugin, targets }): Verdict[] => {
      const pin = draft.index.pinOf(plugin.id)
      if (pin === undefined) return []
      const found = {
        subject: plugin.id,
        topics: [pinTopic(plugin.id)],
        at: plugin.use?.source ?? plugin.source,
      }
      const fix = `Delete the pin (\`vault delete sys/plugins/pins/${plugin.id}\`) and plan again, or write \`use: ${pin}\`.`
      const mounts = [
        ...targets.mounts.filter(({ version }) => version !== pin).map(({ mount }) => mount.path),
        ...targets.newMounts
          .filter(({ version }) => version !== pin)
          .map(({ desired }) => desired.path),
      ]
      const connections = targets.connections
        .filter(({ version }) => version !== pin)
        .map(({ connection }) => connection.path)
      const beaten = [...mounts, ...connections]
      if (beaten.length > 0) {
        const wanted = [
          ...targets.mounts.map(({ version }) => version),
          ...targets.newMounts.map(({ version }) => version),
          ...targets.connections.map(({ version }) => version),
        ].filter((version) => version !== pin)
        const labels = [...new Set(wanted)].map(versionLabel)
        return [
          {
            ...found,
            message: `${plugin.id} is pinned to ${pin}, so ${nameSome(beaten)} ${agree(beaten.length, 'starts', 'start')} that at the next reload, and the file wants ${nameSome(labels)}.`,
            fix,
            mounts,
          },
        ]
      }
      const elsewhereMounts = targets.mounts
        .filter(({ mount, version }) => mount.configured_version !== version)
        .map(({ mount }) => mount.path)
      const elsewhere = [
        ...elsewhereMounts,
        ...targets.connections
          .filter(({ connection, version }) => connection.version !== version)
          .map(({ connection }) => connection.path),
      ]
      if (elsewhere.length === 0) return []
      return [
        {
          ...found,
          severity: 'warning',
          message: `${plugin.id} is pinned to ${pin}, which is what the file wants. ${nameSome(elsewhere)} ${agree(elsewhere.length, 'is', 'are')} configured otherwise and cannot be changed while it is pinned: once the pin is deleted, a reload goes there.`,
          fix: 'When the pin is deleted, plan and apply again before anything reloads.',
          mounts: elsewhereMounts,
        },
      ]
    })
  },
}
