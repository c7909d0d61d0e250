/**
 * Names as branded strings: a mount path cannot be passed as a plugin id. The parsers check and
 * normalise them; nothing else makes one.
 */
import {
  findProblemInMountPath,
  findProblemInName,
  findProblemInPluginName,
} from './name-problems.ts'

declare const brand: unique symbol
type Brand<Name extends string> = string & { readonly [brand]: Name }

/** The types of plugins in the catalog. */
export const PLUGIN_TYPES = ['secret', 'auth', 'database'] as const
export type PluginType = (typeof PLUGIN_TYPES)[number]

/** `type/name` as in the catalog, e.g. `secret/my-kv`. */
export type PluginId = Brand<'PluginId'>
/** A catalog version: `v1.2.3`, `v1.2.3+builtin…`, or `''` for the unversioned entry. */
export type Version = Brand<'Version'>
/**
 * The version that a mount is configured for. `latest` (OpenBao 2.7 and later) stays in the mount's
 * setting: each reload or restart starts the highest version that is registered then.
 */
export type ConfiguredVersion = Version | typeof LATEST
/** 64 lower-case hex digits. */
export type Sha256 = Brand<'Sha256'>
/**
 * The binary that a process was started from, or that a catalog entry starts. A missing hash in a
 * server's answer does not mean builtin: see `runningBinary`.
 */
export type RunningBinary = EntryHash | typeof BUILTIN
/** The hash of an external entry in the catalog. */
export type EntryHash = Sha256 | typeof UNKNOWN_HASH
/**
 * A mount's full path from the root namespace, with its trailing slash: `team-a/`,
 * `auth/jwt/`, `ns1/team-a/`, `ns1/auth/jwt/`.
 */
export type MountPath = Brand<'MountPath'>
/** `<mount>config/<name>`, e.g. `db/config/orders`. */
export type ConnectionPath = Brand<'ConnectionPath'>
/**
 * A node's own address without trailing slash, such as `https://10.0.0.1:8200`; with a path if a
 * proxy in front of it needs one, such as `https://proxy/vault`.
 */
export type NodeAddress = Brand<'NodeAddress'>
/** What a node is known by if its address changes: see `identityOf`. */
export type NodeId = Brand<'NodeId'>
/** A namespace's path with its trailing slash; `''` is the root namespace. */
export type Namespace = Brand<'Namespace'>

export const UNVERSIONED = '' as Version
/** No version in the catalog has this name: the servers refuse to register it. */
export const LATEST = 'latest' as const
/** The plugin that is compiled into the server. */
export const BUILTIN = 'builtin' as const
/** The server does not report the hash, so it is unknown which binary runs. */
export const UNKNOWN_HASH = 'unknown' as const
export const ROOT_NAMESPACE = '' as Namespace

const PLUGIN_ID = /^(secret|auth|database)\/(.*)$/su
// Semantic versioning 2.0.0; build metadata is part of what servers compare (`+builtin`).
const SEMANTIC_VERSION =
  /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/

/** Parses `type/name`; undefined if the text has another form, or a name that no server accepts. */
export function parsePluginId(text: string): PluginId | undefined {
  const name = PLUGIN_ID.exec(text)?.[2]
  return name === undefined || findProblemInPluginName(name) !== undefined
    ? undefined
    : (text as PluginId)
}

/** The id of a plugin, not checked. */
export function pluginId(type: PluginType, name: string): PluginId {
  return `${type}/${name}` as PluginId
}

/** The type of a plugin: the part before the slash. */
export function pluginType(id: PluginId): PluginType {
  return id.slice(0, id.indexOf('/')) as PluginType
}

/** The name of a plugin: the part after the slash. */
export function pluginName(id: PluginId): string {
  return id.slice(id.indexOf('/') + 1)
}

/**
 * Parses a semantic version with or without `v`; undefined if it is none. Servers store `0.16.2` as
 * `v0.16.2`, so both give that.
 */
export function parseVersion(text: string): Version | undefined {
  if (!SEMANTIC_VERSION.test(text)) return undefined
  return (text.startsWith('v') ? text : `v${text}`) as Version
}

/** Normalises a version from a server's answer; `''` stays. */
export function versionFromServer(text: unknown): Version {
  if (typeof text !== 'string' || text === '') return UNVERSIONED
  return parseVersion(text) ?? (text as Version)
}

/** Normalises a mount's setting from a server's answer: a version, `''`, or `latest`. */
export function configuredFromServer(text: unknown): ConfiguredVersion {
  return text === LATEST ? LATEST : versionFromServer(text)
}

/** True for the version of a builtin: `v2.7.2+builtin.bao`, `v0.25.0+builtin`. */
export function isBuiltinVersion(version: ConfiguredVersion): boolean {
  return version.includes('+builtin')
}

/** The version as messages and the file write it. */
export function versionLabel(version: ConfiguredVersion): string {
  return version === UNVERSIONED ? 'unversioned' : version
}

/** Parses 64 hex digits and makes them lower case; undefined for any other text. */
export function parseSha256(text: string): Sha256 | undefined {
  return /^[0-9a-fA-F]{64}$/.test(text) ? (text.toLowerCase() as Sha256) : undefined
}

/** The hash of an external entry or process, from a server's answer. */
export function hashFromServer(listed: string): EntryHash {
  return parseSha256(listed) ?? UNKNOWN_HASH
}

/**
 * True if both hashes are known and equal, or both are the builtin. Two unknown hashes prove
 * nothing.
 */
export function isSameBinary(a: RunningBinary, b: RunningBinary): boolean {
  return a === b && a !== UNKNOWN_HASH
}

/** True if both binaries are known and differ. */
export function isOtherBinary(a: RunningBinary, b: RunningBinary): boolean {
  return a !== b && a !== UNKNOWN_HASH && b !== UNKNOWN_HASH
}

/**
 * True for a hash: not for the builtin, and not for an external binary whose hash is not reported.
 */
export function isHash(binary: RunningBinary): binary is Sha256 {
  return binary !== BUILTIN && binary !== UNKNOWN_HASH
}

/** The binary as messages write it. */
export function binaryName(binary: RunningBinary): string {
  return binary === UNKNOWN_HASH ? HASH_NOT_REPORTED : binary
}

export const HASH_NOT_REPORTED = 'hash not reported by the server'

/** Parses a mount path and adds the trailing slash; undefined if no mount can have this path. */
export function parseMountPath(text: string): MountPath | undefined {
  const path = withSlash(text)
  return findProblemInMountPath(path) === undefined ? (path as MountPath) : undefined
}

/** The path with a trailing slash, as servers list mounts. */
export function withSlash(text: string): string {
  return text.endsWith('/') ? text : `${text}/`
}

/**
 * Parses `<mount>/config/<name>`; undefined if the text has another form, or a name that no server
 * accepts.
 */
export function parseConnectionPath(text: string): ConnectionPath | undefined {
  const [, mount, name] = /^(.+)\/config\/([^/]+)$/su.exec(text) ?? []
  if (mount === undefined || name === undefined) return undefined
  return (findProblemInMountPath(`${mount}/`) ?? findProblemInName(name))
    ? undefined
    : (text as ConnectionPath)
}

/** The mount of a connection, and the connection's name. */
export function splitConnectionPath(path: ConnectionPath): { mount: MountPath; name: string } {
  const separator = path.lastIndexOf('/config/')
  return {
    mount: path.slice(0, separator + 1) as MountPath,
    name: path.slice(separator + '/config/'.length),
  }
}

/** The path of a connection, not checked. */
export function connectionPath(mount: MountPath, name: string): ConnectionPath {
  return `${mount}config/${name}` as ConnectionPath
}

/**
 * Parses an http(s) address and removes its trailing slash; undefined if it is none. The path
 * stays: a proxy may serve the cluster below a path.
 */
export function parseNodeAddress(text: string): NodeAddress | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}` as NodeAddress
}

/**
 * Parses a namespace path: with its trailing slash, `''` for the root; undefined if no namespace
 * can have this name.
 */
export function parseNamespace(text: string): Namespace | undefined {
  const trimmed = text.replace(/^\/+|\/+$/g, '')
  if (trimmed === '' || trimmed === 'root') return ROOT_NAMESPACE
  return findProblemInName(trimmed) === undefined ? (`${trimmed}/` as Namespace) : undefined
}

/** A mount's path within its namespace: `ns1/auth/jwt/` in `ns1/` is `auth/jwt/`. */
export function pathInNamespace(mount: MountPath, namespace: Namespace): string {
  return mount.slice(namespace.length)
}

/** The full path of a mount: `auth/jwt/` in `ns1/` is `ns1/auth/jwt/`. */
export function mountPathIn(namespace: Namespace, path: string): MountPath {
  return `${namespace}${path}` as MountPath
}

/**
 * The order of all output: by code unit, so it is the same on every machine and in every locale.
 */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
