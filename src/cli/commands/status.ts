/** `lockstep status`: shows every mount on every node, configured and running. */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import type { LiveConnection, LiveMount, LiveState } from '../../domain/live.ts'
import {
  isBuiltinVersion,
  BUILTIN,
  parsePluginId,
  type PluginId,
  UNVERSIONED,
} from '../../domain/names.ts'
import { upgradablePlugins } from '../../domain/upgradable.ts'
import { jsonText, lines } from '../../domain/printable.ts'
import { renderStatus } from '../../render/status-text.ts'
import { paletteFor } from '../host/colour.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { pluginsOf } from '../../operations/context.ts'
import { openSession } from '../session.ts'
import { reportActiveRun } from '../report-active-run.ts'

type StatusOptions = CommonOptions & {
  readonly json?: boolean
  readonly plugin?: readonly string[]
}

export async function status(options: StatusOptions, host: Host): Promise<ExitCode> {
  // No file is needed, but a file that is given names the cluster.
  const desired = options.file === undefined ? undefined : await loadDesired(options, host)
  const plugins = options.plugin === undefined ? undefined : new Set(options.plugin.map(pluginOf))
  const session = await openSession(options, host, desired)
  try {
    const named = desired === undefined ? undefined : pluginsOf(desired)
    const live = await session.observe(plugins, plugins === undefined ? named : undefined)
    await reportActiveRun({ live, desired }, session, host)
    if (options.json === true) host.out(lines(jsonText({ format: 1, ...live }, 2)))
    else {
      const palette = paletteFor(options, host)
      const filter = plugins === undefined ? defaultFilter(live, named) : onlyPlugins(plugins)
      const mounts = live.mounts.filter(filter.mount)
      const connections = live.connections.filter(filter.connection)
      // With --plugin the user knows what is left out.
      const hidden = plugins === undefined && {
        mounts: live.mounts.filter((mount) => !filter.mount(mount)),
        connections: live.connections.filter((connection) => !filter.connection(connection)),
      }
      const text = renderStatus(
        { ...live, mounts, connections },
        { palette, width: host.width, whole: live, ...(hidden !== false && { hidden }) },
      )
      host.out(lines(text))
    }
    return EXIT.done
  } finally {
    await session.close()
  }
}

interface StatusFilter {
  readonly mount: (mount: LiveMount) => boolean
  readonly connection: (connection: LiveConnection) => boolean
}

function onlyPlugins(plugins: ReadonlySet<PluginId>): StatusFilter {
  const isChosen = ({ plugin }: { readonly plugin: PluginId }): boolean => plugins.has(plugin)
  return { mount: isChosen, connection: isChosen }
}

/** Hides mounts and connections that use only builtin plugins, unless the file names the plugin. */
function defaultFilter(
  { catalog }: LiveState,
  named: ReadonlySet<PluginId> | undefined,
): StatusFilter {
  const isUpgradable = upgradablePlugins(catalog)
  const isShown = (plugin: PluginId): boolean => isUpgradable(plugin) || named?.has(plugin) === true
  return {
    mount: ({ plugin, nodes }) =>
      isShown(plugin) || nodes.some(({ running_sha256 }) => running_sha256 !== BUILTIN),
    // A version that no builtin has belongs to an external binary, registered or not.
    connection: ({ plugin, version }) =>
      isShown(plugin) || !(version === UNVERSIONED || isBuiltinVersion(version)),
  }
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
