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

/**
 * The authorities to trust, as PEM texts. Undefined without a setting. Throws a LockstepError if a
 * file cannot be read, or if there is no certificate.
 */
export async function readAuthorities(
  file: Setting | undefined,
  folder: Setting | undefined,
): Promise<string[] | undefined> {
  if (file !== undefined) {
    const pem = await readPem(file)
    if (!holdsCertificate(pem)) throw noCertificate(file)
    return [pem]
  }
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
