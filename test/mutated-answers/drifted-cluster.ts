/** Three nodes, of which one standby runs the older binary: whoever sees that says so. */
import { findDrift } from '../../src/drift/find-drift.ts'
import type { LiveState } from '../../src/domain/live.ts'
import { twinFromLive } from '../../src/twin/rehearsal/from-live.ts'
import { ASKED, cluster, FILE, NEW, OLD, running, TWO } from '../drift/one-mount.ts'
import type { Trial } from './try-answers.ts'

const LIVE = cluster(NEW, { [TWO]: running(OLD) })

export const DRIFTED: Omit<Trial, 'depth'> = {
  makeTwin: () => twinFromLive(LIVE),
  isFalse: (live: LiveState) => findDrift(FILE, live, ASKED).in_sync || live.nodes.length < 3,
}
