/** The list of all rules, by name. A rule that is not listed here judges nothing. */
import { compareText } from '../domain/names.ts'
import type { Rule } from './rule.ts'
import { allowExpired } from './rules/allow-expired.ts'
import { allowRefused } from './rules/allow-refused.ts'
import { allowUnused } from './rules/allow-unused.ts'
import { binaryDiffers } from './rules/binary-differs.ts'
import { binaryMissing } from './rules/binary-missing.ts'
import { binaryUnchecked } from './rules/binary-unchecked.ts'
import { builtinHidden } from './rules/builtin-hidden.ts'
import { builtinOverridden } from './rules/builtin-overridden.ts'
import { builtinUnknown } from './rules/builtin-unknown.ts'
import { builtinVersionWithNamespaces } from './rules/builtin-version-with-namespaces.ts'
import { capabilityMissing } from './rules/capability-missing.ts'
import { checksNotMade } from './rules/checks-not-made.ts'
import { commandReused } from './rules/command-reused.ts'
import { dataDowngrade } from './rules/data-downgrade.ts'
import { dataUpgrade } from './rules/data-upgrade.ts'
import { declaredByServer } from './rules/declared-by-server.ts'
import { envUnobservable } from './rules/env-unobservable.ts'
import { latestChanges } from './rules/latest-changes.ts'
import { latestUnavailable } from './rules/latest-unavailable.ts'
import { leftOnBuiltinVersion } from './rules/left-on-builtin-version.ts'
import { membersUnconfirmed } from './rules/members-unconfirmed.ts'
import { mountAbsent } from './rules/mount-absent.ts'
import { mountDown } from './rules/mount-down.ts'
import { mountTypeChange } from './rules/mount-type-change.ts'
import { mountUnlisted } from './rules/mount-unlisted.ts'
import { noRollback } from './rules/no-rollback.ts'
import { nodeSkew } from './rules/node-skew.ts'
import { nodeUnreachable } from './rules/node-unreachable.ts'
import { notOverridable } from './rules/not-overridable.ts'
import { pinned } from './rules/pinned.ts'
import { secretArgument } from './rules/secret-argument.ts'
import { sha256Changed } from './rules/sha256-changed.ts'
import { siblings } from './rules/siblings.ts'
import { uncheckedWithoutRollback } from './rules/unchecked-without-rollback.ts'
import { unreadableParts } from './rules/unreadable.ts'
import { unregisteredVersion } from './rules/unregistered-version.ts'
import { unsafeStoppingPoint } from './rules/unsafe-stopping-point.ts'
import { unversionedUnreachable } from './rules/unversioned-unreachable.ts'
import { unversionedWindow } from './rules/unversioned-window.ts'
import { versionInUse } from './rules/version-in-use.ts'
import { wrongCluster } from './rules/wrong-cluster.ts'

export const RULES: readonly Rule[] = [
  allowExpired,
  allowRefused,
  allowUnused,
  binaryDiffers,
  binaryMissing,
  binaryUnchecked,
  builtinHidden,
  builtinOverridden,
  builtinUnknown,
  builtinVersionWithNamespaces,
  capabilityMissing,
  checksNotMade,
  commandReused,
  dataDowngrade,
  dataUpgrade,
  declaredByServer,
  envUnobservable,
  latestChanges,
  latestUnavailable,
  leftOnBuiltinVersion,
  membersUnconfirmed,
  mountAbsent,
  mountDown,
  mountTypeChange,
  mountUnlisted,
  noRollback,
  nodeSkew,
  nodeUnreachable,
  notOverridable,
  pinned,
  secretArgument,
  sha256Changed,
  siblings,
  uncheckedWithoutRollback,
  unreadableParts,
  unregisteredVersion,
  unsafeStoppingPoint,
  unversionedUnreachable,
  unversionedWindow,
  versionInUse,
  wrongCluster,
].sort((a, b) => compareText(a.name, b.name))
