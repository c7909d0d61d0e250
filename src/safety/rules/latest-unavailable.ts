/** `use: latest`, but the servers do not support it, or no version is registered. */
import type { PlanRule } from '../rule.ts'
import { nameSome } from '../wording.ts'

export const latestUnavailable: PlanRule = {
  about: 'plan',
  name: 'latest-unavailable',
  severity: 'error',
  title: 'Mounts cannot be configured for latest',
  explanation:
    'OpenBao takes `latest` as a mount’s version since 2.7: the mount runs the highest registered version at each reload or restart. HashiCorp Vault and older OpenBao refuse the word, because it is no semantic version. OpenBao also refuses it while nothing is registered under the plugin’s name. A builtin alone is not enough.',
  fix: 'Write a version as `use`, such as `use: v1.2.3`.',
  allowable: false,
  judge({ draft, live }) {
    return draft.impossible.flatMap((impossible) => {
      if (impossible.kind !== 'latest-unavailable') return []
      const { plugin, mounts, source: at } = impossible
      const why = draft.index.hasLatest
        ? `no version of ${plugin} stays registered`
        : `${live.product === 'vault' ? 'Vault' : 'OpenBao'} ${live.server_version} does not support latest`
      return {
        subject: plugin,
        message: `${nameSome(mounts)} cannot be configured for latest: ${why}.`,
        ...(draft.index.hasLatest && {
          fix: `List a version of ${plugin} under \`versions\` and do not retire it, or write a version as \`use\`.`,
        }),
        mounts,
        at,
      }
    })
  },
}
