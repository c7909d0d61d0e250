/** The manifests of `examples/kubernetes/`: how they fit together, and what their containers do. */
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kubernetesFolder, readManifests } from '../examples/kubernetes-manifests.ts'
import { runServiceRounds, type SimulatedCluster, withSimulatedCluster } from '../service-rounds.ts'
import { checkout } from './run-lockstep.ts'
import { makeScratchFolder } from './scratch-folder.ts'

type Labels = Readonly<Record<string, string>>
interface Container {
  readonly image: string
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly livenessProbe?: { readonly httpGet: { readonly path: string; readonly port: string } }
  readonly readinessProbe?: { readonly httpGet: { readonly path: string; readonly port: string } }
  readonly securityContext: object
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
}
interface Pod {
  readonly metadata: { readonly labels: Labels }
  readonly spec: {
    readonly serviceAccountName: string
    readonly automountServiceAccountToken: boolean
    readonly restartPolicy?: string
    readonly securityContext: object
    readonly containers: readonly Container[]
    readonly volumes: readonly { readonly name: string }[]
  }
}

const MANIFESTS = readManifests()
/** The content of the one manifest of a kind. */
function only(kind: string): unknown {
  const [found, ...more] = MANIFESTS.filter((one) => one.kind === kind)
  if (found === undefined || more.length > 0) throw new Error(`there must be one ${kind}`)
  return found.content
}
const deployment = only('Deployment') as {
  spec: { selector: { matchLabels: Labels }; template: Pod }
}
const cronJob = only('CronJob') as {
  spec: { jobTemplate: { spec: { backoffLimit: number; template: Pod } } }
}
const job = only('Job') as { spec: { backoffLimit: number; template: Pod } }
const PODS = [
  { kind: 'Deployment', pod: deployment.spec.template },
  { kind: 'CronJob', pod: cronJob.spec.jobTemplate.spec.template },
  { kind: 'Job', pod: job.spec.template },
]
const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
  version: string
}

describe.each(PODS)('the pod of the $kind', ({ pod: { spec } }) => {
  const [container] = spec.containers as [Container]

  it('has no more rights than the profile "restricted" of Kubernetes allows', () => {
    expect(spec.containers).toHaveLength(1)
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(spec.serviceAccountName).toBe(
      (only('ServiceAccount') as { metadata: { name: string } }).metadata.name,
    )
    expect(spec.automountServiceAccountToken).toBe(false)
  })

  it('runs the image of this version as the user of the Dockerfile', async () => {
    const dockerfile = await readFile(join(checkout, 'Dockerfile'), 'utf8')
    const [, user, group] = /^USER (\d+):(\d+)$/m.exec(dockerfile) ?? []
    expect(spec.securityContext).toMatchObject({
      ...{ runAsUser: Number(user), runAsGroup: Number(group), fsGroup: Number(group) },
    })
    expect(container.image).toBe(`registry.example.com/lockstep:${version}`)
    expect(dockerfile).toContain('XDG_STATE_HOME=/state')
  })

  it('mounts each of its volumes', () => {
    expect(container.volumeMounts.map(({ name }) => name)).toEqual(
      spec.volumes.map(({ name }) => name),
    )
  })
})

it('the selectors find the pods and the Service', () => {
  const service = only('Service') as {
    metadata: { labels: Labels }
    spec: { selector: Labels; ports: { name: string; port: number; targetPort: string }[] }
  }
  const monitor = only('ServiceMonitor') as {
    spec: { selector: { matchLabels: Labels }; endpoints: { port: string }[] }
  }
  const policy = only('NetworkPolicy') as {
    spec: { podSelector: { matchLabels: Labels }; ingress: { ports: { port: number }[] }[] }
  }
  const labelsOf = (kind: string) =>
    PODS.find((one) => one.kind === kind)?.pod.metadata.labels ?? {}
  const [port] = deployment.spec.template.spec.containers[0]?.ports ?? []

  expect(deployment.spec.selector.matchLabels).toEqual(labelsOf('Deployment'))
  expect(service.spec.selector).toEqual(labelsOf('Deployment'))
  expect(service.metadata.labels).toMatchObject(monitor.spec.selector.matchLabels)
  for (const { kind } of PODS) {
    expect(labelsOf(kind)).toMatchObject(policy.spec.podSelector.matchLabels)
    if (kind !== 'Deployment') expect(labelsOf(kind)).not.toMatchObject(service.spec.selector)
  }
  expect(service.spec.ports).toEqual([
    { name: monitor.spec.endpoints[0]?.port, port: 9470, targetPort: port?.name },
  ])
  expect(port?.containerPort).toBe(9470)
  expect(policy.spec.ingress[0]?.ports).toEqual([{ protocol: 'TCP', port: 9470 }])
})

it('README names each file and the objects that the pods need', () => {
  const readme = readFileSync(join(kubernetesFolder, 'README.md'), 'utf8')
  for (const file of MANIFESTS.map((one) => one.file)) expect(readme).toContain(`\`${file}\``)
  const used = JSON.stringify(PODS).matchAll(/"(?:configMap":\{"name|secretName)":"([^"]+)"/g)
  const names = [...used].map(([, name = '']) => name)
  expect(new Set(names)).toEqual(
    new Set(['lockstep', 'lockstep-plan', 'lockstep-drift-token', 'lockstep-apply-token']),
  )
  for (const name of names) expect(readme).toMatch(new RegExp(`create \\w+( generic)? ${name} `))
})

/** Writes files as kubelet mounts them: each is a link into a folder that is replaced as a whole. */
async function mountFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(folder, '..2026_01_01'), { recursive: true })
  await symlink('..2026_01_01', join(folder, '..data'))
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, '..2026_01_01', name), text)
    await symlink(join('..data', name), join(folder, name))
  }
}

/** The file of the cluster with its address in it, as in `config/lockstep.yaml`. */
async function fileWithAddress({ file, address }: SimulatedCluster): Promise<string> {
  const desired = JSON.parse(await readFile(file, 'utf8')) as { cluster: object }
  return JSON.stringify({ ...desired, cluster: { ...desired.cluster, address } })
}

/** The command line and variables of a container, with its volumes below `root`. */
async function startContainer(
  { spec }: Pod,
  { root, cluster, env = {} }: { root: string; cluster: SimulatedCluster; env?: Labels },
): Promise<{ args: string[]; env: Record<string, string> }> {
  const [container] = spec.containers as [Container]
  const [config, token] = container.volumeMounts.map(({ mountPath }) => mountPath)
  expect([config, token]).toEqual(['/etc/lockstep', '/run/lockstep'])
  await mountFiles(join(root, '/etc/lockstep'), {
    'lockstep.yaml': await fileWithAddress(cluster),
  })
  await mountFiles(join(root, '/run/lockstep'), {
    token: await readFile(cluster.tokenFile, 'utf8'),
  })
  const written = Object.fromEntries(container.env.map(({ name, value }) => [name, value]))
  expect(Object.keys(written).slice(0, 2)).toEqual(['BAO_CACERT', 'BAO_TOKEN_PATH'])
  // The simulated cluster has no TLS.
  delete written['BAO_CACERT']
  const variables: Record<string, string> = { ...written, ...env }
  return {
    args: container.args.map((arg) =>
      arg
        .replace(/\$\((\w+)\)/g, (_, name: string) => variables[name] ?? '')
        .replace(/^(--file=)?\/(etc|run)\//, `$1${root}/$2/`)
        .replace('0.0.0.0:9470', '127.0.0.1:0'),
    ),
    env: {
      ...variables,
      BAO_TOKEN_PATH: `${root}${variables['BAO_TOKEN_PATH'] ?? ''}`,
      XDG_STATE_HOME: `${root}/state`,
    },
  }
}

describe('the containers', () => {
  const wait = () => Promise.resolve()
  const [service, check, apply] = PODS.map(({ pod }) => pod) as [Pod, Pod, Pod]

  it('the service answers its probes and Prometheus, and keeps no state', async () => {
    await using scratch = await makeScratchFolder()
    const [container] = service.spec.containers as [Container]
    await withSimulatedCluster(async (cluster) => {
      const { args, env } = await startContainer(service, { root: scratch.path, cluster })
      const statuses: number[] = []
      await runServiceRounds(cluster, {
        rounds: 1,
        args: args.slice(1),
        over: { env },
        betweenRounds: async (_, address) => {
          for (const probe of [container.livenessProbe, container.readinessProbe]) {
            expect(probe?.httpGet.port).toBe(container.ports?.[0]?.name)
            const path = probe?.httpGet.path ?? ''
            statuses.push((await fetch(`http://${address}${path}`)).status)
          }
          statuses.push((await fetch(`http://${address}/metrics`)).status)
        },
      })
      expect(args[0]).toBe('drift')
      expect(statuses).toEqual([200, 200, 200])
      expect(readdirSync(scratch.path).sort()).toEqual(['etc', 'run'])
    })
  })

  it('the check fails its job on drift, and prints the report', async () => {
    await using scratch = await makeScratchFolder()
    await withSimulatedCluster(async (cluster) => {
      const { args, env } = await startContainer(check, { root: scratch.path, cluster })
      const { exitCode, stdout } = await cluster.run(args, { env, wait })
      expect([exitCode, stdout]).toEqual([2, expect.stringContaining('version-differs')])
      expect(readdirSync(scratch.path).sort()).toEqual(['etc', 'run'])
    })
    expect(cronJob.spec.jobTemplate.spec.backoffLimit).toBe(0)
    expect(check.spec.restartPolicy).toBe('Never')
  })

  it('the apply carries out the approved plan only, and its journal is in the volume', async () => {
    await using scratch = await makeScratchFolder()
    await withSimulatedCluster(async (cluster) => {
      const at = (name: string): string => join(scratch.path, name)
      const plan = at('plan.json')
      await writeFile(at('lockstep.yaml'), await fileWithAddress(cluster))
      await cluster.run(['plan', '-f', at('lockstep.yaml'), '--out', plan], { wait })
      const { plan_id: id } = JSON.parse(await readFile(plan, 'utf8')) as { plan_id: string }
      const start = async (root: string, env: Labels) => {
        const started = await startContainer(apply, { root, cluster, env })
        await mountFiles(join(root, '/run/plan'), { 'plan.json': await readFile(plan, 'utf8') })
        return cluster.run(started.args, { env: started.env, wait })
      }
      cluster.takeRequests()

      const unapproved = await start(at('unapproved'), {})
      expect(unapproved).toMatchObject({
        exitCode: 4,
        stderr: expect.stringContaining('the-approved-plan-id') as string,
      })
      expect(cluster.takeRequests().filter((one) => one.includes('/tune'))).toEqual([])

      const applied = await start(at('approved'), { PLAN_ID: id })
      expect(applied.exitCode, applied.stderr).toBe(0)
      expect(applied.stdout).toContain('Apply complete')
      expect(cluster.takeRequests().some((one) => one.includes('/tune'))).toBe(true)
      const state = readdirSync(at('approved/state'), { recursive: true, encoding: 'utf8' })
      expect(state.filter((path) => path.endsWith('.jsonl'))).toHaveLength(1)
    })
    expect(apply.spec.containers[0]?.volumeMounts.at(-1)).toEqual({
      ...{ name: 'state', mountPath: '/state' },
    })
    expect([job.spec.backoffLimit, apply.spec.restartPolicy]).toEqual([0, 'Never'])
  })
})
