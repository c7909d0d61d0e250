/**
 * Finds in the journals which checks passed and which are open. A check is open if its step was
 * started and has no end in the journal: its result is unknown. Pure.
 */
import type { JournalEvent } from '../documents/journal.generated.ts'
import type { ConfiguredVersion, MountPath } from '../domain/names.ts'
import { checkKey, type CheckRecord } from '../plan/checked.ts'
import type { Past } from '../plan/past.ts'

type Step = JournalEvent & { readonly event: 'step_started' }

/**
 * The last record of each check, and the versions of `Past.beforeOpen`. `runs`: the oldest first.
 */
export function pastChecks(
  runs: readonly (readonly JournalEvent[])[],
): Pick<Past, 'checks' | 'beforeOpen'> {
  const checks = new Map<string, CheckRecord>()
  const beforeOpen = new Map<MountPath, ConfiguredVersion>()
  const openMounts = (): ReadonlySet<string> =>
    new Set(
      // The key is `mount node`. A node's address has no space, a mount's path may have some.
      [...checks].flatMap(([key, { kind }]) =>
        kind === 'open' ? key.slice(0, key.lastIndexOf(' ')) : [],
      ),
    )
  for (const events of runs) {
    const checkKeys = new Map<string, readonly string[]>()
    for (const event of events) {
      switch (event.event) {
        case 'run_started': {
          const open = openMounts()
          for (const { mount, version } of event.before.mounts) {
            if (version !== null && !open.has(mount)) beforeOpen.set(mount, version)
          }
          break
        }
        case 'step_started': {
          const keys = keysOf(event)
          checkKeys.set(event.step, keys)
          for (const key of keys) checks.set(key, { kind: 'open' })
          break
        }
        case 'step_done':
          for (const key of checkKeys.get(event.step) ?? []) checks.delete(key)
          for (const fact of event.passed?.running ?? []) {
            if (fact.fact !== 'running') continue
            const { mount, node, sha256, version } = fact
            const verify = event.passed?.verify.filter((check) => check.mount === mount) ?? []
            const record = { sha256, ...(version !== undefined && { version }), verify }
            checks.set(checkKey(mount, node), { kind: 'passed', ...record })
          }
          break
        case 'undo_started': {
          const { action } = event
          if (action.kind !== 'reload') break
          for (const mount of action.mounts) checks.delete(checkKey(mount, action.node))
          break
        }
        case 'run_ended':
          // A mount that was rolled back runs its old version, and a refused request may have
          // changed nothing. So their checks are not open.
          if (event.outcome !== 'rolled_back') break
          for (const step of [...event.rolled_back, event.failed ?? '']) {
            for (const key of checkKeys.get(step) ?? []) {
              if (checks.get(key)?.kind === 'open') checks.delete(key)
            }
          }
          break
        case 'step_failed':
        case 'undo_done':
        case 'undo_failed':
        case 'run_waiting':
          break
      }
    }
  }
  const open = openMounts()
  return { checks, beforeOpen: new Map([...beforeOpen].filter(([mount]) => open.has(mount))) }
}

function keysOf({ action }: Step): readonly string[] {
  if (action.kind !== 'reload' && action.kind !== 'check') return []
  return action.mounts.map((mount) => checkKey(mount, action.node))
}
