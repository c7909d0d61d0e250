/**
 * The records of passed checks, from the journals. A mount that already runs its target may have no
 * record, because a run was interrupted before the checks passed.
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

/**
 * `open`: a run reloaded the mount, or started its check, and no record says that the checks
 * passed.
 */
export type CheckRecord =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'passed'
      readonly sha256: RunningBinary
      /** Absent if the mount runs without a version or a builtin. */
      readonly version?: Version
      readonly verify: readonly StepVerification[]
    }

/** By `checkKey`. */
export type CheckRecords = ReadonlyMap<string, CheckRecord>

/** The key of a mount on a node in `CheckRecords`. */
export function checkKey(mount: MountPath, node: NodeAddress): string {
  return `${mount} ${node}`
}

/** A `verify` of the file, in the form that steps and journals have. */
export function verificationOf(mount: MountPath, check: Verification): StepVerification {
  return check.kind === 'read'
    ? { mount, ...check }
    : { mount, ...check, command: [...check.command] }
}

/** What a check of a mount on a node must have seen. */
export interface ExpectedCheck {
  readonly sha256: RunningBinary
  readonly version?: Version
  readonly verify: readonly StepVerification[]
}

/**
 * True if a record says that this binary passed at least these checks. If the server does not
 * report the hash, the binary may have been replaced under the same version, so no record counts.
 */
export function hasPassed(record: CheckRecord | undefined, expected: ExpectedCheck): boolean {
  if (record?.kind !== 'passed') return false
  const passed = new Set(record.verify.map((check) => JSON.stringify(check)))
  return (
    isSameBinary(record.sha256, expected.sha256) &&
    record.version === expected.version &&
    expected.verify.every((check) => passed.has(JSON.stringify(check)))
  )
}
