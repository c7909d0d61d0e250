/** Reads the certificate that a server showed, to tell a person about it. Decides nothing. */
import type { Socket } from 'node:net'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'

export interface ServerCertificate {
  /** As Node has them: `DNS:bao.example.com, IP Address:10.0.0.1`. The server chose the text. */
  readonly names: string
  /** The common name, or the organization, of the authority that signed it. */
  readonly issuer: string
  /** When the first certificate of the chain ends, in milliseconds since 1970; NaN if unreadable. */
  readonly until: number
  /** Why the certificate is not trusted. Undefined if it is. */
  readonly untrusted: string | undefined
}

/** More certificates than any chain has. */
const LONGEST_CHAIN = 10

/** Undefined for a connection without TLS, and for one that ended. */
export function certificateOf(socket: Socket): ServerCertificate | undefined {
  if (!isSecure(socket)) return undefined
  const certificate = socket.getPeerCertificate(true)
  // An empty object if the connection ended meanwhile.
  if (Object.keys(certificate).length === 0) return undefined
  return {
    names: textOf(certificate.subjectaltname),
    issuer: textOf(certificate.issuer.CN) || textOf(certificate.issuer.O),
    until: Math.min(...chainOf(certificate).map(({ valid_to: end }) => Date.parse(end))),
    untrusted: socket.authorized ? undefined : String(socket.authorizationError),
  }
}

function isSecure(socket: Socket | TLSSocket): socket is TLSSocket {
  return 'getPeerCertificate' in socket
}

/** The certificate and its issuers. Node links a certificate that signed itself to itself. */
function chainOf(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain = [leaf]
  for (let at = leaf; chain.length < LONGEST_CHAIN; chain.push(at)) {
    const next = at.issuerCertificate as DetailedPeerCertificate | undefined
    if (next === undefined || next.fingerprint256 === at.fingerprint256) break
    at = next
  }
  return chain
}

/** Absent in a certificate without names; a list if a certificate has a name twice. */
function textOf(value: string | readonly string[] | undefined): string {
  return value === undefined ? '' : String(value)
}
