/** Where the journals of a cluster's runs lie: where `--journal` says, or in the user's state folder. */
import { journalRoot } from '../journal/write-journal.ts'
import type { Host } from './host/host.ts'

export function journalFolder(
  { journal }: { readonly journal?: string },
  { env, home }: Pick<Host, 'env' | 'home'>,
  clusterId: string,
): string {
  return journal ?? journalRoot(env, home).of(clusterId)
}
