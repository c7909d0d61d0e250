/**
 * The state, before a plan, of everything that the plan changes. The journal records it when a run
 * begins, for a rollback of the run.
 */
import type { RunStarted } from '../documents/journal.generated.ts'
import type { Plan } from '../documents/plan.generated.ts'

export type StateBefore = RunStarted['before']

/**
 * Each entry, mount and connection that a plan changes, once, as the plan found it. In the order of
 * the steps.
 */
export function stateBefore(plan: Plan): StateBefore {
  const entries = new Map<string, StateBefore['entries'][number]>()
  const mounts = new Map<string, StateBefore['mounts'][number]>()
  const connections = new Map<string, StateBefore['connections'][number]>()
  for (const { action, requires } of plan.steps) {
    if (action.kind === 'enable') {
      const { mount, namespace, plugin } = action
      mounts.set(mount, { mount, namespace, plugin, version: null })
    }
    const writes = action.kind === 'register' || action.kind === 'deregister'
    for (const fact of requires) {
      switch (fact.fact) {
        case 'entry': {
          const { plugin, version, entry } = fact
          const key = `${plugin} ${version}`
          if (writes && !entries.has(key)) entries.set(key, { plugin, version, entry })
          break
        }
        case 'mount': {
          // The first step that names a mount requires the mount's state before the run.
          const { mount, namespace, plugin, configured_version: version } = fact
          if (!mounts.has(mount)) mounts.set(mount, { mount, namespace, plugin, version })
          break
        }
        case 'connection': {
          const { connection, namespace, plugin, version } = fact
          if (!connections.has(connection)) {
            connections.set(connection, { connection, namespace, plugin, version })
          }
          break
        }
        case 'no_mount':
        case 'no_namespaces':
        case 'running':
        case 'unused':
          break
      }
    }
  }
  return {
    entries: [...entries.values()],
    mounts: [...mounts.values()],
    connections: [...connections.values()],
  }
}
