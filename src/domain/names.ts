/**
 * The names a plan is written in, as branded strings: a mount path can never be
 * passed where a plugin id is meant. Constructors check and normalise; nothing else makes one.
 */
import { faultInMountPath, faultInName, faultInPluginName } from './name-faults.ts'

declare const brand: unique symbol
type Brand<Name extends string> = string & { readonly [brand]: Name }

/** The kinds of plugin a catalog holds. */
export const PLUGIN_TYPES = ['secret', 'auth', 'database'] as const
export type PluginType = (typeof PLUGIN_TYPES)[number]

/** `type/name` as in the catalog, e.g. `secret/my-kv`. */
export type PluginId = Brand<'PluginId'>
/** A catalog version: `v1.2.3`, `v1.2.3+builtin…`, or `''` for the unversioned entry. */
export type Version = Brand<'Version'>
/**
 * What a mount is configured for. `latest` (OpenBao 2.7 and later) stays in the mount's setting: the
 * mount runs the highest version that is registered at its next reload or restart.
 */
export type ConfiguredVersion = Version | typeof LATEST
/** 64 lower-case hex digits. */
export type Sha256 = Brand<'Sha256'>
/**
 * The binary that a process was started from, or that an entry of the catalog starts. A server that
 * lists no hash does not say by that what runs: see `runningBinary`.
 */
export type RunningBinary = EntryHash | typeof BUILTIN
/** What the catalog tells of an external entry. */
export type EntryHash = Sha256 | typeof UNKNOWN_HASH
/**
 * A mount's full path from the root namespace, with its trailing slash: `team-a/`,
 * `auth/jwt/`, `ns1/team-a/`, `ns1/auth/jwt/`.
 */
export type MountPath = Brand<'MountPath'>
/** `<mount>config/<name>`, e.g. `db/config/orders`. */
export type ConnectionPath = Brand<'ConnectionPath'>
/**
 * A node's own address without trailing slash, e.g. `https://10.0.0.1:8200`; with a path where what
 * stands before it has one, e.g. `https://proxy/vault`.
 */
export type NodeAddress = Brand<'NodeAddress'>
/** A namespace's path with its trailing slash; `''` is the root namespace. */
export type Namespace = Brand<'Namespace'>

export const UNVERSIONED = '' as Version
/** No version of the catalog has this name: the servers refuse to register one under it. */
export const LATEST = 'latest' as const
/** The plugin that is compiled into the server. */
export const BUILTIN = 'builtin' as const
/** The server does not report the hash, so that nothing is proved by it. */
export const UNKNOWN_HASH = 'unknown' as const
export const ROOT_NAMESPACE = '' as Namespace

const PLUGIN_ID = /^(secret|auth|database)\/(.*)$/su
// Semantic versioning 2.0.0; build metadata is part of what servers compare (`+builtin`).
const SEMANTIC_VERSION =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/

/** Reads `type/name`; undefined when it is not of that form, or no server could hold the name. */
export function parsePluginId(text: string): PluginId | undefined {
  const name = PLUGIN_ID.exec(text)?.[2]
  return name === undefined || faultInPluginName(name) !== undefined
    ? undefined
    : (text as PluginId)
}

export function pluginId(type: PluginType, name: string): PluginId {
  return `${type}/${name}` as PluginId
}

export function pluginType(id: PluginId): PluginType {
  return id.slice(0, id.indexOf('/')) as PluginType
}

export function pluginName(id: PluginId): string {
  return id.slice(id.indexOf('/') + 1)
}

/**
 * Reads a semantic version with or without its `v`; undefined when it is none.
 * Servers store `0.16.2` as `v0.16.2`, so both become that.
 */
export function parseVersion(text: string): Version | undefined {
  if (!SEMANTIC_VERSION.test(text)) return undefined
  return (text.startsWith('v') ? text : `v${text}`) as Version
}

/** A version as a server answered it: normalised, `''` kept. */
export function versionFromServer(text: unknown): Version {
  if (typeof text !== 'string' || text === '') return UNVERSIONED
  return parseVersion(text) ?? (text as Version)
}

/** A mount's setting as a server answered it: a version, `''`, or `latest`. */
export function configuredFromServer(text: unknown): ConfiguredVersion {
  return text === LATEST ? LATEST : versionFromServer(text)
}

/** True of a compiled-in plugin's version: `v2.7.2+builtin.bao`, `v0.25.0+builtin`. */
export function isBuiltinVersion(version: ConfiguredVersion): boolean {
  return version.includes('+builtin')
}

/** How a version is written for people and in the file. */
export function versionLabel(version: ConfiguredVersion): string {
  return version === UNVERSIONED ? 'unversioned' : version
}

export function parseSha256(text: string): Sha256 | undefined {
  return /^[0-9a-fA-F]{64}$/.test(text) ? (text.toLowerCase() as Sha256) : undefined
}

/** The hash of an external entry or process, as a server lists it. */
export function hashFromServer(listed: string): EntryHash {
  return parseSha256(listed) ?? UNKNOWN_HASH
}

/** True where both hashes are known, or both are the builtin: two unknown hashes prove nothing. */
export function isSameBinary(a: RunningBinary, b: RunningBinary): boolean {
  return a === b && a !== UNKNOWN_HASH
}

/** True where two binaries are known not to be the same. */
export function isOtherBinary(a: RunningBinary, b: RunningBinary): boolean {
  return a !== b && a !== UNKNOWN_HASH && b !== UNKNOWN_HASH
}

/** True of a hash: not of a builtin, nor of an external binary whose hash is not reported. */
export function isHash(binary: RunningBinary): binary is Sha256 {
  return binary !== BUILTIN && binary !== UNKNOWN_HASH
}

/** How a binary is written for people. */
export function binaryName(binary: RunningBinary): string {
  return binary === UNKNOWN_HASH ? HASH_NOT_REPORTED : binary
}

export const HASH_NOT_REPORTED = 'hash not reported by the server'

/** Adds the trailing slash that servers list mounts with; undefined where no mount can be there. */
export function parseMountPath(text: string): MountPath | undefined {
  const path = withSlash(text)
  return faultInMountPath(path) === undefined ? (path as MountPath) : undefined
}

/** As servers list mounts. */
export function withSlash(text: string): string {
  return text.endsWith('/') ? text : `${text}/`
}

/** Reads `<mount>/config/<name>`; undefined when it is not of that form, or none can be there. */
export function parseConnectionPath(text: string): ConnectionPath | undefined {
  const [, mount, name] = /^(.+)\/config\/([^/]+)$/su.exec(text) ?? []
  if (mount === undefined || name === undefined) return undefined
  return (faultInMountPath(`${mount}/`) ?? faultInName(name)) ? undefined : (text as ConnectionPath)
}

/** The mount a connection belongs to, and its name there. */
export function splitConnectionPath(path: ConnectionPath): { mount: MountPath; name: string } {
  const at = path.lastIndexOf('/config/')
  return { mount: path.slice(0, at + 1) as MountPath, name: path.slice(at + '/config/'.length) }
}

export function connectionPath(mount: MountPath, name: string): ConnectionPath {
  return `${mount}config/${name}` as ConnectionPath
}

/**
 * Reads an http(s) address without its trailing slash; undefined when it is none. A path is kept:
 * what stands before a cluster may serve it below one.
 */
export function parseNodeAddress(text: string): NodeAddress | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}` as NodeAddress
}

/**
 * A namespace path as servers write it: with its trailing slash, `''` for the root; undefined
 * where no namespace can be named so.
 */
export function parseNamespace(text: string): Namespace | undefined {
  const trimmed = text.replace(/^\/+|\/+$/g, '')
  if (trimmed === '' || trimmed === 'root') return ROOT_NAMESPACE
  return faultInName(trimmed) === undefined ? (`${trimmed}/` as Namespace) : undefined
}

/** A mount's path inside its namespace: `ns1/auth/jwt/` in `ns1/` is `auth/jwt/`. */
export function pathInNamespace(mount: MountPath, namespace: Namespace): string {
  return mount.slice(namespace.length)
}

export function mountPathIn(namespace: Namespace, path: string): MountPath {
  return `${namespace}${path}` as MountPath
}

/** The order everything is emitted in: by code unit, the same on every machine and locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
