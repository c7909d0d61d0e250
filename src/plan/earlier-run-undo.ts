/**
 * Rolls back what an earlier, interrupted run did to a mount that this plan changes: the entry that
 * the run replaced, which only its journal has, and the nodes that it reloaded.
 */
import type { Action } from '../documents/plan.generated.ts'
import type { LiveState } from '../domain/live.ts'
import { BUILTIN, compareText, UNVERSIONED } from '../domain/names.ts'
import { type LiveIndex, reloadOrder } from '../domain/live-index.ts'
import type { Block } from './order.ts'
import { findReplaced, type Past } from './past.ts'
import { type MountChange, restoresOn, viewOn, findReloadReason } from './reload.ts'
import { contentOf, type Entry, entryFactsOn, type Fact, type UnorderedStep } from './steps.ts'
import type { MountTarget } from './targets.ts'
import { rollbackTo, type RollbackTarget } from './rollback-target.ts'

/**
 * The rollback target of a mount without a version whose entry an earlier run replaced. Undefined
 * if no node runs the old entry, or if no journal has it.
 */
export function rollbackTargetOfEarlierRun(
  target: MountTarget,
  index: LiveIndex,
  past: Past,
): RollbackTarget | undefined {
  const { mount } = target
  const stale = mount.nodes.find((view) => view.running_sha256 !== target.sha256)
  if (stale === undefined) return undefined
  const sha256 = stale.running_sha256
  const known =
    sha256 === BUILTIN
      ? index.isBuiltin(mount.plugin)
      : findReplaced(past, mount.plugin, UNVERSIONED, sha256) !== undefined
  return known ? rollbackTo(UNVERSIONED, sha256) : undefined
}

/**
 * The first reload or check of a group also rolls back what no step of this plan did: the entry
 * that an earlier run replaced, and the mounts that it reloaded on other nodes.
 */
export function addEarlierRunUndo(
  blocks: readonly Block[],
  changes: readonly MountChange[],
  known: { readonly live: LiveState; readonly index: LiveIndex; readonly past: Past },
): readonly Block[] {
  if (!changes.some(wasChangedEarlier)) return blocks
  const steps = blocks.flat()
  const byMount = new Map<string, MountChange>(
    changes.map((change) => [change.target.mount.path, change]),
  )
  const groupsDone = new Set<string>()
  const withUndo = (step: UnorderedStep): UnorderedStep => {
    const { action } = step
    if (!namesMounts(action) || groupsDone.has(step.group)) return step
    groupsDone.add(step.group)
    const group = steps
      .flatMap((one) =>
        one.group === step.group && namesMounts(one.action) ? one.action.mounts : [],
      )
      .flatMap((path) => byMount.get(path) ?? [])
    const changedEarlier = [...new Set(group)].filter(wasChangedEarlier)
    const [first] = changedEarlier
    if (first === undefined) return step
    const entry = undoEntry(first, known)
    const elsewhere = undoReloads(changedEarlier, known.live)
    return {
      ...step,
      undo: [...entry.undo, ...step.undo, ...elsewhere.undo],
      restores: [...entry.restores, ...step.restores, ...elsewhere.restores],
    }
  }
  return blocks.map((block) => block.map(withUndo))
}

function namesMounts(
  action: UnorderedStep['action'],
): action is UnorderedStep['action'] & { readonly kind: 'reload' | 'check' } {
  return action.kind === 'reload' || action.kind === 'check'
}

/** This plan changes neither the version nor the entry of the mount, so an earlier run did. */
function wasChangedEarlier({ tuned, entryChanged, back }: MountChange): boolean {
  return !tuned && !entryChanged && back !== undefined
}

interface EarlierRunUndo {
  readonly undo: Action[]
  readonly restores: Fact[]
}

const NO_UNDO: EarlierRunUndo = { undo: [], restores: [] }

function undoEntry(
  { target, back }: MountChange,
  { live, index, past }: { live: LiveState; index: LiveIndex; past: Past },
): EarlierRunUndo {
  const { plugin } = target.mount
  if (target.version !== UNVERSIONED || target.use.kind !== 'unversioned') return NO_UNDO
  if (back?.version !== UNVERSIONED) return NO_UNDO
  const now = contentOf(index.external(plugin, UNVERSIONED))
  if (now === undefined || now.sha256 === back.sha256) return NO_UNDO
  const at = { plugin, version: UNVERSIONED }
  const replaced = findReplaced(past, plugin, UNVERSIONED, back.sha256)
  const everywhere = (entry: Entry | null): Fact[] =>
    entryFactsOn(reloadOrder(live), plugin, UNVERSIONED, entry)
  return replaced === undefined
    ? { undo: [{ kind: 'deregister', ...at }], restores: everywhere(null) }
    : {
        undo: [{ kind: 'register', ...at, entry: replaced.entry, env: [...replaced.env] }],
        restores: everywhere(replaced.entry),
      }
}

/** The reloads of mounts on nodes that already run the target, for a rollback of their group. */
function undoReloads(changes: readonly MountChange[], live: LiveState): EarlierRunUndo {
  const parts = reloadOrder(live).map((node): EarlierRunUndo => {
    const done = changes.filter((change) => {
      const view = viewOn(change.target.mount, node)
      return view !== undefined && findReloadReason(change, view) === undefined
    })
    const namespaces = [...new Set(done.map(({ target }) => target.mount.namespace))]
    return {
      undo: namespaces.sort(compareText).map((namespace) => ({
        kind: 'reload',
        node: node.address,
        namespace,
        mounts: done
          .filter(({ target }) => target.mount.namespace === namespace)
          .map(({ target }) => target.mount.path),
      })),
      restores: restoresOn(node, done),
    }
  })
  return {
    undo: parts.flatMap(({ undo }) => undo),
    restores: parts.flatMap(({ restores }) => restores),
  }
}
