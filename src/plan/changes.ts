/**
 * Describes, for people, what the steps change: entries, mounts and connections, field by field.
 */
import type {
  Change,
  DeregisterAction,
  EnableAction,
  RegisterAction,
  RepointAction,
  Step,
  TuneAction,
  RunningFact,
} from '../documents/plan.generated.ts'
import { unreachable } from '../domain/errors.ts'
import type { LiveMount, MountOnNode } from '../domain/live.ts'
import {
  binaryName,
  type ConfiguredVersion,
  type MountPath,
  UNVERSIONED,
  versionLabel,
} from '../domain/names.ts'
import type { LiveIndex } from '../domain/live-index.ts'
import { maskArguments } from '../domain/secret-arguments.ts'
import { shellWords } from '../domain/shell-words.ts'
import { findDifference, RELOAD_REASONS } from './reload.ts'
import { entrySubject } from './steps.ts'

/** What the description of a step needs. */
interface DescribedPlan {
  readonly index: LiveIndex
  /** The plugins of which the plan registers an entry. */
  readonly registered: ReadonlySet<string>
}

/** The changes of a list of steps, in the order of the steps. Each mount and entry once. */
export function describeChanges(steps: readonly Step[], index: LiveIndex): Change[] {
  const registered = new Set(
    steps.flatMap(({ action }) => (action.kind === 'register' ? action.plugin : [])),
  )
  const drafts = new Drafts()
  for (const step of steps) describeStep(step, { index, registered }, drafts)
  return drafts.changes()
}

function describeStep(step: Step, known: DescribedPlan, drafts: Drafts): void {
  const { action } = step
  switch (action.kind) {
    case 'register':
      drafts.add(describeRegister(action, step, known))
      break
    case 'deregister':
      drafts.add(describeDeregister(action, step))
      break
    case 'enable':
      drafts.add(describeEnable(action, step))
      break
    case 'repoint':
      drafts.add(describeRepoint(action, step))
      break
    case 'tune':
      describeTune(action, step, known, drafts)
      break
    case 'reload':
      describeReload(step, known, drafts)
      break
    case 'check':
      break
    default:
      unreachable(action)
  }
}

type Field = Change['fields'][number]

/** What the steps so far change about a mount that exists. */
interface MountDraft {
  readonly subject: MountPath
  readonly fields: Field[]
  /** The reason of the tune, if the tune comes first; else those of all steps. */
  readonly reasons: Set<string>
  readonly isTunedFirst: boolean
}

/** The changes in the order in which they were found. A mount's tune and reloads are one change. */
class Drafts {
  private readonly drafts: (Change | MountDraft)[] = []
  private readonly mounts = new Map<MountPath, MountDraft>()

  add(change: Change): void {
    this.drafts.push(change)
  }

  /** The draft of a mount; begun if there is none yet. */
  ofMount(subject: MountPath, by: 'tune' | 'reload'): MountDraft {
    const known = this.mounts.get(subject)
    if (known !== undefined) return known
    const draft = { subject, fields: [], reasons: new Set<string>(), isTunedFirst: by === 'tune' }
    this.mounts.set(subject, draft)
    this.drafts.push(draft)
    return draft
  }

  changes(): Change[] {
    return this.drafts.map((draft) => {
      if ('kind' in draft) return draft
      const { subject, fields, reasons } = draft
      return { subject, kind: 'mount', action: 'change', fields, why: [...reasons].join(', ') }
    })
  }
}

/** If the entry could not be read, its hash is known from the catalog's list. */
function describeRegister(
  action: RegisterAction,
  { requires, why }: Step,
  { index }: DescribedPlan,
): Change {
  const before = requires.find((fact) => fact.fact === 'entry')?.entry ?? null
  const current = before ?? index.external(action.plugin, action.version)
  const fields: { name: string; from: string | null; to: string | null }[] = [
    { name: 'command', from: before?.command ?? null, to: action.entry.command },
    { name: 'sha256', from: current?.sha256 ?? null, to: action.entry.sha256 },
  ]
  const args = { from: argsText(before?.args), to: argsText(action.entry.args) }
  const isOther = shellWords(before?.args ?? []) !== shellWords(action.entry.args)
  // The difference may be only in masked values.
  const to = isOther && args.from === args.to ? `${args.to ?? ''} (another secret)` : args.to
  fields.push({ name: 'args', from: args.from, to })
  return {
    subject: entrySubject(action.plugin, action.version),
    kind: 'entry',
    action: current === undefined ? 'add' : 'change',
    fields: fields.filter(({ from, to }) => from !== to),
    why,
  }
}

function describeDeregister(action: DeregisterAction, { requires, why }: Step): Change {
  const before = requires.find((fact) => fact.fact === 'entry')?.entry
  const unused = requires.find((fact) => fact.fact === 'unused')
  const fields = [
    { name: 'command', from: before?.command ?? null, to: null },
    { name: 'sha256', from: before?.sha256 ?? unused?.sha256 ?? null, to: null },
  ]
  return {
    subject: entrySubject(action.plugin, action.version),
    kind: 'entry',
    action: 'remove',
    fields: fields.filter(({ from }) => from !== null),
    why,
  }
}

function describeEnable(action: EnableAction, { why }: Step): Change {
  return {
    subject: action.mount,
    kind: 'mount',
    action: 'add',
    fields: [
      { name: 'plugin', from: null, to: action.plugin },
      { name: 'version', from: null, to: versionLabel(action.version) },
    ],
    why,
  }
}

function describeRepoint(action: RepointAction, { requires, why }: Step): Change {
  const before = requires.find((fact) => fact.fact === 'connection')?.version
  const from = before === undefined ? null : versionLabel(before)
  return {
    subject: action.connection,
    kind: 'connection',
    action: 'change',
    fields: [{ name: 'version', from, to: versionLabel(action.version) }],
    why,
  }
}

/** A tune that is sent again names the nodes that still list another version. */
function describeTune(
  action: TuneAction,
  { ensures, why }: Step,
  { index }: DescribedPlan,
  drafts: Drafts,
): void {
  const mount = index.mountAt(action.mount)
  const before = mount?.configured_version ?? UNVERSIONED
  const nodesBehind = ensures.flatMap((fact) =>
    fact.fact === 'mount' && fact.node !== undefined ? fact.node : [],
  )
  const to = configuredName(action.version)
  const fields =
    before === action.version
      ? nodesBehind.map((node) => {
          const from = mount?.nodes.find((view) => view.node === node)?.configured_version
          return { name: `version on ${node}`, from: configuredName(from ?? UNVERSIONED), to }
        })
      : [{ name: 'version', from: configuredName(before), to }]
  const draft = drafts.ofMount(action.mount, 'tune')
  draft.fields.push(...fields)
  if (!draft.isTunedFirst || draft.reasons.size === 0) draft.reasons.add(why)
}

/** Each mount has its own reason: the step's reason is about all its mounts. */
function describeReload(step: Step, known: DescribedPlan, drafts: Drafts): void {
  for (const fact of step.ensures) {
    if (fact.fact !== 'running') continue
    const mount = known.index.mountAt(fact.mount)
    const view = mount?.nodes.find(({ node }) => node === fact.node)
    const running = view === undefined ? null : binaryName(view.running_sha256)
    const from = view?.answers === 'no' ? 'down' : running
    const draft = drafts.ofMount(fact.mount, 'reload')
    draft.fields.push({ name: 'running', node: fact.node, from, to: binaryName(fact.sha256) })
    if (draft.isTunedFirst) continue
    draft.reasons.add(view === undefined ? step.why : whyReloaded(view, mount, fact, known))
  }
}

/**
 * If the server's list shows no difference, the entry is the reason: this plan changes it, or an
 * earlier run did.
 */
function whyReloaded(
  view: MountOnNode,
  mount: LiveMount | undefined,
  fact: RunningFact,
  known: DescribedPlan,
): string {
  const isRegistered = mount !== undefined && known.registered.has(mount.plugin)
  return RELOAD_REASONS[findDifference(view, fact) ?? (isRegistered ? 'entry' : 'unfinished')].ofOne
}

function argsText(args: readonly string[] | undefined): string | null {
  return args === undefined || args.length === 0 ? null : shellWords(maskArguments(args))
}

function configuredName(version: ConfiguredVersion): string {
  return version === UNVERSIONED ? 'none' : version
}
