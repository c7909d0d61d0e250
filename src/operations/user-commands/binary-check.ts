/**
 * Runs the `binary_check` of the file, for every node and every file that the plan or its rollback
 * starts. Runs in parallel, with a time limit. The found hashes are compared with the expected ones
 * before anything is begun.
 */
import { fillPlaceholders } from '../../domain/fill-placeholders.ts'
import { type NodeAddress, parseSha256, type Sha256 } from '../../domain/names.ts'
import type { DiskCheck } from './commands.ts'
import type { BinaryReport } from '../../safety/rule.ts'
import { type CommandSetting, runBounded } from './run-bounded.ts'

/** Milliseconds for one command on one node. */
const TIME_LIMIT = 30_000

/** Checks every file on every node, also on nodes that are sealed or cannot be reached. */
export async function checkBinaries(
  check: DiskCheck,
  setting: CommandSetting,
): Promise<readonly BinaryReport[]> {
  const { nodes, files } = check
  return Promise.all(
    nodes.flatMap(({ address }) =>
      files.map(async ({ command, sha256: expected, for: use }) => ({
        node: address,
        command,
        expected,
        for: use,
        result: await runCheck(check.command, { node: address, command, expected, setting }),
      })),
    ),
  )
}

interface Check {
  readonly node: NodeAddress
  readonly command: string
  readonly expected: Sha256
  readonly setting: CommandSetting
}

async function runCheck(
  template: readonly string[],
  { node, command, expected, setting }: Check,
): Promise<BinaryReport['result']> {
  const host = new URL(node).hostname
  const filled = template.map((part) => fillPlaceholders(part, { host, address: node, command }))
  const env = { ...setting.environment, LOCKSTEP_NODE: host, LOCKSTEP_ADDRESS: node }
  const result = await runBounded(filled, {
    timeLimit: TIME_LIMIT,
    env,
    secrets: setting.secrets(),
  })
  if (result.kind === 'failed') return { failed: result.reason }
  // `sha256sum` puts a backslash before the hash if the file name has special characters.
  const found = parseSha256(result.stdout.trim().replace(/^\\/, '').slice(0, 64))
  if (found === undefined) {
    return { failed: `its output does not begin with a SHA-256: "${firstLine(result.stdout)}"` }
  }
  return found === expected ? 'same' : { found }
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 80)
}
