/**
 * The configuration file of one node, for both products. As HCL: OpenBao 2.7 does not read an
 * `audit` stanza out of JSON.
 */
import type { PluginFile } from './plugin-files.ts'
import type { Product } from './product.ts'

/** An entry of the catalog that stands in every server's configuration, without its hash (OpenBao). */
export interface DeclaredPlugin {
  readonly type: 'secret' | 'auth'
  readonly name: string
  readonly command: PluginFile
  /** With its `v`. */
  readonly version: string
}

export interface ServerConfiguration {
  readonly product: Product
  readonly clusterName: string
  readonly nodeId: string
  /** The node's own address, `http://127.0.0.1:20100`. */
  readonly address: string
  readonly port: number
  readonly clusterPort: number
  readonly storagePath: string
  readonly pluginDirectory: string
  readonly tls?: { readonly certificate: string; readonly key: string }
  /** A path relative to the server's working directory; the cluster's nodes must agree on it. */
  readonly auditLog?: string
  /** Standbys send what they are asked to the active node, as Vault's always do (OpenBao). */
  readonly disableStandbyReads?: boolean
  readonly declared?: readonly DeclaredPlugin[]
}

export function renderServerConfiguration(wanted: ServerConfiguration): string {
  const clusterAddress = `127.0.0.1:${String(wanted.clusterPort)}`
  const lines = [
    `cluster_name = ${quote(wanted.clusterName)}`,
    `api_addr = ${quote(wanted.address)}`,
    `cluster_addr = ${quote(`https://${clusterAddress}`)}`,
    `plugin_directory = ${quote(wanted.pluginDirectory)}`,
    'log_level = "warn"',
    'storage "raft" {',
    `  path = ${quote(wanted.storagePath)}`,
    `  node_id = ${quote(wanted.nodeId)}`,
    // Short timeouts for elections, and for making a node that joined a voter. With 1, a busy machine
    // makes the nodes choose another leader unasked.
    '  performance_multiplier = "2"',
    '  autopilot_reconcile_interval = "200ms"',
    '  autopilot_update_interval = "200ms"',
    '}',
    'listener "tcp" {',
    `  address = ${quote(`127.0.0.1:${String(wanted.port)}`)}`,
    `  cluster_address = ${quote(clusterAddress)}`,
    ...(wanted.tls === undefined
      ? ['  tls_disable = true']
      : [
          `  tls_cert_file = ${quote(wanted.tls.certificate)}`,
          `  tls_key_file = ${quote(wanted.tls.key)}`,
        ]),
    '}',
  ]
  // Vault demands a decision; OpenBao has no mlock and warns that it does not know the word.
  if (wanted.product === 'vault') lines.push('disable_mlock = true')
  if (wanted.product === 'openbao' && wanted.disableStandbyReads === true) {
    lines.push('disable_standby_reads = true')
  }
  // Vault makes audit devices through its API, which OpenBao refuses.
  if (wanted.product === 'openbao' && wanted.auditLog !== undefined) {
    lines.push('audit "file" "file" {', `  options { file_path = ${quote(wanted.auditLog)} }`, '}')
  }
  for (const { type, name, command, version } of wanted.declared ?? []) {
    lines.push(
      `plugin ${quote(type)} ${quote(name)} {`,
      `  command = ${quote(command)}`,
      `  version = ${quote(version)}`,
      '}',
    )
  }
  return `${lines.join('\n')}\n`
}

function quote(text: string): string {
  return JSON.stringify(text)
}
