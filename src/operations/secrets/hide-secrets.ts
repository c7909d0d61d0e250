/** A transport whose answers are told without the secrets that are known, should a server echo one. */
import type { Transport } from '../../domain/exchange.ts'
import { errorsOf } from '../../server/faults.ts'
import { withoutSecrets } from './mask.ts'
import type { Secrets } from './secrets.ts'

/** The answers themselves stay as they are: what they mean is read off their own words. */
export function hideSecrets(transport: Transport, { known }: Pick<Secrets, 'known'>): Transport {
  return {
    close: () => transport.close(),
    send: async (node, request, signal) => {
      const response = await transport.send(node, request, signal)
      const errors = errorsOf(response)
      const told = errors.map((words) => withoutSecrets(words, known()))
      return told.some((words, at) => words !== errors[at]) ? { ...response, told } : response
    },
  }
}
