/** A node's disk does not hold the binary that the file gives the hash of. */
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
    'A registration is accepted whatever the hash, and the file is looked for on the answering node only. Each node compares the hash when it starts the plugin: where the file is missing or differs, the mount goes down at that node’s reload, restart or promotion. So `cluster.binary_check` reads every node’s files before the first step: those that mounts and connections will run, and, as a warning, those that a failed step would roll back to. A node that could not be checked counts as different, because the file asks for the check.',
  fix: 'Copy the right binaries to the node’s plugin directory, and plan again.',
  allowable: false,
  judge({ desired, binaries = [] }) {
    const versions = desired.plugins.flatMap((plugin) => plugin.versions)
    const wrong = binaries.filter(({ result }) => result !== 'same')
    const sameEverywhere = filesAlikeEverywhere(binaries)
    return [...groupBy(wrong, ({ node }) => node)].map(([node, reports]) => {
      const differing = reports.find(({ result }) => isOther(result))
      const at =
        differing === undefined
          ? desired.cluster.binaryCheck?.source
          : versions.find(({ command }) => command === differing.command)?.source
      const isForTheWayBack = reports.every((report) => report.for === 'back')
      const wrongly = isForTheWayBack
        ? 'lacks what a failed step would roll back to'
        : 'is not as the file says'
      return {
        ...(isForTheWayBack && { severity: 'warning' as const }),
        subject: node,
        message: `On ${node} the plugin directory ${wrongly}: ${nameSome(reports.map(describeBinary))}.`,
        ...(differing === undefined && { fix: NOT_CHECKED }),
        ...(differing !== undefined &&
          reports.every((report) => sameEverywhere.has(fileOf(report))) && { fix: CORRECT_HASH }),
        nodes: [node],
        ...(at !== undefined && { at }),
        // Of a node that is away, its files are not known either.
        topics: differing === undefined ? [nodeTopic(node)] : reports.map(fileOf),
      }
    })
  },
}

function fileOf({ command, expected }: BinaryReport): string {
  return fileTopic({ command, sha256: expected })
}

/** Those that every one of several nodes has with one other hash. */
function filesAlikeEverywhere(binaries: readonly BinaryReport[]): ReadonlySet<string> {
  const alike = [...groupBy(binaries, fileOf)].filter(([, reports]) => {
    const found = new Set(
      reports.map(({ result }) => (result !== 'same' && 'found' in result ? result.found : '')),
    )
    return reports.length > 1 && found.size === 1 && !found.has('')
  })
  return new Set(alike.map(([file]) => file))
}

const CORRECT_HASH =
  'Every node that was checked has the same file: if that is the right one, correct its sha256 in the file of desired state. Otherwise copy the right binary to each node. Then plan again.'

const NOT_CHECKED =
  'Run the command of `cluster.binary_check` for this node by hand: it must print the SHA-256 of the file. Plan again when it does.'

function isOther(result: BinaryReport['result']): boolean {
  return result !== 'same' && 'found' in result
}

/** What one file is, in words. */
function describeBinary({ command, expected, result }: BinaryReport): string {
  if (result === 'same') return `${command} is right`
  return 'found' in result
    ? `${command} has SHA-256 ${result.found}, not ${expected}`
    : `${command} could not be checked (${result.failed})`
}
