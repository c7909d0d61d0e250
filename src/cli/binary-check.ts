/**
 * Runs the file's `binary_check` for every node and file that a plan's mounts and connections start
 * from, the way back included, in parallel, bounded in time: what it finds is held against the
 * hashes before anything is begun.
 */
import type { DesiredState } from '../domain/desired.ts'
import type { LiveState } from '../domain/live.ts'
import { type NodeAddress, parseSha256, type Sha256 } from '../domain/names.ts'
import type { Draft } from '../plan/make-plan.ts'
import { neededFiles } from '../safety/needed-files.ts'
import type { BinaryReport } from '../safety/rule.ts'
import { runBounded } from './run-bounded.ts'

/** Milliseconds for one command on one node. */
const TIME_LIMIT = 30_000

/** Undefined where the file has no check. `secrets`: what its output is told without. */
export async function checkBinaries(
  desired: DesiredState,
  live: LiveState,
  draft: Draft,
  secrets: readonly string[],
): Promise<readonly BinaryReport[] | undefined> {
  const check = desired.cluster.binaryCheck
  if (check === undefined) return undefined
  const wanted = neededFiles(draft)
  return Promise.all(
    live.nodes.flatMap(({ address }) =>
      wanted.map(async ({ command, sha256: expected, for: use }) => ({
        node: address,
        command,
        expected,
        for: use,
        result: await runCheck(check.command, { node: address, command, expected, secrets }),
      })),
    ),
  )
}

interface Check {
  readonly node: NodeAddress
  readonly command: string
  readonly expected: Sha256
  readonly secrets: readonly string[]
}

async function runCheck(
  template: readonly string[],
  { node, command, expected, secrets }: Check,
): Promise<BinaryReport['result']> {
  const host = new URL(node).hostname
  const filled = template.map((part) =>
    part.replaceAll('{host}', host).replaceAll('{address}', node).replaceAll('{command}', command),
  )
  const ran = await runBounded(filled, { timeLimit: TIME_LIMIT, secrets })
  if (ran.kind === 'failed') return { failed: ran.reason }
  // `sha256sum` marks a name with odd characters by a backslash before the hash.
  const found = parseSha256(ran.stdout.trim().replace(/^\\/, '').slice(0, 64))
  if (found === undefined) {
    return { failed: `its output does not begin with a SHA-256: "${firstLine(ran.stdout)}"` }
  }
  return found === expected ? 'same' : { found }
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 80)
}
