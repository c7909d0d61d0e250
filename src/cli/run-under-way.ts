/** Says, where one is, that a run is under way: what is looked at may be changing. Takes no lock. */
import { isHeld, readHolder } from '../apply/local-lock.ts'
import { journalRoot } from '../apply/journal.ts'
import type { LiveState } from '../domain/live.ts'
import type { Host } from './host.ts'

/** One line to stderr; nothing where no run of this machine holds the cluster. */
export function tellOfRunUnderWay(
  { cluster }: Pick<LiveState, 'cluster'>,
  options: { readonly journal?: string },
  host: Host,
): void {
  const folder = options.journal ?? journalRoot(host.env, host.home).of(cluster.id)
  const holder = readHolder(folder)
  const watcher = { host: host.hostname, pid: host.pid }
  if (holder === undefined || !isHeld(holder, { holder: watcher, isAlive: host.isAlive })) return
  host.err(`A run is under way: by ${holder.who}, since ${holder.since} (run ${holder.run}).\n`)
}
