/**
 * Describes in one line what a reviewer needs for a decision: what the plan does to the mounts,
 * whether a failed step can be rolled back, and what was waived. Uses only the document.
 */
import { gt, lt, valid } from 'semver'
import { blockingFindings } from '../documents/blocking.ts'
import type { Change, Plan } from '../documents/plan.generated.ts'
import { count } from '../domain/count.ts'
import { isBuiltinVersion, type Version } from '../domain/names.ts'
import { nestFindings } from './finding-tree.ts'
import { summarizePlan } from './plan-summary.ts'

/** `Upgrades 5 mounts on 3 nodes; can be rolled back; 1 waiver`, without a full stop. */
export function describeVerdict(plan: Plan): string {
  const { length: blocking } = nestFindings(blockingFindings(plan.findings))
  const work = describeWork(plan, blocking > 0)
  if (work === '') return [withoutStop(summarizePlan(plan)), ...describeFindings(plan)].join('; ')
  const blocked = blocking === 0 ? '' : `blocked by ${count(blocking, 'finding')}: `
  return [
    capitalize(`${blocked}${work}`),
    ...describeRollback(plan),
    ...describeFindings(plan),
  ].join('; ')
}

/** Empty for a plan without steps. */
function describeWork({ changes, steps }: Plan, isBlocked: boolean): string {
  if (steps.length === 0) return ''
  const numbers = new Map<WorkKind, number>()
  for (const change of changes) {
    const workKind = workKindOf(change)
    numbers.set(workKind, (numbers.get(workKind) ?? 0) + 1)
  }
  const nodes = new Set(steps.flatMap(({ action }) => ('node' in action ? action.node : [])))
  const checked = new Set(
    steps.flatMap(({ action }) => (action.kind === 'check' ? action.mounts : [])),
  )
  if (checked.size > 0 && numbers.size === 0) numbers.set('check', checked.size)
  const counts = [...numbers]
  // Entries exist for the mounts, so if a plan changes mounts, its registrations are not mentioned.
  const onMounts = counts.filter(([workKind]) => WORK_KINDS[workKind].noun !== 'version')
  const phrases = (onMounts.length > 0 ? onMounts : counts).map(([workKind, number], position) => {
    const { verb, noun, before = '', after = '' }: WorkWords = WORK_KINDS[workKind]
    const predicate = isBlocked ? `${position === 0 ? 'would ' : ''}${verb}` : `${verb}s`
    return `${predicate} ${before}${count(number, noun)}${after}`
  })
  return `${phrases.join(', ')}${nodes.size === 0 ? '' : ` on ${count(nodes.size, 'node')}`}`
}

interface WorkWords {
  readonly verb: string
  /** Text before the number. */
  readonly before?: string
  readonly noun: 'mount' | 'connection' | 'version'
  readonly after?: string
}

/** The words for each kind: `overrides the builtin of 5 mounts`. */
const WORK_KINDS = {
  upgrade: { verb: 'upgrade', noun: 'mount' },
  downgrade: { verb: 'downgrade', noun: 'mount' },
  'change-version': { verb: 'change', before: 'the version of ', noun: 'mount' },
  override: { verb: 'override', before: 'the builtin of ', noun: 'mount' },
  'to-builtin': { verb: 'return', noun: 'mount', after: ' to the builtin' },
  reload: { verb: 'reload', noun: 'mount' },
  enable: { verb: 'enable', noun: 'mount' },
  check: { verb: 'check', noun: 'mount' },
  repoint: { verb: 'repoint', noun: 'connection' },
  register: { verb: 'register', noun: 'version' },
  replace: { verb: 'replace', noun: 'version' },
  retire: { verb: 'retire', noun: 'version' },
} as const satisfies Readonly<Record<string, WorkWords>>
type WorkKind = keyof typeof WORK_KINDS

function workKindOf({ kind, action, fields }: Change): WorkKind {
  if (kind === 'connection') return 'repoint'
  if (kind === 'entry') {
    return ({ add: 'register', change: 'replace', remove: 'retire' } as const)[action]
  }
  if (action === 'add') return 'enable'
  const running = fields.filter(({ name }) => name === 'running')
  if (running.some(({ to }) => to === 'builtin')) return 'to-builtin'
  if (running.some(({ from }) => from === 'builtin')) return 'override'
  const version = fields.find(({ name }) => name === 'version')
  return version === undefined ? 'reload' : compareVersions(version.from, version.to)
}

function compareVersions(from: string | null, to: string | null): WorkKind {
  const isPlain = (text: string | null): text is Version =>
    text !== null && valid(text) !== null && !isBuiltinVersion(text as Version)
  if (!isPlain(from) || !isPlain(to)) return 'change-version'
  return gt(to, from) ? 'upgrade' : lt(to, from) ? 'downgrade' : 'change-version'
}

/** The rule that finds steps without a rollback. */
const NO_ROLLBACK = 'no-rollback'

function describeRollback({ findings, steps }: Plan): string[] {
  const isWrite = ({ action }: Plan['steps'][number]): boolean =>
    action.kind !== 'check' && action.kind !== 'enable'
  const writes = steps.filter(isWrite)
  if (writes.length === 0) return []
  const isLasting =
    findings.some(({ rule }) => rule === NO_ROLLBACK) ||
    writes.some(({ undo }) => undo.length === 0)
  return [isLasting ? 'CANNOT be rolled back in full' : 'can be rolled back']
}

function describeFindings({ findings }: Plan): string[] {
  const waived = findings.filter(({ allowed }) => allowed !== undefined).length
  const warnings = findings.filter(
    ({ allowed, severity }) => allowed === undefined && severity === 'warning',
  ).length
  return [
    ...(waived > 0 ? [count(waived, 'waiver')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ]
}

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '')
}
