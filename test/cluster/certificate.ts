/** A certificate for servers on the loopback interface, signed by itself, valid for two days. */
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

/** @throws {MissingToolError} without openssl. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const request = join(folder, 'certificate.cnf')
  const made = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') }
  await writeFile(request, configuration)
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-config', request]
  args.push('-out', made.certificate, '-keyout', made.key)
  try {
    await execa('openssl', args, { stdin: 'ignore' })
  } catch (error) {
    if (isNotFound(error)) {
      throw new MissingToolError('openssl', 'the certificate of a TLS cluster is made by it', error)
    }
    throw error
  }
  return made
}
