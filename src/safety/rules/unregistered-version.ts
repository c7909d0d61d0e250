/** A mount is configured for something that the catalog does not hold. */
import type { LiveMount, LiveState } from '../../domain/live.ts'
import { isBuiltinVersion, UNVERSIONED, type Version, versionLabel } from '../../domain/names.ts'
import { groupBy } from '../../domain/group-by.ts'
import { type LiveIndex } from '../../plan/live-index.ts'
import { count } from '../../domain/count.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule } from '../rule.ts'
import { agree, nameSome } from '../wording.ts'

export const unregisteredVersion: PlanRule = {
  about: 'plan',
  name: 'unregistered-version',
  severity: 'error',
  title: 'A mount’s version is not registered',
  explanation:
    'The mount is configured for a version that the catalog does not hold, usually because that was deregistered while in use. Servers accept that, and the running process goes on. At the next reload, restart or change of leader the mount is gone, on every node that takes over. Where the plan moves the mount to a registered version this is a note, and for a plugin that the file does not name a warning.',
  fix: 'Register the version again by listing it under `versions`, or move the mounts to another with `use`.',
  allowable: true,
  judge({ live, draft }) {
    const effects = effectsOf(draft)
    const isRegistered = registeredIn(live, draft.index)
    const managed = new Map(draft.targets.map(({ plugin }) => [plugin.id, plugin]))
    const lost = live.mounts.filter(
      ({ plugin, configured_version: version }) =>
        !effects.registers(plugin, version) && !isRegistered({ plugin, version }),
    )
    const severityOf = (mount: LiveMount) => {
      const { plugin, configured_version: version } = effects.mountAfter(mount)
      const moved = effects.registers(plugin, version) || isRegistered({ plugin, version })
      if (moved) return 'note'
      return managed.has(mount.plugin) ? 'error' : 'warning'
    }
    const alike = groupBy(lost, (mount) =>
      [mount.plugin, mount.configured_version, severityOf(mount)].join(' '),
    )
    return [...alike.values()].flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const { plugin, configured_version: version } = first
      const mounts = group.map(({ path }) => path)
      const severity = severityOf(first)
      const configured =
        version === UNVERSIONED
          ? `without a version, and no unversioned ${plugin} or builtin of that name is there`
          : `for ${plugin} ${versionLabel(version)}, which is not registered`
      const end =
        severity === 'note'
          ? `The plan moves ${agree(mounts.length, 'it', 'them')} away; until then a restart loses ${agree(mounts.length, 'it', 'them')}`
          : `${agree(mounts.length, 'It is', 'They are')} lost at the next restart or change of leader`
      const at = managed.get(plugin)?.source
      return {
        severity,
        subject: plugin,
        message: `${count(mounts.length, 'mount')} ${agree(mounts.length, 'is', 'are')} configured ${configured}: ${nameSome(mounts)}. ${end}.`,
        ...(severity === 'note' && { fix: 'Carry the plan out soon, and restart no node before.' }),
        mounts,
        ...(at !== undefined && { at }),
      }
    })
  },
}

interface Entry {
  readonly plugin: LiveMount['plugin']
  readonly version: Version
}

function registeredIn(live: LiveState, index: LiveIndex): (entry: Entry) => boolean {
  const builtins = new Set(
    live.catalog
      .filter(({ builtin }) => builtin)
      .map((entry) => `${entry.plugin} ${entry.version}`),
  )
  return ({ plugin, version }) => {
    if (index.external(plugin, version) !== undefined) return true
    if (version === UNVERSIONED) return index.isBuiltin(plugin)
    if (!isBuiltinVersion(version)) return false
    // An unversioned entry hides the builtin of its name: then nobody can tell.
    const hidden = index.external(plugin, UNVERSIONED) !== undefined
    return hidden || builtins.has(`${plugin} ${version}`)
  }
}
