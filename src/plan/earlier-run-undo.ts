/**
 * The way back of mounts that an earlier run left half way: the entry it replaced, which only its
 * journal still has, and the nodes it had reloaded already, which a failure now takes back as well.
 */
import type { Action } from '../documents/plan.generated.ts'
import type { LiveState } from '../domain/live.ts'
import { BUILTIN, compareText, UNVERSIONED } from '../domain/names.ts'
import { type LiveIndex, reloadOrder } from '../domain/live-index.ts'
import type { Block } from './order.ts'
import { findReplaced, type Past } from './past.ts'
import { type MountChange, running, viewOn, whyToReload } from './reload.ts'
import { contentOf, type Entry, entryFactsOn, type Fact, type UnorderedStep } from './steps.ts'
import type { MountTarget } from './targets.ts'
import { mountFact } from './tune.ts'
import { backTo, type RollbackTarget } from './rollback-target.ts'

/** For a mount without a version whose entry was replaced by an earlier run. */
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
  return known ? backTo(UNVERSIONED, sha256) : undefined
}

/**
 * The first reload or check of a group also takes back what no step of this plan did: the entry an earlier
 * run replaced, and the mounts it reloaded on other nodes.
 */
export function addEarlierRunUndo(
  blocks: readonly Block[],
  moves: readonly MountChange[],
  known: { readonly live: LiveState; readonly index: LiveIndex; readonly past: Past },
): Block[] {
  const steps = blocks.flat()
  const byMount = new Map<string, MountChange>(moves.map((move) => [move.target.mount.path, move]))
  const seen = new Set<string>()
  const withUndo = (step: UnorderedStep): UnorderedStep => {
    const { action } = step
    if (!namesMounts(action) || seen.has(step.group)) return step
    seen.add(step.group)
    const group = steps
      .flatMap((one) =>
        one.group === step.group && namesMounts(one.action) ? one.action.mounts : [],
      )
      .flatMap((path) => byMount.get(path) ?? [])
    const begun = [...new Set(group)].filter(wasBegun)
    const [first] = begun
    if (first === undefined) return step
    const entry = undoEntry(first, known)
    const elsewhere = undoReloads(begun, known.live)
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

/** Neither its version nor its entry is changed by this plan: an earlier run did that. */
function wasBegun({ tuned, entryChanged, back }: MountChange): boolean {
  return !tuned && !entryChanged && back !== undefined
}

interface EarlierRunUndo {
  readonly undo: Action[]
  readonly restores: Fact[]
}

const NOTHING: EarlierRunUndo = { undo: [], restores: [] }

function undoEntry(
  { target, back }: MountChange,
  { live, index, past }: { live: LiveState; index: LiveIndex; past: Past },
): EarlierRunUndo {
  const { plugin } = target.mount
  if (target.version !== UNVERSIONED || target.use.kind !== 'unversioned') return NOTHING
  if (back?.version !== UNVERSIONED) return NOTHING
  const now = contentOf(index.external(plugin, UNVERSIONED))
  if (now === undefined || now.sha256 === back.sha256) return NOTHING
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

/** The nodes on which a mount runs its target already, though it is rolled back elsewhere. */
function undoReloads(moves: readonly MountChange[], live: LiveState): EarlierRunUndo {
  const parts = reloadOrder(live).map((node): EarlierRunUndo => {
    const done = moves.filter((move) => {
      const view = viewOn(move.target.mount, node)
      return view !== undefined && whyToReload(move, view) === undefined
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
      restores: done.flatMap(({ target, back }) =>
        back === undefined
          ? []
          : [
              { ...mountFact(target.mount, back.configured), node: node.address },
              running(target.mount, node, back),
            ],
      ),
    }
  })
  return {
    undo: parts.flatMap(({ undo }) => undo),
    restores: parts.flatMap(({ restores }) => restores),
  }
}
