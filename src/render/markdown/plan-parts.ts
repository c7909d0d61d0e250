/**
 * Builds the parts of a plan's section in a comment. Texts of servers and files are put into code.
 */
import type { Finding, Plan } from '../../documents/plan.generated.ts'
import { count } from '../../domain/count.ts'
import { unreachable } from '../../domain/errors.ts'
import { againstText } from '../against-lines.ts'
import { type ChangeGroup, describeField, groupChanges } from '../change-groups.ts'
import { dataDeclarations } from '../data-declarations.ts'
import type { FindingTree } from '../finding-tree.ts'
import { type NodeNames, nameNodes } from '../node-names.ts'
import {
  type Acceptance,
  findMachineUses,
  findRollout,
  findWaivers,
  namesBesideMessage,
  sortFindings,
} from '../plan-review.ts'
import { stepLines } from '../step-lines.ts'
import { listSome, NAMED_IN_FINDING, printable, shortenHashes } from '../wording.ts'
import type { Part } from './fit-parts.ts'
import { clip, code, codeBlock, prose } from './markdown-text.ts'

/** The longest text of others, in characters: a message, a reason, a line of the diff. */
export const LONGEST_TEXT = 1000
/** The longest name, in characters. */
export const LONGEST_NAME = 300

/** The parts in the order in which they are shown, without empty parts. */
export function planParts(plan: Plan): Part[] {
  const names = nameNodes(plan.cluster.nodes)
  const { blocking, warnings, notes } = sortFindings(plan.findings)
  const items = (found: readonly FindingTree[]): string[] => findingItems(found, names)
  const parts: Part[] = [
    visible('blocking', 'blocking finding', items(blocking), (shown) => list('Blocked by', shown)),
    visible('waivers', 'waiver', waiverItems(plan, names), (shown) => list('Waivers', shown)),
    visible('data', 'data declaration', dataItems(plan), (shown) =>
      list('Data compatibility, declared in the desired state of this plan', shown),
    ),
    visible('warnings', 'warning', items(warnings), (shown) => list('Warnings', shown)),
    ...againstParts(plan),
    visible('changes', 'change', changeItems(plan, names), (shown) =>
      titled('Changes', codeBlock('diff', shown)),
    ),
    visible('commands', 'command', commandItems(plan), (shown) =>
      list('Runs on, and takes from, the machine that applies', shown),
    ),
    visible('rollout', 'stage', rolloutItems(plan, names), (shown) => list('Rollout', shown)),
    folded('notes', 'note', items(notes)),
    folded('steps', 'step', stepItems(plan), plan.steps.length),
    folded('lists', 'full list', listItems(plan, names)),
  ]
  return parts.filter((part) => part.items.length > 0)
}

function againstParts(plan: Plan): Part[] {
  const text = againstText(plan)
  if (text === undefined) return []
  // A `diff` block colours no `=`; a space is what it has for lines of both sides.
  const items = text.lines.map(({ mark, what }) =>
    clip(`${mark === '=' ? ' ' : mark} ${what}`, LONGEST_TEXT),
  )
  const shownItems = items.length === 0 ? ['  neither has a step'] : items
  return [
    visible('against', 'compared step', shownItems, (shown) =>
      titled(
        `Compared with ${code(clip(text.ref, LONGEST_NAME))}`,
        `\`+\` this branch adds it, \`-\` this branch removes it; the others are needed without this branch, too.\n\n${codeBlock('diff', shown)}`,
      ),
    ),
  ]
}

function visible(kind: Part['kind'], noun: string, items: string[], draw: Part['draw']): Part {
  return { kind, noun, items, isFolded: false, draw }
}

/** `number`: the number of things that the items describe, if not one each. */
function folded(kind: Part['kind'], noun: string, items: string[], number = items.length): Part {
  const draw = (shown: readonly string[]): string =>
    [`<details><summary>${count(number, noun)}</summary>`, '', ...shown, '', '</details>'].join(
      '\n',
    )
  return { kind, noun, items, number, isFolded: true, draw }
}

function titled(title: string, body: string): string {
  return `#### ${title}\n\n${body}`
}

function list(title: string, items: readonly string[]): string {
  return titled(title, items.join('\n'))
}

/** The marks that a `diff` block colours. */
const MARKS = { add: '+', change: '!', remove: '-' } as const satisfies Record<
  ChangeGroup['action'],
  string
>

function changeItems({ changes }: Plan, names: NodeNames): string[] {
  return groupChanges(changes, { detail: false }).map(({ action, kind, subjects, why, fields }) => {
    const mark = MARKS[action]
    const many = subjects.length > 1 ? `${count(subjects.length, kind)}: ` : ''
    const of = clip(listSome(subjects, { all: false }), LONGEST_TEXT)
    return [
      `${mark} ${many}${of}  # ${clip(printable(why), LONGEST_TEXT)}`,
      ...fields.map((field) => {
        const name = printable(names.within(field.name))
        const value = describeField(field, action, { detail: false })
        return clip(`${mark}     ${name}: ${value}`, LONGEST_TEXT)
      }),
    ].join('\n')
  })
}

function stepItems(plan: Plan): string[] {
  return stepLines(plan, { detail: false }).map(({ number, what, why, details }) => {
    const reason = why === undefined ? '' : `: ${text(why)}`
    const below = details.map((detail) => `<br>${line(detail)}`).join('')
    return `- ${number}: ${line(what)}${reason}${below}`
  })
}

/**
 * The commands of the file with the mounts they check, and the variables of the machine that
 * plugins get.
 */
function commandItems(plan: Plan): string[] {
  return findMachineUses(plan).map((use) => {
    switch (use.kind) {
      case 'binary_check':
        return `- binary_check, for ${count(use.files, 'file')} on each node: ${line(use.command)}`
      case 'verify':
        return `- verify, for ${names(use.mounts)}: ${line(use.command)}`
      case 'variable':
        return `- ${name(use.plugin)} gets the variable ${name(use.from)} as ${name(use.to)}`
      default:
        return unreachable(use)
    }
  })
}

/** The rollout: which mounts on which nodes, in order. */
function rolloutItems(plan: Plan, nodes: NodeNames): string[] {
  return findRollout(plan).map(({ isCanary, does, mounts, nodes: onNodes }) => {
    const order = onNodes.map(({ address, role }) => {
      const name = code(clip(nodes.of(address), LONGEST_NAME))
      return role === 'unknown' ? name : `${name} (${role})`
    })
    return `1. ${isCanary ? '**canary**: ' : ''}${does} ${names(mounts)} on ${order.join(', then ')}`
  })
}

/** Accepted findings and unused allowances: the person who approves the plan approves both. */
function waiverItems(plan: Plan, nodes: NodeNames): string[] {
  const { used, unused } = findWaivers(plan)
  return [
    ...used.map(
      ({ finding, acceptance }) =>
        `- ${findingText(finding, nodes)}<br>${describeWaiver(acceptance)}`,
    ),
    ...unused.map(
      (allowance) =>
        `- not used: ${name(allowance.rule)} ${name(allowance.subject)}<br>${describeWaiver(allowance)}`,
    ),
  ]
}

/** A declaration accepts a change of data without a finding. */
function dataItems(plan: Plan): string[] {
  return dataDeclarations(plan).map(
    ({ plugin, version, text }) => `- ${name(`${plugin} ${version}`)} ${line(text)}`,
  )
}

function describeWaiver({ because, by, until }: Acceptance): string {
  const who = by === undefined ? '' : ` by ${name(by)}`
  const last = until === undefined ? 'no last day' : `last day ${name(until)}`
  return `Accepted${who} (${last}): ${text(because)}`
}

/** Findings, each with the findings that follow from it below. */
function findingItems(trees: readonly FindingTree[], nodes: NodeNames, indent = ''): string[] {
  return trees.map(({ finding, following }) =>
    [
      `${indent}- ${findingText(finding, nodes)}<br>Fix: ${text(shortenHashes(nodes.within(finding.fix)))}${copied(finding)}`,
      ...findingItems(following, nodes, `${indent}  `),
    ].join('\n'),
  )
}

function copied({ lines = [] }: Finding): string {
  return lines.map((copiedLine) => `<br>${line(copiedLine)}`).join('')
}

function findingText(finding: Finding, nodes: NodeNames): string {
  const { severity, rule, subject, message, at } = finding
  return [
    `**${severity}** ${name(rule)} ${name(nodes.of(subject))}: ${text(shortenHashes(nodes.within(message)))}`,
    ...namesNotInMessage('Mounts', finding.mounts, finding),
    ...namesNotInMessage('Nodes', finding.nodes, finding, nodes.of),
    ...(at === undefined ? [] : [`At ${name(at)}`]),
  ].join('<br>')
}

/** A list of names, unless the message already has each of them. */
function namesNotInMessage(
  title: string,
  all: readonly string[],
  finding: Finding,
  shownAs = (name: string): string => name,
): string[] {
  const shown = namesBesideMessage(all, finding)
  return shown.length === 0 ? [] : [`${title}: ${names(shown.map(shownAs), NAMED_IN_FINDING)}`]
}

/**
 * The full lists of what is shortened elsewhere: addresses, hashes, and every mount of a change or
 * finding.
 */
function listItems({ cluster, changes, findings }: Plan, nodes: NodeNames): string[] {
  const all = (title: string, list: readonly string[]): string =>
    `- ${title}: ${list.map(code).join(', ')}`
  const hashes = changes.flatMap(({ kind, subject, fields }) =>
    kind !== 'entry'
      ? []
      : fields.flatMap(({ from, to }) =>
          [from, to].flatMap((value) =>
            value !== null && /^[0-9a-f]{64}$/.test(value) ? { subject, value } : [],
          ),
        ),
  )
  return [
    ...cluster.nodes.map(
      ({ address, role, state }) =>
        `- ${code(nodes.of(address))}: ${code(address)}, ${role}, ${state}`,
    ),
    ...hashes.map(({ subject, value }) => `- SHA-256 of ${code(subject)}: ${code(value)}`),
    ...groupChanges(changes, { detail: false })
      .filter(({ subjects }) => subjects.length > 1)
      .map(({ kind, subjects, why }) =>
        all(`${count(subjects.length, kind)} (${text(why)})`, subjects),
      ),
    ...findings
      .filter(({ mounts }) => mounts.length > NAMED_IN_FINDING + 1)
      .map(({ rule, subject, mounts }) => all(`mounts of ${code(rule)} ${code(subject)}`, mounts)),
  ]
}

function names(all: readonly string[], most = 3): string {
  const shown = all.length <= most + 1 ? all : all.slice(0, most)
  const more = all.length - shown.length
  return `${shown.map(name).join(', ')}${more === 0 ? '' : ` and ${more} more`}`
}

function name(text: string): string {
  return code(clip(text, LONGEST_NAME))
}

function line(text: string): string {
  return code(clip(text, LONGEST_TEXT))
}

function text(foreign: string): string {
  return prose(clip(foreign, LONGEST_TEXT))
}
