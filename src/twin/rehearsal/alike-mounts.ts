/**
 * Finds mounts that are in the same state after every step of a plan: mounts of one plugin with the
 * same settings, the same processes and the same desired state, which the same steps touch. A
 * rehearsal with one mount of each class finds a fault if the rehearsal with all mounts does.
 */
import type { Step } from '../../documents/plan.generated.ts'
import { unreachable } from '../../domain/errors.ts'
import type { LiveMount } from '../../domain/live.ts'
import type { MountPath } from '../../domain/names.ts'
import { mountSeed } from './from-live.ts'
import type { RehearsalInput } from './stage.ts'

/** The same plan and cluster with the first mount of each class. */
export function keepOneOfAlike({ live, steps, desiredEnd }: RehearsalInput): RehearsalInput {
  const left = findRepeated({ live, steps, desiredEnd })
  return {
    live: { ...live, mounts: live.mounts.filter(({ path }) => !left.has(path)) },
    steps: steps.flatMap((step) => withoutMounts(step, left)),
    desiredEnd: {
      ...desiredEnd,
      mounts: desiredEnd.mounts.filter(({ mount }) => !left.has(mount)),
    },
  }
}

/** Returns the mounts that have an earlier mount in their class. */
function findRepeated({ live, steps, desiredEnd }: RehearsalInput): ReadonlySet<MountPath> {
  const classes = new MountClasses(live.mounts)
  for (const mount of live.mounts) splitBySeed(classes, mount)
  for (const { mount, configured, version, sha256, nodes } of desiredEnd.mounts) {
    classes.split(mount, [configured, version, sha256, nodes.length, ...nodes])
  }
  splitBySteps(classes, steps)
  return classes.repeated()
}

/** All mounts are of one class until `split` is called. */
class MountClasses {
  /** In the cluster's order. */
  private readonly places: ReadonlyMap<MountPath, number>
  private readonly classes: number[]
  /** By trait: the class that a class becomes. */
  private readonly splits = new Map<unknown, Map<number, number>>()
  private count = 0

  constructor(mounts: readonly LiveMount[]) {
    this.places = new Map(mounts.map(({ path }, at) => [path, at]))
    this.classes = mounts.map(() => 0)
  }

  /** Splits its class from those that do not get the same traits, in the same order. */
  split(mount: MountPath, traits: readonly unknown[]): void {
    const place = this.places.get(mount)
    if (place === undefined) return
    let of = this.classes[place] ?? 0
    for (const trait of traits) of = this.classWith(of, trait)
    this.classes[place] = of
  }

  private classWith(of: number, trait: unknown): number {
    let becomes = this.splits.get(trait)
    if (becomes === undefined) {
      becomes = new Map<number, number>()
      this.splits.set(trait, becomes)
    }
    let next = becomes.get(of)
    if (next === undefined) {
      next = this.count += 1
      becomes.set(of, next)
    }
    return next
  }

  /** True of different mounts in the cluster's order. */
  areInOrder(mounts: readonly MountPath[]): boolean {
    let last = -Infinity
    return mounts.every((mount) => {
      const place = this.places.get(mount) ?? -1
      const isNext = place > last
      last = place
      return isNext
    })
  }

  /** All but the first mount of each class. */
  repeated(): ReadonlySet<MountPath> {
    const seen = new Set<number | undefined>()
    const repeated = new Set<MountPath>()
    for (const [path, place] of this.places) {
      const of = this.classes[place]
      if (seen.has(of)) repeated.add(path)
      else seen.add(of)
    }
    return repeated
  }
}

/** By everything that the twin is made of except the path and the accessor, which only name the mount. */
function splitBySeed(classes: MountClasses, mount: LiveMount): void {
  const { path, namespace, plugin, configured_version, running = [] } = mountSeed(mount)
  const traits: unknown[] = [namespace, plugin, configured_version, running.length]
  for (const one of running) {
    traits.push(one.node, one.running_version, one.running_sha256)
    traits.push(one.configured_version, one.backend)
  }
  classes.split(path, traits)
}

/**
 * By the steps that touch a mount. Tunes that follow each other directly differ by what they set and not
 * by their place, because none of them changes another mount.
 */
function splitBySteps(classes: MountClasses, steps: readonly Step[]): void {
  let firstTune = 0
  for (const [at, { action }] of steps.entries()) {
    if (steps[at - 1]?.action.kind !== 'tune') firstTune = at
    switch (action.kind) {
      case 'tune':
        classes.split(action.mount, [firstTune, action.namespace, action.version])
        break
      case 'reload': {
        // In another order than the cluster's, mounts are disturbed in another order, too.
        const isOrdered = classes.areInOrder(action.mounts)
        for (const mount of action.mounts) classes.split(mount, [at, isOrdered || mount])
        break
      }
      // A mount in the place of a new one, or with a connection, counts by its path.
      case 'enable':
        for (const path of pathsAbove(action.mount)) classes.split(path, [path])
        break
      case 'repoint':
        for (const path of pathsAbove(action.connection)) classes.split(path, [path])
        break
      case 'register':
      case 'deregister':
      case 'check':
        break
      default:
        unreachable(action)
    }
  }
}

/** `a/b/c` → `a/`, `a/b/`, `a/b/c/`. */
function pathsAbove(path: string): MountPath[] {
  const segments = path.replace(/\/$/, '').split('/')
  return segments.map((_, at) => `${segments.slice(0, at + 1).join('/')}/` as MountPath)
}

function withoutMounts(step: Step, left: ReadonlySet<MountPath>): readonly Step[] {
  const { action } = step
  switch (action.kind) {
    case 'tune':
      return left.has(action.mount) ? [] : [step]
    case 'reload': {
      const mounts = action.mounts.filter((mount) => !left.has(mount))
      return mounts.length === action.mounts.length
        ? [step]
        : [{ ...step, action: { ...action, mounts } }]
    }
    case 'register':
    case 'deregister':
    case 'enable':
    case 'repoint':
    case 'check':
      return [step]
    default:
      return unreachable(action)
  }
}
