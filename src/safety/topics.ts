/**
 * What a finding is about, as text that can be compared: a file, an entry, a node, a pin. Findings
 * with a topic in common may follow from each other (`because-of.ts`).
 */
import type { NodeAddress, PluginId, Sha256, Version } from '../domain/names.ts'

/** A plugin file as a file of desired state has it: its name, and the hash given for it. */
export function fileTopic({
  command,
  sha256,
}: {
  readonly command: string
  readonly sha256: Sha256
}): string {
  return `file ${command} ${sha256}`
}

/** A plugin file in one node's plugin directory, whatever it holds. */
export function fileOnNodeTopic(command: string, node: NodeAddress): string {
  return `file ${command} on ${node}`
}

export function entryTopic(plugin: PluginId, version: Version): string {
  return `entry ${plugin} ${version}`
}

export function pinTopic(plugin: PluginId): string {
  return `pin ${plugin}`
}

export function nodeTopic(node: NodeAddress): string {
  return `node ${node}`
}

/** The path of what could not be read. */
export function pathTopic(path: string): string {
  return `path ${path}`
}

/** `cluster.binary_check` was not run. */
export const BINARY_CHECK_TOPIC = 'binary_check'
