import { expect, test } from 'vitest'
import { liveNode, mountPath, nodeAddress, plugin, version } from '../../test/builders/live.ts'
import { plan, planCluster } from '../../test/builders/plan.ts'
import type { Namespace, Sha256 } from '../domain/names.ts'
import { curlCommand } from './curl-command.ts'

const node = nodeAddress(2)

test('sends a reload to its own node and forbids forwarding', () => {
  const mounts = [mountPath('ns1/a/')]
  const action = { kind: 'reload' as const, node, namespace: 'ns1/' as Namespace, mounts }

  expect(curlCommand(action, plan())).toBe(
    `curl -X POST -H "X-Vault-Token: $BAO_TOKEN" -H 'X-Vault-Namespace: ns1/' -H 'X-Vault-No-Request-Forwarding: true' -d '{"mounts":["a/"]}' ${node}/v1/sys/plugins/reload/backend`,
  )
})

test('sends any other request to the active node, without the values of env', () => {
  const cluster = planCluster([liveNode(1, { role: 'standby' }), liveNode(2, { role: 'active' })], {
    product: 'vault',
  })
  const entry = { command: 'kv-1', sha256: 'a'.repeat(64) as Sha256, args: [] }
  const at = { plugin: plugin('secret/kv'), version: version('v1.0.0') }

  const command = curlCommand(
    { kind: 'register', ...at, entry, env: [{ name: 'PROXY', from: 'HTTPS_PROXY' }] },
    { cluster },
  )

  expect(command).toContain('$VAULT_TOKEN')
  expect(command).toContain('"env":["PROXY=…"]')
  expect(command).toContain(`${node}/v1/sys/plugins/catalog/secret/kv`)
})
