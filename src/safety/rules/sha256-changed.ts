/** The plan gives a registered version another binary. */
import { runEverywhere, startsUnder } from '../../domain/live-index.ts'
import { isOtherBinary, UNVERSIONED } from '../../domain/names.ts'
import type { PlanRule, Verdict } from '../rule.ts'
import { entryTopic, fileTopic } from '../topics.ts'
import { effectsOf } from '../effects.ts'
import { agree, nameSome } from '../wording.ts'

export const sha256Changed: PlanRule = {
  about: 'plan',
  name: 'sha256-changed',
  severity: 'error',
  title: 'A registered version gets another binary',
  explanation:
    'The catalog holds this version with another SHA-256 than the file gives. Servers accept the new hash, and each node starts the new binary at its own next reload or restart. Then two binaries have one version, no list of versions shows which one runs, and a rollback to the first is not possible. Never change the binary of a version. If every mount of the version still runs the file’s binary, someone registered another binary later: then the plan corrects the entry, and this is a warning.',
  fix: 'Give the new binary its own version; if the file’s hash is wrong, correct it.',
  allowable: true,
  judge({ draft }) {
    const effects = effectsOf(draft)
    return draft.targets.flatMap(({ plugin }) =>
      plugin.versions.flatMap(({ version, command, sha256, source: at }): Verdict[] => {
        const found = draft.index.external(plugin.id, version)
        const changed =
          version !== UNVERSIONED &&
          found !== undefined &&
          isOtherBinary(found.sha256, sha256) &&
          effects.registers(plugin.id, version)
        if (!changed) return []
        const configured = draft.index
          .mountsOf(plugin.id)
          .filter(
            (mount) => startsUnder(draft.index, plugin.id, mount.configured_version) === version,
          )
        const mounts = configured.map(({ path }) => path)
        const topics = [fileTopic({ command, sha256 }), entryTopic(plugin.id, version)]
        if (runEverywhere(configured, sha256)) {
          return [
            {
              severity: 'warning',
              subject: plugin.id,
              message: `${plugin.id} ${version} is registered with SHA-256 ${found.sha256}, and ${nameSome(mounts)} ${agree(mounts.length, 'runs', 'run')} what the file says (${sha256}): the entry was changed later. The plan registers the file’s binary again.`,
              fix: 'Find out who registered the other binary. If it is needed, give it its own version.',
              mounts,
              at,
              topics,
            },
          ]
        }
        const users =
          mounts.length === 0
            ? 'No mount is configured for it'
            : `Configured for it: ${nameSome(mounts)}`
        return [
          {
            subject: plugin.id,
            message: `${plugin.id} ${version} is registered with SHA-256 ${found.sha256}, and the file says ${sha256}. ${users}.`,
            mounts,
            at,
            topics,
          },
        ]
      }),
    )
  },
}
