/** A mount or connection is configured for a version that the catalog does not hold. */
import {
  type ConfiguredVersion,
  LATEST,
  type MountPath,
  type PluginId,
  UNVERSIONED,
  versionLabel,
} from '../../domain/names.ts'
import { groupBy } from '../../domain/group-by.ts'
import { runsUnder } from '../../domain/live-index.ts'
import { count } from '../../domain/count.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule } from '../rule.ts'
import { entryTopic } from '../topics.ts'
import { agree, nameSome } from '../wording.ts'

export const unregisteredVersion: PlanRule = {
  about: 'plan',
  name: 'unregistered-version',
  severity: 'error',
  title: 'A mount’s version is not registered',
  explanation:
    'The mount or connection is configured for a version that the catalog does not hold, usually because the version was deregistered while in use. Servers accept such a request, and the running process continues. At the next reload, restart or change of leader the mount is lost on that node. If the plan changes the mount to a registered version, this is a note; for a plugin that the file does not name, a warning.',
  fix: 'Register the version again by listing it under `versions`, or set another version with `use`.',
  allowable: true,
  judge({ live, draft }) {
    const effects = effectsOf(draft)
    const isRegistered = (plugin: PluginId, version: ConfiguredVersion): boolean =>
      (version === LATEST
        ? effects.registeredOf(plugin).length > 0
        : effects.registers(plugin, version)) ||
      runsUnder(draft.index, plugin, version) !== undefined
    const managed = new Map(draft.targets.map(({ plugin }) => [plugin.id, plugin]))
    const lost: readonly Configured[] = [
      ...live.mounts
        .filter(({ plugin, configured_version }) => !isRegistered(plugin, configured_version))
        .map((mount) => ({
          path: mount.path,
          mounts: [mount.path],
          plugin: mount.plugin,
          version: mount.configured_version,
          after: effects.configuredAfter(mount),
        })),
      ...live.connections
        .filter(({ plugin, version }) => !isRegistered(plugin, version))
        .map((connection) => ({
          path: connection.path,
          mounts: [],
          plugin: connection.plugin,
          version: connection.version,
          after: effects.connectionAfter(connection).version,
        })),
    ]
    const severityOf = ({ plugin, after: version }: Configured) => {
      if (isRegistered(plugin, version)) return 'note'
      return managed.has(plugin) ? 'error' : 'warning'
    }
    const groups = groupBy(lost, (use) => [use.plugin, use.version, severityOf(use)].join(' '))
    return [...groups.values()].flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const { plugin, version } = first
      const severity = severityOf(first)
      const what = plugin.startsWith('database/') ? 'connection' : 'mount'
      const configured =
        version === UNVERSIONED
          ? `without a version, but there is no unversioned ${plugin} and no builtin of that name`
          : version === LATEST
            ? `for latest, but no version of ${plugin} is registered`
            : `for ${plugin} ${versionLabel(version)}, which is not registered`
      const pronoun = agree(group.length, 'it', 'them')
      const end =
        severity === 'note'
          ? `The plan changes ${pronoun} to a registered version; until then a restart loses ${pronoun}`
          : `${agree(group.length, 'It is', 'They are')} lost at the next restart or change of leader`
      const at = managed.get(plugin)?.source
      return {
        severity,
        subject: plugin,
        message: `${count(group.length, what)} ${agree(group.length, 'is', 'are')} configured ${configured}: ${nameSome(group.map(({ path }) => path))}. ${end}.`,
        ...(severity === 'note' && { fix: 'Apply the plan soon, and restart no node before.' }),
        mounts: group.flatMap(({ mounts }) => mounts),
        topics: version === LATEST ? [] : [entryTopic(plugin, version)],
        ...(at !== undefined && { at }),
      }
    })
  },
}

/** A mount or a connection, with its version now and after the plan. */
interface Configured {
  readonly path: string
  /** The path if it is a mount; empty for a connection. */
  readonly mounts: readonly MountPath[]
  readonly plugin: PluginId
  readonly version: ConfiguredVersion
  readonly after: ConfiguredVersion
}
