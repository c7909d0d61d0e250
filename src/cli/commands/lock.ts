/** `lockstep lock`: who holds the cluster, and, for a person who knows better, giving it free. */
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { forceRelease, readClusterLock } from '../../apply/cluster-lock.ts'
import { journalRoot } from '../../apply/journal.ts'
import { isHeld, readHolder, removeLock } from '../../apply/local-lock.ts'
import type { Host } from '../host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { openSession } from '../session.ts'

type LockOptions = CommonOptions & { readonly force?: boolean }

export async function lock(
  what: 'show' | 'release',
  options: LockOptions,
  host: Host,
): Promise<ExitCode> {
  // Without a file there is the lock of this machine only.
  const desired = options.file === undefined ? undefined : await loadDesired(options)
  const session = await openSession(options, host, desired)
  try {
    const { id } = await session.cluster()
    const folder = journalRoot(host.env, host.home).of(id)
    const kv = desired?.cluster.lock?.kv
    const shared =
      kv === undefined ? undefined : { client: session.client, node: session.address, kv }
    const local = readHolder(folder)
    const held =
      local !== undefined &&
      isHeld(local, { holder: { host: host.hostname, pid: host.pid }, isAlive: host.isAlive })
    const found = shared === undefined ? undefined : await readClusterLock(shared)
    if (what === 'release') {
      if (options.force !== true)
        refuseWhereHeld(held ? local : found?.held === true ? found : undefined)
      const removed = removeLock(folder)
      if (shared !== undefined) {
        await forceRelease({ ...shared, run: '', who: host.who, since: host.now().toISOString() })
      }
      host.out(removed || shared !== undefined ? 'Released.\n' : 'There was no lock.\n')
      return EXIT.done
    }
    const lines =
      local === undefined
        ? ['This machine: not locked.']
        : [
            `This machine: ${held ? 'locked' : 'left by a run that died'}: ${local.who}, since ${local.since} (run ${local.run})`,
          ]
    if (shared !== undefined && found !== undefined) {
      lines.push(
        found.held
          ? `Cluster (${shared.kv}): locked by ${found.who}, since ${found.since} (run ${found.run})`
          : `Cluster (${shared.kv}): not locked.`,
      )
    }
    host.out(`${lines.join('\n')}\n`)
    return EXIT.done
  } finally {
    await session.close()
  }
}

/** The lock of a run that died on this machine is free for the taking; any other may be alive. */
function refuseWhereHeld(
  holder: { readonly who: string; readonly since: string; readonly run: string } | undefined,
): void {
  if (holder === undefined) return
  throw new LockstepError({
    code: 'lock-held',
    message: `the lock is held by ${holder.who}, since ${holder.since} (run ${holder.run})`,
    exitCode: EXIT.locked,
    hint: 'Wait for that run to end. Where you know that it is gone: lockstep lock release --force.',
  })
}
