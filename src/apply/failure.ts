/**
 * Explains why a step or its rollback failed: everything that was found, for the journal, and the
 * causes, for people. A known cause (a plugin file that is missing or is another one) replaces
 * everything that follows from it on its node.
 */
import type { Fact, Step } from '../documents/plan.generated.ts'
import type { Cause, Failure, Mismatch } from '../documents/run-outcome.ts'
import { writeOf } from '../documents/writes-of.ts'
import { groupBy } from '../domain/group-by.ts'
import {
  isHash,
  type NodeAddress,
  type RunningBinary,
  type Sha256,
  type Version,
} from '../domain/names.ts'
import { describeMismatch, thingOf, whatIsWrong } from './facts/mismatch.ts'

/** A server's refusal: which node refused, and its words. */
export interface Refusal {
  readonly node: NodeAddress
  /** With the node's address. */
  readonly reason: string
  /** The policy line that the token lacks. Then nothing was done, and all else follows from it. */
  readonly needs?: string
}

export interface Evidence {
  readonly refused?: Refusal | undefined
  /** Facts that do not hold. */
  readonly broken?: readonly Mismatch[]
  /** Other reasons, a sentence each. */
  readonly reasons?: readonly string[]
}

/** `files`: the file name of each binary. `expected`: the facts that should hold. */
export function explainFailure(
  { refused, broken = [], reasons = [] }: Evidence,
  expected: readonly Fact[],
  files: FileNames,
): Failure {
  const lacksRight = refused?.needs !== undefined
  const runs = broken.flatMap(expectedBinaries)
  const binaries = runs.length > 0 ? runs : expected.flatMap((fact) => expectedBinaries({ fact }))
  const known = onceEach([
    ...(refused === undefined ? [] : knownCauses(refused.node, refused.reason, binaries, files)),
    ...broken.flatMap(({ node, field, found }) =>
      field === 'readable' && node !== undefined ? knownCauses(node, found, [], files) : [],
    ),
  ])
  const rest = lacksRight ? [] : broken.filter((mismatch) => !follows(mismatch, known))
  const explained = known.some(({ node }) => node === refused?.node)
  return {
    reason: [
      ...(refused === undefined ? [] : [refused.reason]),
      ...broken.map(describeMismatch),
      ...reasons,
    ].join('; '),
    causes: [
      ...known,
      ...(refused === undefined || explained ? [] : [causeOf(refused)]),
      ...groupedByWhatIsWrong(rest),
      ...reasons.map(wordsOf),
    ],
  }
}

function causeOf({ reason, needs }: Refusal): Cause {
  return needs === undefined ? wordsOf(reason) : { kind: 'not_allowed', words: reason, needs }
}

export function wordsOf(words: string): Cause {
  return { kind: 'words', words }
}

/** The names of plugin binaries in the plugin directories. */
export type FileNames = ReadonlyMap<RunningBinary, string>

export function fileNames(steps: readonly Step[]): FileNames {
  const names = new Map<RunningBinary, string>()
  for (const step of steps) {
    const { undo, requires, ensures, restores } = step
    for (const one of [...writeOf(step), ...undo]) {
      if (one.kind === 'register') names.set(one.entry.sha256, one.entry.command)
    }
    for (const fact of [...requires, ...ensures, ...restores]) {
      if (fact.fact === 'entry' && fact.entry !== null && isHash(fact.entry.sha256)) {
        names.set(fact.entry.sha256, fact.entry.command)
      }
    }
  }
  return names
}

interface ExpectedBinary {
  readonly node: NodeAddress
  readonly sha256: Sha256
  readonly version?: Version
}

/** Returns the binary that a mount should run; nothing for a builtin. */
function expectedBinaries({ fact, node }: Pick<Mismatch, 'fact' | 'node'>): ExpectedBinary[] {
  if (fact.fact !== 'running' || !isHash(fact.sha256)) return []
  const { sha256, version } = fact
  return [{ node: node ?? fact.node, sha256, ...(version !== undefined && { version }) }]
}

type KnownCause = Exclude<Cause, { kind: 'words' | 'wrong' | 'not_allowed' }>

/** The servers' own words: measured on both, in `test/recordings` and `test/real`. */
function knownCauses(
  node: NodeAddress,
  words: string,
  binaries: readonly ExpectedBinary[],
  files: FileNames,
): KnownCause[] {
  const missing = /(?:l?stat|fork\/exec) (.+?): no such file or directory/.exec(words)?.[1]
  if (missing !== undefined) return [{ kind: 'missing_file', node, file: baseName(missing) }]
  const forbidden = /fork\/exec (.+?): permission denied/.exec(words)?.[1]
  if (forbidden !== undefined) return [{ kind: 'not_executable', node, file: baseName(forbidden) }]
  if (!words.includes('checksums did not match')) return []
  const here = binaries.filter((one) => one.node === node)
  return here.map(({ sha256, version }) => ({
    kind: 'wrong_bytes',
    node,
    file: files.get(sha256) ?? `of ${version ?? 'the plugin'}`,
    sha256,
  }))
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** A known cause on a node explains why the node's mounts do not run and its entry cannot be read. */
function follows({ node, field }: Mismatch, known: readonly KnownCause[]): boolean {
  if (field === 'readable' && node === undefined) return known.length > 0
  return known.some((cause) => cause.node === node)
}

function groupedByWhatIsWrong(mismatches: readonly Mismatch[]): Cause[] {
  const shown = mismatches.map((one) => ({ ...one, found: withoutRoute(one.found) }))
  const alike = groupBy(shown, ({ node, field, expected, found }) =>
    JSON.stringify([node, field, expected, found]),
  )
  return [...alike.values()].flatMap((group): Cause[] => {
    const [first] = group
    if (first === undefined) return []
    const { node } = first
    const things = onceEach(group.map((one) => thingOf(one.fact)))
    const what = whatIsWrong(first, things.length)
    return [{ kind: 'wrong', things, ...(node !== undefined && { node }), what }]
  })
}

/** Removes the mount's name from a server's words, so that equal faults read alike. */
export function withoutRoute(words: string): string {
  return words.replace(/^no handler for route ".*?"\. route entry found, but (.*?)\.?$/, '$1')
}

export function onceEach<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}
