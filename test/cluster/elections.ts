/** On a busy machine the nodes of a cluster may choose another leader at any moment. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from './server-request.ts'

/** Milliseconds. */
const ELECTION_WITHIN = 60_000

/** What the servers answer while they have no leader, or a node has just lost the lead. */
const ELECTION_WORDS =
  /active cluster node not found|leadership lost|not active|no leader|failed to remove entry/

/** Sends a request of a test's set-up, and sends it again if the cluster was choosing a leader. */
export async function throughElections<Body>(
  send: () => Promise<Answer<Body>>,
): Promise<Answer<Body>> {
  const deadline = Date.now() + ELECTION_WITHIN
  for (;;) {
    const answer = await send()
    if (!isElection(answer) || Date.now() > deadline) return answer
    await sleep(200)
  }
}

function isElection({ status, body }: Answer): boolean {
  return status === 307 || (status >= 400 && ELECTION_WORDS.test(JSON.stringify(body ?? '')))
}
