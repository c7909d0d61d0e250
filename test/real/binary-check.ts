/** A `binary_check` of the cluster's nodes: reads the hash on each node's own disk. */
import type { ClusterClient } from '../cluster/cluster-client.ts'

/** For `cluster` of a file of desired state. */
export function binaryCheck({ description }: Pick<ClusterClient, 'description'>) {
  const folders = Object.fromEntries(
    description.nodes.map(({ address, pluginDirectory }) => [address, pluginDirectory]),
  )
  const script =
    'const [folders, address, command] = process.argv.slice(1);' +
    'const file = require("fs").readFileSync(JSON.parse(folders)[address] + "/" + command);' +
    'console.log(require("crypto").createHash("sha256").update(file).digest("hex"))'
  const check = [process.execPath, '-e', script, JSON.stringify(folders)]
  return { binary_check: [...check, '{address}', '{command}'] }
}
