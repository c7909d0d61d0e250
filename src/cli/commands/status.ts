/** `lockstep status`: every mount on every node, configured and running. */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import type { LiveMount, LiveState } from '../../domain/live.ts'
import { NO_SHA256, parsePluginId, type PluginId } from '../../domain/names.ts'
import { upgradablePlugins } from '../../domain/upgradable.ts'
import { renderStatus } from '../../render/status-text.ts'
import { paletteFor } from '../colour.ts'
import type { Host } from '../host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { openSession, pluginsOf } from '../session.ts'
import { tellOfRunUnderWay } from '../run-under-way.ts'

type StatusOptions = CommonOptions & {
  readonly json?: boolean
  readonly plugin?: readonly string[]
}

export async function status(options: StatusOptions, host: Host): Promise<ExitCode> {
  // A file is not needed to look, but one that is named says which cluster.
  const desired = options.file === undefined ? undefined : await loadDesired(options)
  const plugins = options.plugin === undefined ? undefined : new Set(options.plugin.map(pluginOf))
  const session = await openSession(options, host, desired)
  try {
    const named = desired === undefined ? undefined : pluginsOf(desired)
    const live = await session.observe(plugins, plugins === undefined ? named : undefined)
    await tellOfRunUnderWay({ live, desired, session, host })
    if (options.json === true) host.out(`${JSON.stringify(live, null, 2)}\n`)
    else {
      const palette = paletteFor(options, host)
      const isShown = plugins === undefined ? shownWithoutChoice(live, named) : chosen(plugins)
      const mounts = live.mounts.filter(isShown)
      // Who chose knows what is left out.
      const hidden = plugins === undefined ? live.mounts.filter((mount) => !isShown(mount)) : []
      const text = renderStatus({ ...live, mounts }, { palette, width: host.width, hidden })
      host.out(`${text}\n`)
    }
    return EXIT.done
  } finally {
    await session.close()
  }
}

function chosen(plugins: ReadonlySet<PluginId>): (mount: LiveMount) => boolean {
  return ({ plugin }) => plugins.has(plugin)
}

/** All but the mounts of compiled-in plugins, and of those the ones of a plugin the file names. */
function shownWithoutChoice(
  { catalog }: LiveState,
  named: ReadonlySet<PluginId> | undefined,
): (mount: LiveMount) => boolean {
  const isUpgradable = upgradablePlugins(catalog)
  return ({ plugin, nodes }) =>
    isUpgradable(plugin) ||
    named?.has(plugin) === true ||
    nodes.some(({ running_sha256 }) => running_sha256 !== NO_SHA256)
}

function pluginOf(text: string): PluginId {
  const plugin = parsePluginId(text)
  if (plugin !== undefined) return plugin
  throw new LockstepError({
    code: 'bad-plugin',
    message: `--plugin "${text}" is not type/name`,
    hint: 'Write it as in the catalog: secret/my-kv, auth/jwt or database/redis.',
  })
}
