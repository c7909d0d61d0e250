/** Certificates that are valid for two days. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { isNotFound, MissingToolError } from './missing-tool-error.ts'

export interface Certificate {
  /** Paths of PEM files. The certificate is its own authority: clients trust it as their CA. */
  readonly certificate: string
  readonly key: string
}

const configuration = `
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = lockstep test cluster
[extensions]
subjectAltName = IP:127.0.0.1, DNS:localhost
basicConstraints = critical, CA:TRUE
`

/**
 * A certificate for servers on the loopback interface, signed by itself.
 *
 * @throws {MissingToolError} without openssl.
 */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const request = join(folder, 'certificate.cnf')
  const made = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') }
  await writeFile(request, configuration)
  await runOpenssl([...NEW, '-config', request, '-out', made.certificate, '-keyout', made.key])
  return made
}

const NEW = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2']

export interface ClientCertificate extends Certificate {
  /** The path of the authority's certificate. */
  readonly authority: string
}

/** A certificate for clients, signed by an authority that is made for it. */
export async function makeClientCertificate(
  folder: string,
  name: string,
): Promise<ClientCertificate> {
  const path = (file: string): string => join(folder, `${name}-${file}.pem`)
  const [authority, authorityKey] = [path('authority'), path('authority-key')]
  const made = { certificate: path('client'), key: path('client-key') }
  await runOpenssl([
    ...[...NEW, '-subj', `/CN=authority of ${name}`, '-out', authority, '-keyout', authorityKey],
  ])
  await runOpenssl([
    ...[...NEW, '-subj', `/CN=${name}`, '-out', made.certificate, '-keyout', made.key],
    ...['-CA', authority, '-CAkey', authorityKey],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=clientAuth'],
  ])
  return { ...made, authority }
}

async function runOpenssl(args: readonly string[]): Promise<void> {
  try {
    await execa('openssl', args, { stdin: 'ignore' })
  } catch (error) {
    if (isNotFound(error)) {
      throw new MissingToolError('openssl', 'the certificate of a TLS cluster is made by it', error)
    }
    throw error
  }
}
