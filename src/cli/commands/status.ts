/** `lockstep status`: every mount on every node, configured and running. */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { type LiveState } from '../../domain/live.ts'
import { parsePluginId, type PluginId } from '../../domain/names.ts'
import { renderStatus } from '../../render/status-text.ts'
import { paletteFor } from '../colour.ts'
import type { Host } from '../host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { openSession } from '../session.ts'
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
    const live = await session.observe(plugins)
    await tellOfRunUnderWay({ live, desired, session, host })
    if (options.json === true) host.out(`${JSON.stringify(live, null, 2)}\n`)
    else {
      const palette = paletteFor(options, host)
      host.out(`${renderStatus(onlyPlugins(live, plugins), { palette, width: host.width })}\n`)
    }
    return EXIT.done
  } finally {
    await session.close()
  }
}

/** Without a choice: the mounts of plugins that have an external entry, or run one. */
function onlyPlugins(live: LiveState, chosen: ReadonlySet<PluginId> | undefined): LiveState {
  const external = new Set(
    live.catalog.filter(({ builtin }) => !builtin).map(({ plugin }) => plugin),
  )
  const mounts = live.mounts.filter(
    (mount) =>
      (chosen ?? external).has(mount.plugin) ||
      (chosen === undefined && mount.nodes.some((view) => view.running_sha256 !== '')),
  )
  return { ...live, mounts }
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
