/**
 * The command that sends an action's request without Lockstep, for a person who fixes a failed
 * rollback. It uses curl: `bao` and `vault` cannot send the header that forbids forwarding.
 */
import type { Action, Plan } from '../documents/plan.generated.ts'
import type { NodeAddress } from '../domain/names.ts'
import { maskArguments } from '../domain/secret-arguments.ts'
import { shellWord } from '../domain/shell-words.ts'
import { requestOf } from '../server/requests.ts'

/** A shell command. The token is a variable, and the values of `env` are left to be filled in. */
export function curlCommand(action: Action, { cluster }: Pick<Plan, 'cluster'>): string {
  const values = action.kind === 'register' ? action.env.map(({ name }) => `${name}=…`) : []
  const { method, path, body, namespace, forwarding } = requestOf(maskSecrets(action), values)
  const node = action.kind === 'reload' ? action.node : activeNode(cluster)
  const token = cluster.product === 'vault' ? '$VAULT_TOKEN' : '$BAO_TOKEN'
  const header = (name: string, value: string): string[] => ['-H', shellWord(`${name}: ${value}`)]
  return [
    ...['curl', '-X', method, '-H', `"X-Vault-Token: ${token}"`],
    ...(namespace === '' ? [] : header('X-Vault-Namespace', namespace)),
    ...(forwarding ? [] : header('X-Vault-No-Request-Forwarding', 'true')),
    ...(body === undefined ? [] : ['-d', shellWord(JSON.stringify(body))]),
    shellWord(`${node}/v1/${path}`),
  ].join(' ')
}

/** Masks secrets among the arguments. They are left to be filled in, like the values of `env`. */
function maskSecrets(action: Action): Action {
  if (action.kind !== 'register') return action
  const args = [...maskArguments(action.entry.args)]
  return { ...action, entry: { ...action.entry, args } }
}

function activeNode({ nodes }: Plan['cluster']): NodeAddress | '' {
  return (nodes.find(({ role }) => role === 'active') ?? nodes[0])?.address ?? ''
}
