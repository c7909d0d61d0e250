/**
 * The builtin plugins of OpenBao 2.7.2 and Vault 1.21.4. OpenBao gives all of them the version of
 * the server. Vault gives that version to the plugins in its repository, and the version of the
 * module to the others.
 */
import { unreachable } from './errors.ts'
import type { Product } from './live.ts'
import { parsePluginId, type PluginId, type Version } from './names.ts'

/** A plugin compiled into a server. */
export interface BuiltinPlugin {
  readonly plugin: PluginId
  readonly version: Version
  readonly deprecation_status: string
}

const OPENBAO = `
  auth: approle cert jwt kubernetes oidc userpass
  database: cassandra-database-plugin influxdb-database-plugin mysql-aurora-database-plugin
    mysql-database-plugin mysql-legacy-database-plugin mysql-rds-database-plugin
    postgresql-database-plugin redis-database-plugin valkey-database-plugin
  secret: kubernetes kv pki rabbitmq ssh totp transit`

const VAULT = `
  auth: alicloud=0.22.0 approle aws azure=0.22.0 cert cf=0.22.0 gcp=0.22.0 github jwt=0.25.0
    kerberos=0.16.0 kubernetes=0.23.1 ldap oci=0.20.1 oidc okta pcf! radius userpass
  database: cassandra-database-plugin couchbase-database-plugin=0.15.0
    elasticsearch-database-plugin=0.19.0 hana-database-plugin influxdb-database-plugin
    mongodb-database-plugin mongodbatlas-database-plugin=0.16.0 mssql-database-plugin
    mysql-aurora-database-plugin mysql-database-plugin mysql-legacy-database-plugin
    mysql-rds-database-plugin postgresql-database-plugin redis-database-plugin=0.7.0
    redis-elasticache-database-plugin=0.8.0 redshift-database-plugin
    snowflake-database-plugin=0.15.0
  secret: ad=0.21.0! alicloud=0.21.0 aws azure=0.23.0 consul gcp=0.23.0 gcpkms=0.22.0
    kubernetes=0.12.0 kv=0.25.0 ldap mongodbatlas=0.16.0 nomad openldap=0.17.0 pki rabbitmq ssh
    terraform=0.13.0 totp transit`

/** The version of a builtin that has only the version of the server: `v2.7.2+builtin.bao`. */
export function ownVersion(product: Product, serverVersion: string): Version {
  return `v${serverVersion}+builtin.${product === 'openbao' ? 'bao' : 'vault'}` as Version
}

/** The builtin plugins of a product, with the versions that this server version gives them. */
export function builtinPlugins(product: Product, serverVersion: string): BuiltinPlugin[] {
  switch (product) {
    case 'openbao':
      return readList(OPENBAO, ownVersion(product, serverVersion))
    case 'vault':
      return readList(VAULT, ownVersion(product, serverVersion))
    default:
      return unreachable(product)
  }
}

/** Reads `type: name=version! …`. `!` marks a deprecated plugin. */
function readList(list: string, own: Version): BuiltinPlugin[] {
  let type = ''
  return list
    .trim()
    .split(/\s+/)
    .flatMap((word) => {
      if (word.endsWith(':')) {
        type = word.slice(0, -1)
        return []
      }
      const [name = '', version] = word.replace('!', '').split('=')
      const plugin = parsePluginId(`${type}/${name}`)
      if (plugin === undefined) return []
      return [
        {
          plugin,
          version: version === undefined ? own : (`v${version}+builtin` as Version),
          deprecation_status: word.endsWith('!') ? 'deprecated' : 'supported',
        },
      ]
    })
}
