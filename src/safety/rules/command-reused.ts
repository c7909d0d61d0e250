/** A registration names the same file as another entry, with another hash. */
import type { RegisterAction } from '../../documents/plan.generated.ts'
import type { CatalogEntry } from '../../domain/live.ts'
import { isOtherBinary, UNVERSIONED } from '../../domain/names.ts'
import { entrySubject } from '../../plan/steps.ts'
import { findUses } from '../../plan/uses.ts'
import { groupBy } from '../../domain/group-by.ts'
import { effectsOf } from '../effects.ts'
import type { PlanRule, RuleInput, Verdict } from '../rule.ts'
import { fileTopic } from '../topics.ts'
import { nameSome } from '../wording.ts'

export const commandReused: PlanRule = {
  about: 'plan',
  name: 'command-reused',
  severity: 'error',
  title: 'Two entries name one file with different hashes',
  explanation:
    'A command is the name of a file in each node’s plugin directory, and a file is one binary. If a new entry and a registered entry give it different hashes, the file was replaced or will be. Running processes continue, but at the next reload, restart or change of leader the older entry’s hash does not match, and its mounts are lost on that node. A rollback to the older entry fails too: registering it again does not restore the file. If nothing uses the older entry, this is a warning.',
  fix: 'Give each binary its own file name on every node.',
  allowable: false,
  judge(input) {
    const effects = effectsOf(input.draft)
    const byCommand = groupBy(input.live.catalog, ({ command }) => command)
    return effects.registered.flatMap((action) =>
      otherEntriesOfFile(action, byCommand.get(action.entry.command) ?? []).flatMap((other) => {
        const verdict = judgePair(action, other, input)
        const isDeregistered = effects.deregisters(other.plugin, other.version)
        return verdict.severity === 'warning' && isDeregistered ? [] : verdict
      }),
    )
  },
}

/** The other entries of the file with another hash. Only entries whose command could be read. */
function otherEntriesOfFile(
  { plugin, version, entry }: RegisterAction,
  ofFile: readonly CatalogEntry[],
): readonly CatalogEntry[] {
  return ofFile.filter(
    (other) =>
      isOtherBinary(other.sha256, entry.sha256) &&
      !(other.plugin === plugin && other.version === version),
  )
}

function judgePair(
  { plugin, version, entry }: RegisterAction,
  other: CatalogEntry,
  { live, draft }: RuleInput,
): Verdict {
  const [newer, older] = [entrySubject(plugin, version), entrySubject(other.plugin, other.version)]
  const uses = findUses({ ...live, nodes: [], unreadable: [] }, other)
  const end =
    uses.length === 0
      ? 'Nothing uses that entry now, and nothing can be rolled back to it'
      : `A file is one binary, so that one does not start again: ${nameSome(uses.map(({ description }) => description))}`
  const fileSuffix =
    version === UNVERSIONED ? entry.sha256.slice(0, 8) : version.replace(/^v/, '').replace('+', '-')
  const at = draft.targets
    .find((target) => target.plugin.id === plugin)
    ?.plugin.versions.find((candidate) => candidate.version === version)?.source
  return {
    ...(uses.length === 0 && { severity: 'warning' }),
    subject: plugin,
    message: `${newer} names the file ${entry.command}, and so does ${older}, with another SHA-256 (${other.sha256}). ${end}.`,
    fix: `On every node keep the binary of ${older} as ${entry.command}, and copy the new one under another name, such as ${entry.command}-${fileSuffix}; write that as \`command\` and plan again.`,
    mounts: uses.flatMap(({ mount }) => mount ?? []),
    ...(at !== undefined && { at }),
    topics: [fileTopic(entry)],
  }
}
