/**
 * `npm run cluster`: a real cluster with every plugin to try things on, until Ctrl-C, in the state
 * that the examples start from; bare with `--empty`. `--json` prints its description as one line
 * instead; `--tls`, `--audit` and `--no-standby-reads` as in the tests.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCluster, type TestCluster } from './cluster.ts'
import { makeExampleStates } from './example-states.ts'
import { fitExampleSums, renderSums } from './example-sums.ts'
import { pluginFiles } from './plugin-files.ts'

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    nodes: { type: 'string', default: '3' },
    tls: { type: 'boolean', default: false },
    audit: { type: 'boolean', default: false },
    'no-standby-reads': { type: 'boolean', default: false },
    empty: { type: 'boolean', default: false },
  },
})

const running: { cluster?: TestCluster } = {}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Before it is up, exiting is enough: the guard leaves nothing behind.
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
  log('examples/SHA256SUMS was written anew: the Go here builds other bytes than it told of')
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
