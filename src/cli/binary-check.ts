/**
 * Runs the file's `binary_check` for every node and file that a plan's mounts and connections start
 * from, the way back included, in parallel, bounded in time: what it finds is held against the
 * hashes before anything is begun, and once more where a saved plan is.
 */
import type { Plan } from '../documents/plan.generated.ts'
import { EXIT, LockstepError } from '../domain/errors.ts'
import { compareText, type NodeAddress, parseSha256, type Sha256 } from '../domain/names.ts'
import type { NeededFile } from '../safety/needed-files.ts'
import type { BinaryReport } from '../safety/rule.ts'
import { describeBinary } from '../safety/rules/binary-differs.ts'
import { type Commands, runBounded } from './run-bounded.ts'

/** Milliseconds for one command on one node. */
const TIME_LIMIT = 30_000

export interface DiskCheck {
  /** With `{host}`, `{address}` and `{command}` still to fill in. */
  readonly command: readonly string[]
  readonly nodes: readonly { readonly address: NodeAddress }[]
  readonly files: readonly Pick<NeededFile, 'command' | 'sha256' | 'for'>[]
  readonly commands: Commands
}

/** Every file on every node, sealed ones and those out of reach included. */
export async function checkBinaries(check: DiskCheck): Promise<readonly BinaryReport[]> {
  const { nodes, files, commands } = check
  return Promise.all(
    nodes.flatMap(({ address }) =>
      files.map(async ({ command, sha256: expected, for: use }) => ({
        node: address,
        command,
        expected,
        for: use,
        result: await runCheck(check.command, { node: address, command, expected, commands }),
      })),
    ),
  )
}

/** What a plan holds for the check to be made again; undefined where it starts no file. */
export function plannedCheck(
  command: readonly string[],
  needed: readonly NeededFile[],
): Plan['cluster']['binary_check'] {
  const files = needed
    .filter((file) => file.for === 'run')
    .map(({ command, sha256 }) => ({ command, sha256 }))
    .sort((a, b) => compareText(a.command, b.command))
  return files.length === 0 ? undefined : { command: [...command], files }
}

/**
 * Makes a saved plan's check once more: files may have changed since. Throws a LockstepError
 * (exit 3) where a node's disk is not as planned.
 */
export async function checkPlannedBinaries({ cluster }: Plan, commands: Commands): Promise<void> {
  const { nodes, binary_check: check } = cluster
  if (check === undefined) return
  const files = check.files.map((file) => ({ ...file, for: 'run' as const }))
  const reports = await checkBinaries({ command: check.command, nodes, files, commands })
  const wrong = reports.filter(({ result }) => result !== 'same')
  if (wrong.length === 0) return
  throw new LockstepError({
    code: 'binary-differs',
    message: 'the nodes’ plugin files are not as the plan needs them:',
    details: wrong.map((report) => `${report.node}: ${describeBinary(report)}`),
    exitCode: EXIT.blocked,
    hint: 'Nothing was begun. Copy the right files to the nodes, then run this again; a check that fails must print the SHA-256 of the file.',
  })
}

interface Check {
  readonly node: NodeAddress
  readonly command: string
  readonly expected: Sha256
  readonly commands: Commands
}

async function runCheck(
  template: readonly string[],
  { node, command, expected, commands }: Check,
): Promise<BinaryReport['result']> {
  const host = new URL(node).hostname
  const filled = template.map((part) =>
    part.replaceAll('{host}', host).replaceAll('{address}', node).replaceAll('{command}', command),
  )
  const env = { ...commands.environment, LOCKSTEP_NODE: host, LOCKSTEP_ADDRESS: node }
  const ran = await runBounded(filled, {
    ...{ timeLimit: TIME_LIMIT, env, secrets: commands.secrets() },
  })
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
