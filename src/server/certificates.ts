/** Reads the certificates and keys that settings name. Every error names the setting. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorName, LockstepError } from '../domain/errors.ts'
import { readTextFile, UnfitFile } from './read-file.ts'

/** In MiB. All authorities of an operating system take about a quarter of one. */
const LARGEST_PEM = 4

/** The value of a setting, and its name: a flag or a variable. */
export interface Setting {
  readonly from: string
  readonly value: string
}

/** The first that is set counts, as for the servers' own command line. */
export interface AuthoritySettings {
  readonly file: Setting | undefined
  /** The PEM text itself. */
  readonly pem: Setting | undefined
  readonly folder: Setting | undefined
}

/**
 * The PEM text that a variable holds. Throws a LockstepError if it has no such block; the text, which
 * may be a key, is in no message.
 */
export function pemOf(setting: Setting, block: 'CERTIFICATE' | 'PRIVATE KEY'): string
export function pemOf(
  setting: Setting | undefined,
  block: 'CERTIFICATE' | 'PRIVATE KEY',
): string | undefined
export function pemOf(
  setting: Setting | undefined,
  block: 'CERTIFICATE' | 'PRIVATE KEY',
): string | undefined {
  if (setting === undefined) return undefined
  const { from, value } = setting
  const begins =
    block === 'CERTIFICATE'
      ? holdsCertificate(value)
      : /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value)
  if (begins) return value
  throw new LockstepError({
    code: 'no-certificate',
    message: `${from} holds no ${block === 'CERTIFICATE' ? 'certificate' : 'private key'}`,
    hint: `Its value must be the PEM text itself, from -----BEGIN on. For the name of a file, use ${from.replace('_BYTES', '')}.`,
  })
}

/**
 * The authorities to trust, as PEM texts. Undefined without a setting. Throws a LockstepError if a
 * file cannot be read, or if there is no certificate.
 */
export async function readAuthorities({
  file,
  pem: given,
  folder,
}: AuthoritySettings): Promise<string[] | undefined> {
  if (file !== undefined) {
    const pem = await readPem(file)
    if (!holdsCertificate(pem)) throw noCertificate(file)
    return [pem]
  }
  if (given !== undefined) return [pemOf(given, 'CERTIFICATE')]
  if (folder === undefined) return undefined
  const names = await listFolder(folder)
  const pems = await Promise.all(
    names.map((name) => readPem({ from: folder.from, value: join(folder.value, name) })),
  )
  const certificates = pems.filter(holdsCertificate)
  if (certificates.length === 0) throw noCertificate(folder)
  return certificates
}

/** A certificate or key as text. Throws a LockstepError if the file cannot be read. */
export async function readPem(setting: Setting): Promise<string> {
  try {
    return await readTextFile(setting.value, LARGEST_PEM)
  } catch (cause) {
    throw unreadable(setting, cause)
  }
}

async function listFolder(setting: Setting): Promise<string[]> {
  try {
    const names = await readdir(setting.value)
    return names.filter((name) => /\.(pem|crt|cer)$/.test(name)).sort()
  } catch (cause) {
    throw unreadable(setting, cause)
  }
}

function holdsCertificate(pem: string): boolean {
  return /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(pem)
}

function noCertificate({ from, value }: Setting): LockstepError {
  return new LockstepError({
    code: 'no-certificate',
    message: `${value} holds no certificate; ${from} names it`,
    hint: 'Give the certificate of the authority that signed the server’s certificate, as PEM.',
  })
}

function unreadable({ from, value }: Setting, cause: unknown): LockstepError {
  return new LockstepError({
    code: 'unreadable-file',
    message: `${value} ${cause instanceof UnfitFile ? cause.message : `cannot be read (${errorName(cause)})`}; ${from} names it`,
    cause,
  })
}
