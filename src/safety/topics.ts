/**
 * Topics of findings as text: a file, an entry, a node, a pin. A finding may be the cause of
 * another one with the same topic (`because-of.ts`).
 */
import type { NodeAddress, PluginId, Sha256, Version } from '../domain/names.ts'

/** A plugin file as the desired state names it: its file name and its hash. */
export function fileTopic({
  command,
  sha256,
}: {
  readonly command: string
  readonly sha256: Sha256
}): string {
  return `file ${command} ${sha256}`
}

/** A plugin file in the plugin directory of one node, whatever its content. */
export function fileOnNodeTopic(command: string, node: NodeAddress): string {
  return `file ${command} on ${node}`
}

/** An entry of the catalog. */
export function entryTopic(plugin: PluginId, version: Version): string {
  return `entry ${plugin} ${version}`
}

/** The pin of a plugin. */
export function pinTopic(plugin: PluginId): string {
  return `pin ${plugin}`
}

/** A node. */
export function nodeTopic(node: NodeAddress): string {
  return `node ${node}`
}

/** A path that could not be read. */
export function pathTopic(path: string): string {
  return `path ${path}`
}

/** `cluster.binary_check` was not run. */
export const BINARY_CHECK_TOPIC = 'binary_check'
