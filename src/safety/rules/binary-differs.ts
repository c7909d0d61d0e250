/** The plugin directory of a node does not hold the binary with the hash that the file gives. */
import { groupBy } from '../../domain/group-by.ts'
import type { BinaryReport, PlanRule } from '../rule.ts'
import { fileTopic, nodeTopic } from '../topics.ts'
import { nameSome } from '../wording.ts'

export const binaryDiffers: PlanRule = {
  about: 'plan',
  name: 'binary-differs',
  severity: 'error',
  title: 'A node’s plugin file is missing or another one',
  explanation:
    'A server accepts a registration with any hash, and checks only on the answering node that the file exists. Each node compares the hash when it starts the plugin. If the file is missing or differs, the mount goes down when that node reloads it, restarts or becomes active. So `cluster.binary_check` reads the files of every node before the first step: those that mounts and connections will run, and, as a warning, those that a failed step would roll back to. A node that could not be checked counts as different, because the file asks for the check.',
  fix: 'Copy the right binaries to the node’s plugin directory, and plan again.',
  allowable: false,
  judge({ desired, binaries = [] }) {
    const versions = desired.plugins.flatMap((plugin) => plugin.versions)
    const wrong = binaries.filter(({ result }) => result !== 'same')
    const sameEverywhere = filesAlikeEverywhere(binaries)
    return [...groupBy(wrong, ({ node }) => node)].map(([node, reports]) => {
      const differing = reports.find(({ result }) => hasOtherHash(result))
      const at =
        differing === undefined
          ? desired.cluster.binaryCheck?.source
          : versions.find(({ command }) => command === differing.command)?.source
      const isForRollback = reports.every((report) => report.for === 'rollback')
      const problem = isForRollback
        ? 'lacks what a failed step would roll back to'
        : 'is not as the file says'
      return {
        ...(isForRollback && { severity: 'warning' as const }),
        subject: node,
        message: `On ${node} the plugin directory ${problem}: ${nameSome(reports.map(describeBinary))}.`,
        ...(differing === undefined && { fix: NOT_CHECKED }),
        ...(differing !== undefined &&
          reports.every((report) => sameEverywhere.has(fileOf(report))) && { fix: CORRECT_HASH }),
        nodes: [node],
        ...(at !== undefined && { at }),
        // If a node is away, its files cannot be checked either.
        topics: differing === undefined ? [nodeTopic(node)] : reports.map(fileOf),
      }
    })
  },
}

function fileOf({ command, expected }: BinaryReport): string {
  return fileTopic({ command, sha256: expected })
}

/** The files that have the same other hash on each of several nodes. */
function filesAlikeEverywhere(binaries: readonly BinaryReport[]): ReadonlySet<string> {
  const sameOnAll = [...groupBy(binaries, fileOf)].filter(([, reports]) => {
    const found = new Set(
      reports.map(({ result }) => (result !== 'same' && 'found' in result ? result.found : '')),
    )
    return reports.length > 1 && found.size === 1 && !found.has('')
  })
  return new Set(sameOnAll.map(([file]) => file))
}

const CORRECT_HASH =
  'Every node that was checked has the same file: if it is the right file, correct its `sha256` in the file. Otherwise copy the right binary to each node. Then plan again.'

const NOT_CHECKED =
  'Run the command of `cluster.binary_check` for this node by hand: it must print the SHA-256 of the file. Plan again when it does.'

function hasOtherHash(result: BinaryReport['result']): boolean {
  return result !== 'same' && 'found' in result
}

/** Describes one file. */
function describeBinary({ command, expected, result }: BinaryReport): string {
  if (result === 'same') return `${command} is right`
  return 'found' in result
    ? `${command} has SHA-256 ${result.found}, not ${expected}`
    : `${command} could not be checked (${result.failed})`
}
