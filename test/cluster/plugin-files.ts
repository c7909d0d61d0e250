/**
 * The external plugins the real tests install, each built from its own Go module in `test/plugins`.
 * Two neighbouring versions of one plugin of every type: enough to upgrade and to go back.
 */

/** File names as they lie in a node's plugin directory. */
export const pluginFiles = [
  'secrets-kv-0.16.2',
  'secrets-kv-0.21.0',
  'auth-jwt-0.25.0',
  'auth-jwt-0.26.1',
  'database-redis-0.6.0',
  'database-redis-0.7.0',
] as const

export type PluginFile = (typeof pluginFiles)[number]

export interface PluginSource {
  /** The type the servers register it under. */
  readonly type: 'secret' | 'auth' | 'database'
  /** With its `v`, as the catalog shows it. */
  readonly version: string
  /** The Go package of the program. */
  readonly goPackage: string
}

const catalogTypes = { secrets: 'secret', auth: 'auth', database: 'database' } as const

/** What a plugin file is, read off its name: `<kind>-<engine>-<version>`. */
export function pluginSource(file: PluginFile): PluginSource {
  const [kind, engine, version] = file.split('-') as [keyof typeof catalogTypes, string, string]
  const program = `vault-plugin-${kind}-${engine}`
  return {
    type: catalogTypes[kind],
    version: `v${version}`,
    goPackage: `github.com/hashicorp/${program}/cmd/${program}`,
  }
}
