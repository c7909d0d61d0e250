/**
 * What a reviewer decides by, in one line: what the plan does to the mounts, whether a failed step
 * can be rolled back, and what was waived. Drawn from the document alone.
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
  const numbers = new Map<Deed, number>()
  for (const change of changes) {
    const deed = deedOf(change)
    numbers.set(deed, (numbers.get(deed) ?? 0) + 1)
  }
  const nodes = new Set(steps.flatMap(({ action }) => ('node' in action ? action.node : [])))
  const checked = new Set(
    steps.flatMap(({ action }) => (action.kind === 'check' ? action.mounts : [])),
  )
  if (checked.size > 0 && numbers.size === 0) numbers.set('check', checked.size)
  const deeds = [...numbers]
  // Entries serve the mounts: a plan that changes mounts is not told by its registrations.
  const onMounts = deeds.filter(([deed]) => DEEDS[deed].noun !== 'version')
  const phrases = (onMounts.length > 0 ? onMounts : deeds).map(([deed, number], at) => {
    const { verb, noun, before = '', after = '' }: DeedWords = DEEDS[deed]
    const doing = isBlocked ? `${at === 0 ? 'would ' : ''}${verb}` : `${verb}s`
    return `${doing} ${before}${count(number, noun)}${after}`
  })
  return `${phrases.join(', ')}${nodes.size === 0 ? '' : ` on ${count(nodes.size, 'node')}`}`
}

interface DeedWords {
  readonly verb: string
  /** Stands before the number. */
  readonly before?: string
  readonly noun: 'mount' | 'connection' | 'version'
  readonly after?: string
}

/** How each is told: `overrides the builtin of 5 mounts`. */
const DEEDS = {
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
} as const satisfies Readonly<Record<string, DeedWords>>
type Deed = keyof typeof DEEDS

function deedOf({ kind, action, fields }: Change): Deed {
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

function compareVersions(from: string | null, to: string | null): Deed {
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
