/** `npm run cluster`: a real cluster to try things on. Ctrl-C stops it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCluster, type TestCluster } from './cluster.ts'
import { makeExampleStates } from './example-states.ts'
import { fitExampleSums, renderSums } from './example-sums.ts'
import { pluginFiles } from './plugin-files.ts'

const OPTIONS = {
  json: { type: 'boolean', default: false },
  nodes: { type: 'string', default: '3' },
  tls: { type: 'boolean', default: false },
  audit: { type: 'boolean', default: false },
  'no-standby-reads': { type: 'boolean', default: false },
  empty: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const HELP = `Usage: npm run cluster -- [options]

Starts a real cluster with every test plugin, in the state that the examples start from. Ctrl-C stops it.

  --empty             no entries and no mounts
  --nodes NUMBER      how many nodes (default 3)
  --tls               HTTPS, with a certificate authority of the cluster's own
  --audit             an audit log on each node
  --no-standby-reads  standbys forward every request to the active node
  --json              print the description of the cluster as one line
  --help              print this text

Examples:
  npm run cluster
  npm run cluster -- --empty --tls
`

const flags = readFlags()

function readFlags() {
  try {
    const { values } = parseArgs({ options: OPTIONS })
    const { nodes } = values
    if (!/^[1-9]$/.test(nodes)) throw new Error(`--nodes is ${nodes}; it can be 1 to 9`)
    if (!values.help) return values
    process.stdout.write(HELP)
    process.exit(0)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    process.exit(1)
  }
}

const running: { cluster?: TestCluster } = {}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // While the cluster starts, exiting is enough: a guard process removes what was started.
  process.once(signal, () => {
    if (running.cluster === undefined) process.exit(130)
    void running.cluster.stop()
  })
}

const log = (line: string): void => void process.stderr.write(`${line}\n`)
const cluster = await startCluster({
  plugins: pluginFiles,
  nodes: Number(flags.nodes),
  tls: flags.tls,
  audit: flags.audit,
  disableStandbyReads: flags['no-standby-reads'],
  log,
})
running.cluster = cluster
const sumsFile = join(cluster.folder, 'SHA256SUMS')
await writeFile(sumsFile, renderSums(cluster.description))
if (await fitExampleSums(cluster.description)) {
  log('examples/SHA256SUMS was written anew: the Go of this machine builds other bytes')
}
if (!flags.empty) await makeExampleStates(cluster)
process.stdout.write(
  flags.json
    ? `${JSON.stringify({ ...cluster.description, sha256sums: sumsFile })}\n`
    : renderForPeople(cluster, sumsFile),
)

function renderForPeople(shown: TestCluster, sums: string): string {
  const prefix = shown.product === 'vault' ? 'VAULT' : 'BAO'
  const { nodes, caCertificate } = shown.description
  return [
    `${shown.product} ${shown.version}, cluster "${shown.clusterName}"`,
    '',
    ...nodes.flatMap(({ address, pluginDirectory, auditLog }) => [
      address,
      `  plugins  ${pluginDirectory}`,
      ...(auditLog === undefined ? [] : [`  audit    ${auditLog}`]),
    ]),
    '',
    `SHA-256 of the plugins: ${sums}`,
    '',
    `export ${prefix}_ADDR=${shown.addresses[0] ?? ''}`,
    `export ${prefix}_TOKEN=${shown.token}`,
    ...(caCertificate === undefined ? [] : [`export ${prefix}_CACERT=${caCertificate}`]),
    '',
    ...(flags.empty
      ? []
      : [
          'Then, for each folder of examples/: node dist/cli.js plan -f examples/upgrade-in-place',
          '',
        ]),
    'Ctrl-C stops it.',
    '',
  ].join('\n')
}
