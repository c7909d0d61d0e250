/** The files are untrusted, so the commands of their checks were not run. */
import type { PlanRule } from '../rule.ts'
import { BINARY_CHECK_TOPIC } from '../topics.ts'

export const checksNotMade: PlanRule = {
  about: 'plan',
  name: 'checks-not-made',
  severity: 'warning',
  title: 'Checks of an untrusted file were not made',
  explanation:
    'With --untrusted-files no command of a file is run, because its author could run any program with the rights of the person or pipeline that plans. So `cluster.binary_check` and `verify: run` are skipped, and the plan does not have their results. Variables that `env: { from: NAME }` names are not read either, and apply needs them.',
  fix: 'Review the commands. If you trust them, plan again without --untrusted-files.',
  allowable: true,
  judge({ desired, draft, runsCommands = true }) {
    if (runsCommands) return []
    const { binaryCheck } = desired.cluster
    const diskVerdicts =
      binaryCheck === undefined
        ? []
        : [
            {
              subject: 'binary_check',
              message:
                'The plugin files on the nodes were not checked: `cluster.binary_check` was not run.',
              at: binaryCheck.source,
              topics: [BINARY_CHECK_TOPIC],
            },
          ]
    const verifiedMounts = new Set(
      draft.steps.flatMap(({ verify = [] }) =>
        verify.flatMap((check) => (check.kind === 'run' ? [check.mount] : [])),
      ),
    )
    const mounts = desired.mounts
      .filter(({ path }) => verifiedMounts.has(path))
      .map(({ path, source }) => ({
        subject: path,
        message: `The commands under verify of ${path} were not checked and will not be run with --untrusted-files.`,
        mounts: [path],
        at: source,
      }))
    return [...diskVerdicts, ...mounts]
  },
}
