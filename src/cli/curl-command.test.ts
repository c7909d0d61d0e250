import { expect, test } from 'vitest'
import { liveNode, mountPath, nodeAddress, plugin, version } from '../../test/builders/live.ts'
import { plan, planCluster } from '../../test/builders/plan.ts'
import type { Namespace, Sha256 } from '../domain/names.ts'
import { commandByHand } from './curl-command.ts'

const node = nodeAddress(2)

test('a reload is sent to its own node, which may not pass it on', () => {
  const mounts = [mountPath('ns1/a/')]
  const action = { kind: 'reload' as const, node, namespace: 'ns1/' as Namespace, mounts }

  expect(commandByHand(action, plan())).toBe(
    `curl -X POST -H "X-Vault-Token: $BAO_TOKEN" -H 'X-Vault-Namespace: ns1/' -H 'X-Vault-No-Request-Forwarding: true' -d '{"mounts":["a/"]}' ${node}/v1/sys/plugins/reload/backend`,
  )
})

test('all else goes to the active node, with no value of an environment', () => {
  const cluster = planCluster([liveNode(1, { role: 'standby' }), liveNode(2, { role: 'active' })], {
    product: 'vault',
  })
  const entry = { command: 'kv-1', sha256: 'a'.repeat(64) as Sha256, args: [] }
  const at = { plugin: plugin('secret/kv'), version: version('v1.0.0') }

  const command = commandByHand(
    { kind: 'register', ...at, entry, env: [{ name: 'PROXY', from: 'HTTPS_PROXY' }] },
    { cluster },
  )

  expect(command).toContain('$VAULT_TOKEN')
  expect(command).toContain('"env":["PROXY=…"]')
  expect(command).toContain(`${node}/v1/sys/plugins/catalog/secret/kv`)
})
