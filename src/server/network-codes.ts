/** The codes that Node gives to errors of connections. */

const CERTIFICATE_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
])

/** The certificate is trusted, but not for the host of the address. */
export const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID'

/** Node's code of a network error, e.g. `ECONNREFUSED`. Empty if the error has none. */
export function networkCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}

/** True if no authority that is trusted signed the certificate, or if it has expired. */
export function isUntrustedCertificate(error: unknown): boolean {
  return CERTIFICATE_CODES.has(networkCode(error))
}
