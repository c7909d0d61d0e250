/** A transport that removes known secrets from the errors of a server, which may echo one. */
import type { Transport } from '../../domain/exchange.ts'
import { errorsOf } from '../../server/faults.ts'
import { withoutSecrets } from './mask.ts'
import type { Secrets } from './secrets.ts'

/**
 * `maskedErrors` of the response holds its errors without secrets. `body` stays as it is, because
 * the program decides by the server's exact words what a refusal means.
 */
export function hideSecrets(transport: Transport, { known }: Pick<Secrets, 'known'>): Transport {
  return {
    close: () => transport.close(),
    send: async (node, request, signal) => {
      const response = await transport.send(node, request, signal)
      const errors = errorsOf(response)
      const maskedErrors = errors.map((error) => withoutSecrets(error, known()))
      const hasSecret = maskedErrors.some((error, index) => error !== errors[index])
      return hasSecret ? { ...response, maskedErrors } : response
    },
  }
}
