/** A node lacks a plugin file that the plan starts. */
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
    'A node of OpenBao reads an entry of the catalog only if the file of the entry is in its plugin directory. So every node that serves is asked for the entries of the plugins in the file. If a file is missing, the mounts that the plan changes or reloads would go down on that node. The content of a file is not checked: `cluster.binary_check` does that. If nothing is registered for a file yet, its registration fails, before any mount is changed. Vault reads an entry without its file, and its standbys forward the question.',
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
        message: `The plugin directory of ${node} lacks files that the plan starts: ${nameSome(names)}. The node answers: ${first?.reason ?? ''}.`,
        nodes: [node],
        topics: missing.map(({ file }) => fileOnNodeTopic(file.command, node)),
        ...(at !== undefined && { at }),
      }
    })
  },
}
