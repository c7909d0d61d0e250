/**
 * Which mounts were seen to pass their checks, and where: only the journals tell. A mount that runs
 * what a file asks for may do so because a run was cut off before its checks had passed.
 */
import type { StepVerification } from '../documents/plan.generated.ts'
import type { Verification } from '../domain/desired.ts'
import {
  isSameBinary,
  type MountPath,
  type NodeAddress,
  type RunningBinary,
  type Version,
} from '../domain/names.ts'

/** `open`: a run reloaded it, or began to check it, and nothing says that its checks passed. */
export type CheckRecord =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'passed'
      readonly sha256: RunningBinary
      /** Absent where it runs under none, or a builtin's. */
      readonly version?: Version
      readonly verify: readonly StepVerification[]
    }

/** By mount and node, as `checkKey` has them. */
export type CheckRecords = ReadonlyMap<string, CheckRecord>

export function checkKey(mount: MountPath, node: NodeAddress): string {
  return `${mount} ${node}`
}

/** A file's check of a mount, as steps and journals have it. */
export function verificationOf(mount: MountPath, check: Verification): StepVerification {
  return check.kind === 'read'
    ? { mount, ...check }
    : { mount, ...check, command: [...check.command] }
}

/** What is to have been seen of a mount on a node. */
export interface ExpectedCheck {
  readonly sha256: RunningBinary
  readonly version?: Version
  readonly verify: readonly StepVerification[]
}

/**
 * True where a record says that this binary passed at least these checks. A binary whose hash the
 * server does not report may have been replaced since under the same version, so no record counts.
 */
export function hasPassed(record: CheckRecord | undefined, due: ExpectedCheck): boolean {
  if (record?.kind !== 'passed') return false
  const passed = new Set(record.verify.map((check) => JSON.stringify(check)))
  return (
    isSameBinary(record.sha256, due.sha256) &&
    record.version === due.version &&
    due.verify.every((check) => passed.has(JSON.stringify(check)))
  )
}
