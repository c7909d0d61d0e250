/** A pin overrides the version of each mount of a plugin (Vault). */
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
    'If a version is pinned, Vault starts that version for every mount of the plugin at its next reload, whatever version the mount has. Vault refuses to tune such a mount, and to deregister the pinned version. So a plan for another version cannot be applied while the pin exists. A pin on the desired version does no harm.',
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
      const overridden = [...mounts, ...connections]
      if (overridden.length > 0) {
        const versions = [
          ...targets.mounts.map(({ version }) => version),
          ...targets.newMounts.map(({ version }) => version),
          ...targets.connections.map(({ version }) => version),
        ].filter((version) => version !== pin)
        const labels = [...new Set(versions)].map(versionLabel)
        return [
          {
            ...found,
            message: `${plugin.id} is pinned to ${pin}, so ${nameSome(overridden)} ${agree(overridden.length, 'starts', 'start')} ${pin} at the next reload; the file asks for ${nameSome(labels)}.`,
            fix,
            mounts,
          },
        ]
      }
      const otherMounts = targets.mounts
        .filter(({ mount, version }) => mount.configured_version !== version)
        .map(({ mount }) => mount.path)
      const otherPaths = [
        ...otherMounts,
        ...targets.connections
          .filter(({ connection, version }) => connection.version !== version)
          .map(({ connection }) => connection.path),
      ]
      if (otherPaths.length === 0) return []
      return [
        {
          ...found,
          severity: 'warning',
          message: `${plugin.id} is pinned to ${pin}, as the file asks. ${nameSome(otherPaths)} ${agree(otherPaths.length, 'is', 'are')} configured for another version and cannot be tuned while the pin exists: after the pin is deleted, a reload starts that version.`,
          fix: 'When you delete the pin, plan and apply again before any reload.',
          mounts: otherMounts,
        },
      ]
    })
  },
}
