/** The manifests of `examples/kubernetes/` against the schemas of Kubernetes and of the Prometheus operator. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ensureKubernetesSchemas, ensureServiceMonitorSchema } from '../cluster/cache.ts'
import {
  kubernetesFolder,
  type Manifest,
  parseManifests,
  readManifests,
} from '../examples/kubernetes-manifests.ts'

let schemas: string
let serviceMonitor: AnySchemaObject
beforeAll(async () => {
  schemas = await ensureKubernetesSchemas()
  serviceMonitor = strict(
    (
      parse(readFileSync(await ensureServiceMonitorSchema(), 'utf8')) as {
        spec: { versions: { schema: { openAPIV3Schema: AnySchemaObject } }[] }
      }
    ).spec.versions[0]!.schema.openAPIV3Schema,
  ) as AnySchemaObject
  // A server fills these in and checks them itself.
  serviceMonitor['properties'] = {
    ...(serviceMonitor['properties'] as object),
    metadata: { type: 'object' },
  }
})

/** Refuses unknown keys, as `kubectl apply --validate=strict` does. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, of]) => [key, strict(of)]))
  const isClosed = copy['type'] === 'object' && 'properties' in copy
  return isClosed ? { additionalProperties: false, ...copy } : copy
}

/** What is wrong with a manifest; empty if nothing. */
function findErrors({ apiVersion, kind, content }: Manifest): readonly string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  const read = (file: string): AnySchemaObject =>
    JSON.parse(readFileSync(join(schemas, file), 'utf8')) as AnySchemaObject
  if (kind !== 'ServiceMonitor') ajv.addSchema(read('_definitions.json'))
  const name = `${kind}-${apiVersion.replace(/^([^./]*)(?:\.[^/]*)?\//, '$1-')}`.toLowerCase()
  const validate = ajv.compile(kind === 'ServiceMonitor' ? serviceMonitor : read(`${name}.json`))
  void validate(content)
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath}: ${String(message)} ${JSON.stringify(params)}`,
  )
}

describe.each(readManifests())('$kind of $file', (manifest) => {
  it('is valid', () => {
    expect(findErrors(manifest)).toEqual([])
  })
})

it.each([
  ['drift-service.yaml', 'readOnlyRootFilesystem', 'readOnlyRootFileSystem'],
  ['drift-service.yaml', 'replicas: 1', 'replicas: one'],
  ['drift-check.yaml', 'concurrencyPolicy', 'concurencyPolicy'],
  ['drift-check.yaml', 'jobTemplate', 'template'],
  ['apply-job.yaml', 'backoffLimit: 0', 'backoffLimit: none'],
  ['network-policy.yaml', 'namespaceSelector', 'nameSpaceSelector'],
  ['service-account.yaml', 'automountServiceAccountToken', 'autoMountServiceAccountToken'],
  ['service-monitor.yaml', 'interval: 1m', 'interval: often'],
  ['service-monitor.yaml', 'endpoints:', 'endpoint:'],
])('%s is not valid with %s as %s', (file, from, to) => {
  const text = readFileSync(join(kubernetesFolder, file), 'utf8')
  expect(text).toContain(from)
  const manifests = parseManifests(file, text.replace(from, to))
  expect(manifests.flatMap(findErrors)).not.toEqual([])
})
