/** Lays out the folder of one node: configuration, storage, log, and its own copies of plugins. */
import { constants } from 'node:fs'
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CachedPlugin } from './cache.ts'
import type { PluginFile } from './plugin-files.ts'
import { renderServerConfiguration, type ServerConfiguration } from './server-configuration.ts'

export interface NodeFolderOptions extends Omit<
  ServerConfiguration,
  'storagePath' | 'pluginDirectory' | 'auditLog'
> {
  /** Where to make it. */
  readonly folder: string
  readonly plugins: ReadonlyMap<PluginFile, CachedPlugin>
  readonly audit: boolean
}

export interface NodeFolder {
  readonly folder: string
  readonly configurationFile: string
  readonly logFile: string
  readonly pluginDirectory: string
  readonly auditLog?: string
}

/**
 * The audit device's path is the same on all nodes, in the configuration or in the storage they
 * share: a relative one still gives each its own file, since each has its own working directory.
 */
export const auditLogName = 'audit.log'

export async function makeNodeFolder(options: NodeFolderOptions): Promise<NodeFolder> {
  const { folder, plugins, audit, ...configuration } = options
  const storagePath = join(folder, 'raft')
  const pluginDirectory = join(folder, 'plugins')
  const configurationFile = join(folder, 'server.hcl')
  await mkdir(storagePath, { recursive: true })
  await mkdir(pluginDirectory)
  await writeFile(
    configurationFile,
    renderServerConfiguration({
      ...configuration,
      storagePath,
      pluginDirectory,
      ...(audit && { auditLog: auditLogName }),
    }),
  )
  await Promise.all(
    [...plugins].map(([file, { path }]) => installPlugin(path, join(pluginDirectory, file))),
  )
  return {
    folder,
    configurationFile,
    logFile: join(folder, 'server.log'),
    pluginDirectory,
    ...(audit && { auditLog: join(folder, auditLogName) }),
  }
}

/** A copy: servers refuse links out of the directory, and a test may write into the file. */
async function installPlugin(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  await chmod(to, 0o755)
}
