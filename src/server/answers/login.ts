/**
 * Decodes the answers to logins and to unwrapping. Shapes as documented, and measured on OpenBao
 * 2.7.2. No problem that is reported quotes a value: each value here may be a secret.
 */
import {
  dataOf,
  type Decoder,
  fields,
  misfit,
  nonEmptyText,
  text,
  truth,
  wholeNumber,
} from './shape.ts'

/** `POST auth/<mount>/login`. */
export interface LoginToken {
  readonly token: string
  readonly renewable: boolean
  /** Seconds. 0 for a token that never expires. */
  readonly ttl: number
  /** A batch token can be neither renewed nor revoked. */
  readonly isBatch: boolean
}

/** Undefined if the login needs a second factor: the answer then has no token. */
export const loginToken: Decoder<LoginToken | undefined> = (body, at) => {
  const auth = fields(fields(body, at)['auth'], 'auth')
  const token = text(auth['client_token'], 'auth.client_token')
  if (token === '' && auth['mfa_requirement'] != null) return undefined
  if (!/^[\x21-\x7e]+$/.test(token)) return misfit('auth.client_token', 'is not a token')
  return {
    token,
    renewable: truth(auth['renewable'], 'auth.renewable'),
    ttl: wholeNumber(auth['lease_duration'], 'auth.lease_duration'),
    isBatch: auth['token_type'] === 'batch',
  }
}

/** `POST sys/wrapping/lookup`: the path of the request whose answer was wrapped. */
export const creationPath: Decoder<string> = (body, at) =>
  nonEmptyText(dataOf(body, at)['creation_path'], 'data.creation_path')

/** `POST sys/wrapping/unwrap` of a wrapped secret ID of AppRole. */
export const unwrappedSecretId: Decoder<string> = (body, at) =>
  nonEmptyText(dataOf(body, at)['secret_id'], 'data.secret_id')
