/** A node lacks a plugin file that the plan has it start. */
import { groupBy } from '../../domain/group-by.ts'
import { entrySubject } from '../../plan/steps.ts'
import { missingFiles } from '../needed-files.ts'
import type { PlanRule } from '../rule.ts'
import { fileOnNodeTopic } from '../topics.ts'
import { nameSome } from '../wording.ts'

export const binaryMissing: PlanRule = {
  about: 'plan',
  name: 'binary-missing',
  severity: 'error',
  title: 'A node lacks a plugin file that it will start',
  explanation:
    'OpenBao reads an entry of the catalog only where its file is in the plugin directory of the node that is asked, so every node that serves is asked for the entries of the plugins in the file. Where one is missing, the mounts that the plan moves or reloads would go down. What a file holds is not looked at: `cluster.binary_check` does that. A file of which nothing is registered yet is found missing when it is registered, before any mount is touched. Vault reads an entry without its file, and its standbys do not answer for themselves.',
  fix: 'Copy the file to the node’s plugin directory, and plan again.',
  allowable: false,
  judge({ desired, live, draft }) {
    const byNode = groupBy(missingFiles(draft, live, 'run'), ({ node }) => node)
    return [...byNode].map(([node, missing]) => {
      const names = missing.map(
        ({ file }) => `${file.command} (${entrySubject(file.plugin, file.version)})`,
      )
      const [first] = missing
      const at = desired.plugins.find(({ id }) => id === first?.file.plugin)?.source
      return {
        subject: node,
        message: `${node} does not find in its plugin directory what the plan has it start: ${nameSome(names)}. Asked for it, it answers ${first?.reason ?? ''}.`,
        nodes: [node],
        topics: missing.map(({ file }) => fileOnNodeTopic(file.command, node)),
        ...(at !== undefined && { at }),
      }
    })
  },
}
