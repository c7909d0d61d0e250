/** The rehearsal found a step after which a run must not stop. */
import type { Step, UnsafePoint } from '../../documents/plan.generated.ts'
import type { Source } from '../../domain/desired.ts'
import type { LiveState } from '../../domain/live.ts'
import { groupBy } from '../../domain/group-by.ts'
import type { NodeAddress } from '../../domain/names.ts'
import type { DraftPlan } from '../../plan/make-plan.ts'
import { entrySubject } from '../../plan/steps.ts'
import { missingFiles } from '../needed-files.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule } from '../rule.ts'
import { entryTopic, fileTopic, pinTopic } from '../topics.ts'
import { nameSome } from '../wording.ts'

const REPORT = 'Nothing in the file causes this: report it, with the plan (`--out`).'
const RETIRE_LATER = 'Remove the version from `retire`, apply, and retire it when nothing uses it.'

/** The fix for each kind of unsafe point that has one. */
const FIXES: Readonly<Partial<Record<UnsafePoint['kind'], string>>> = {
  refused:
    'Read the server’s answer, and fix what it names on the cluster or in the file. Then plan again.',
  'entry-missing': RETIRE_LATER,
  unregistered: RETIRE_LATER,
  'file-differs':
    'Give each version its own file name (`command`), so that no file replaces one in use.',
  'late-standby': REPORT,
  'free-order': REPORT,
  'missed-end': REPORT,
}

export const unsafeStoppingPoint: PlanRule = {
  name: 'unsafe-stopping-point',
  about: 'plan',
  severity: 'error',
  title: 'Stopping after a step would not be safe',
  explanation:
    'Every plan is rehearsed on a model of the cluster. After each step every mount that the plan touches must exist with its accessor, must answer, and must come up again if every node restarts at that moment. After the last step the cluster must be as the file says. A run can stop after any step: by Ctrl-C, a lost connection, a machine that fails. If a stop could lose a mount, the plan is blocked.',
  fix: 'Split the change into two files, and apply one after the other. If the plan should be safe, report it.',
  allowable: false,
  judge({ rehearsal, draft, live }) {
    const replaced = filesReplaced(draft, live)
    const lacking = new Set(missingFiles(draft, live, 'run').map(({ node }) => node))
    const unsafe = (rehearsal?.unsafe ?? []).filter(
      // `builtin-version-with-namespaces` reports that kind with its cause.
      (point) => point.kind !== 'no-leader' && !isCausedByMissingFile(point, lacking),
    )
    // One cause is reported once for the same mounts, whatever kinds it has.
    const groups = groupBy(unsafe, ({ after, kind, mounts, nodes }) =>
      JSON.stringify([after, kind === 'missed-end', mounts, nodes]),
    )
    return [...groups.values()].flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const { after, kind, mounts, nodes } = first
      const problems = group.map(({ problem }) => problem).join('; ')
      const fix = group.map((point) => fixOf(point, live)).find((text) => text !== undefined)
      const at = placeOfStep(after, draft)
      return {
        // A plan without steps may miss the desired state, too.
        subject: after === '' ? 'plan' : after,
        message:
          kind === 'missed-end'
            ? `The plan does not do all that the file says: ${problems}.`
            : `Stopping after "${after}" would not be safe: ${problems}.`,
        mounts,
        nodes,
        ...(fix !== undefined && { fix }),
        ...(at !== undefined && { at }),
        topics: [
          ...(CAUSED_BY_FILE.has(kind) ? replaced : []),
          ...topicsOfStep(draft.steps.find(({ id }) => id === after)),
        ],
      }
    })
  },
}

/** The files that the plan registers and another entry names with another hash. */
function filesReplaced(draft: DraftPlan, { catalog }: LiveState): string[] {
  const byCommand = groupBy(catalog, ({ command }) => command)
  return effectsOf(draft)
    .registered.filter(({ entry }) =>
      byCommand.get(entry.command)?.some(({ sha256 }) => sha256 !== entry.sha256),
    )
    .map(({ entry }) => fileTopic(entry))
}

function fixOf({ kind, nodes }: UnsafePoint, live: LiveState): string | undefined {
  const lost = CAUSED_BY_FILE.has(kind) ? filesLackingOn(nodes, live) : []
  return lost.length > 0 ? restoreEntry(lost) : FIXES[kind]
}

/** The kinds of unsafe points that a missing file causes. */
const CAUSED_BY_FILE: ReadonlySet<UnsafePoint['kind']> = new Set([
  'file-differs',
  'down',
  'refused',
])

/** `binary-missing` reports a missing file of the plan, so its unsafe points are not reported. */
function isCausedByMissingFile(
  { kind, nodes }: UnsafePoint,
  lacking: ReadonlySet<NodeAddress>,
): boolean {
  return CAUSED_BY_FILE.has(kind) && nodes.length > 0 && nodes.every((node) => lacking.has(node))
}

/**
 * Missing files of any plugin: a reload ends the process that mounts share, and a mount that the
 * plan leaves on the older version starts a new process.
 */
function filesLackingOn(nodes: readonly NodeAddress[], { catalog }: LiveState): readonly string[] {
  return catalog.flatMap(({ plugin, version, command, unreadable_on = [] }) =>
    unreadable_on
      .filter(({ node }) => nodes.includes(node))
      .map(({ node }) => `${command ?? `the file of ${entrySubject(plugin, version)}`} on ${node}`),
  )
}

function restoreEntry(files: readonly string[]): string {
  return `Copy these files to the plugin directory: ${nameSome(files)}. Then plan again.`
}

/** The entry that a step makes or removes, or that a mount gets; a pin decides for the mount. */
function topicsOfStep(step: Step | undefined): readonly string[] {
  if (step === undefined) return []
  const { action, requires, ensures } = step
  if (action.kind === 'register' || action.kind === 'deregister')
    return [entryTopic(action.plugin, action.version)]
  const about = [...requires, ...ensures].find((fact) => 'plugin' in fact)
  return about === undefined ? [] : [pinTopic(about.plugin)]
}

/** The place in the file of the plugin that the step is about. */
function placeOfStep(id: string, { steps, targets }: DraftPlan): Source | undefined {
  const step = steps.find((candidate) => candidate.id === id)
  if (step === undefined) return undefined
  const about = [...step.requires, ...step.ensures].find((fact) => 'plugin' in fact)
  return targets.find(({ plugin }) => plugin.id === about?.plugin)?.plugin.source
}
