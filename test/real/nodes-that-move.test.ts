/** Nodes that step down, restart or stay away in the middle of a run: what it checks, says, and exits with. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import type { PluginFile } from '../cluster/plugin-files.ts'
import { resetCluster } from '../cluster/reset.ts'
import { describeOwn, type OnlyOn } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { FaultProxy, type Reply, type SeenRequest } from '../faults/fault-proxy.ts'
import { type Started, Workplace } from '../faults/run-program.ts'
import { writeDesired } from './desired-file.ts'
import { hashesOf, shortName } from './node-views.ts'

const oldFile = 'secrets-kv-0.16.2'
const newFile = 'secrets-kv-0.21.0'
const plugin = 'secret/team-kv'
const onStandbys: OnlyOn = { on: 'openbao', because: 'standbys of Vault run no plugins' }

describeOwn('a run whose nodes move', onStandbys, () => {
  let cluster: TestCluster
  let place: Workplace
  /** Holds `asked`, the address of each check that was begun; while `hang` is there, checks wait. */
  let folder: string
  beforeAll(async () => {
    cluster = await startCluster({ plugins: [oldFile, newFile] })
  })
  beforeEach(async () => {
    await resetCluster(cluster)
    await makeExampleStates(cluster, [plugin])
    place = await Workplace.make(cluster.token)
    folder = await mkdtemp(join(tmpdir(), 'lockstep-moved-'))
  })
  afterEach(async () => {
    await place[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  afterAll(() => cluster.stop())

  describe('after a leader stepped down between the reload of the canary and its check', () => {
    it('checks each node, also those that came to the new version by stepping down', async () => {
      await using file = await desired({ hangFrom: 1 })
      await writeFile(join(folder, 'hang'), '')
      const run = start('apply', file.path)
      await untilAsked(1)
      await cluster.stepDown()
      await rm(join(folder, 'hang'))

      const { exitCode, stdout } = await run.ended

      expect(stdout).toContain('Apply complete.')
      expect(exitCode).toBe(0)
      expect(new Set(await asked())).toEqual(new Set(cluster.addresses))
      await expectEverywhere(['alpha/', 'beta/'], newFile)
    })

    it('makes the check first where that run was killed, and moves no other mount if it fails', async () => {
      await using file = await desired({ hangFrom: 1 })
      await writeFile(join(folder, 'hang'), '')
      const killed = start('apply', file.path)
      await untilAsked(1)
      await cluster.stepDown()
      killed.child.kill('SIGKILL')
      await killed.ended
      await rm(join(folder, 'hang'))
      await writeFile(join(folder, 'fails'), '')

      const { exitCode, stdout } = await start('apply', file.path).ended

      expect(stdout).toMatch(/Failed: (check|reload) alpha\/ on /)
      expect(stdout).toMatch(/Not begun:\n(\s+- .*\n)*\s+- tune beta\//)
      expect(exitCode).toBe(5)
      await expectEverywhere(['alpha/', 'beta/', 'gamma/'], oldFile)
    })

    it('moves the others once that check passes', async () => {
      await using file = await desired({ hangFrom: 1 })
      await writeFile(join(folder, 'hang'), '')
      const killed = start('apply', file.path)
      await untilAsked(1)
      await cluster.stepDown()
      killed.child.kill('SIGKILL')
      await killed.ended
      await rm(join(folder, 'hang'))
      await rm(join(folder, 'asked'))

      const { exitCode } = await start('apply', file.path).ended

      expect(exitCode).toBe(0)
      expect(new Set(await asked())).toEqual(new Set(cluster.addresses))
      await expectEverywhere(['alpha/', 'beta/'], newFile)
    })
  })

  describe('with a node that is away when the last step is done', () => {
    it('exits 10, names the node and what it will run, and is complete once the node is back', async () => {
      await using file = await desired({ hangFrom: 3, only: 'alpha/' })
      await writeFile(join(folder, 'hang'), '')
      const run = start('apply', file.path, ['--wait', '2'])
      await untilAsked(3)
      const gone = cluster.addresses.indexOf((await asked())[0] ?? '')
      await cluster.node(gone).stop()
      await rm(join(folder, 'hang'))

      const { exitCode, stdout } = await run.ended
      await cluster.node(gone).restart()

      // The node that is away may be the one that the program was given the address of.
      expect(stdout).toMatch(
        /^Every step is done, but (not every node can be reached|the cluster cannot be read) now\.$/m,
      )
      expect(stdout).toContain(
        `Could not be reached at the end: ${shortName(cluster.addresses[gone] ?? '')} (`,
      )
      expect(stdout).toContain('When it starts again, it runs: alpha/ v0.21.0.')
      expect(stdout).not.toContain('Apply complete')
      expect(stdout).not.toContain('on every node.')
      expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^To resume: lockstep apply -f /)
      expect(exitCode).toBe(10)
      await expectEverywhere(['alpha/'], newFile)
      const resumed = await start('apply', file.path).ended
      expect(resumed.exitCode).toBe(0)
    })
  })

  describe('with a standby that shows the older setting', () => {
    let proxy: FaultProxy
    beforeEach(async () => {
      proxy = await FaultProxy.start(cluster.addresses)
    })
    afterEach(() => proxy[Symbol.asyncDispose]())

    it('waits for one that restarts after the tune, with a mount in a namespace too', async () => {
      await makeNamespacedMount()
      await using file = await desired({ namespaced: true })
      const standby = await findStandby()
      let restarted: Promise<void> | undefined
      proxy.intercept((seen) => {
        if (isTuneOf(seen, 'nsm')) restarted ??= cluster.node(standby).restart()
        return { kind: 'pass' }
      })

      const { exitCode, stdout, stderr } = await throughProxy(file.path)
      await restarted

      expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 })
      expect(restarted).toBeDefined()
      await expectEverywhere(['alpha/', 'beta/'], newFile)
      await expectNamespacedEverywhere(newFile)
      await removeNamespace()
    })

    it('sends the same tune once more where it stays so, and goes on', async () => {
      await using file = await desired()
      const standby = await findStandby()
      let tunes = 0
      proxy.intercept((seen) => {
        if (isTuneOf(seen, 'beta')) tunes += 1
        return showsBeta(seen, standby) && tunes === 1 ? staleBeta : { kind: 'pass' }
      })

      const { exitCode, stderr } = await throughProxy(file.path, ['--verbose'])

      expect(stderr).toContain('the same tune is sent once more')
      expect(tunes).toBe(2)
      expect(exitCode).toBe(0)
      await expectEverywhere(['alpha/', 'beta/'], newFile)
    })

    it('stops with exit 10 and names the node where that does not help, with nothing sent to it', async () => {
      await using file = await desired()
      const standby = await findStandby()
      const address = proxy.addresses[standby] ?? ''
      let tunes = 0
      const reloads: number[] = []
      proxy.intercept((seen) => {
        if (isTuneOf(seen, 'beta')) tunes += 1
        if (tunes > 0 && seen.path.includes('plugins/reload')) reloads.push(seen.node)
        return showsBeta(seen, standby) && tunes > 0 ? staleBeta : { kind: 'pass' }
      })

      const { exitCode, stdout } = await throughProxy(file.path, ['--wait', '2'])
      proxy.relax()
      const resumed = await throughProxy(file.path)

      expect(stdout).toMatch(/Stopped: .*beta\/ .*v0\.16\.2/)
      expect(stdout).toContain(shortName(address))
      expect(stdout).not.toContain('Failed')
      expect(reloads).not.toContain(standby)
      expect(exitCode).toBe(10)
      expect(resumed.exitCode).toBe(0)
      await expectEverywhere(['alpha/', 'beta/'], newFile)
    })

    function throughProxy(path: string, flags: readonly string[] = []) {
      const nodes = proxy.addresses.flatMap((address) => ['--node', address])
      const where = ['--address', proxy.addresses[0] ?? '', ...nodes, '--journal', place.journals]
      return place.run(['apply', '--auto-approve', '-f', path, ...where, ...flags])
    }
  })

  /** `hangFrom`: the check that waits first, from 1. `only`: the others are held at the old version. */
  function desired({
    hangFrom = 1,
    only,
    namespaced = false,
  }: { readonly hangFrom?: number; readonly only?: string; readonly namespaced?: boolean } = {}) {
    const binary = (of: PluginFile) => ({ command: of, sha256: cluster.pluginSha256(of) })
    const check = [
      `echo "$LOCKSTEP_ADDRESS" >> ${folder}/asked`,
      `while [ -e ${folder}/hang ] && [ $(wc -l < ${folder}/asked) -ge ${String(hangFrom)} ]; do sleep 0.1; done`,
      `[ ! -e ${folder}/fails ]`,
    ].join('; ')
    const held = { plugin, use: 'v0.16.2', because: 'held back' }
    return writeDesired({
      plugins: {
        [plugin]: {
          use: 'v0.21.0',
          versions: {
            'v0.16.2': binary(oldFile),
            'v0.21.0': {
              ...binary(newFile),
              data: { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' },
            },
          },
        },
      },
      mounts: {
        'alpha/': { plugin, canary: true, verify: [{ run: ['sh', '-c', check] }] },
        ...(only !== undefined && { 'beta/': held }),
        'gamma/': held,
        ...(namespaced && { 'ns1/nsm/': { plugin } }),
      },
    })
  }

  function start(command: 'plan' | 'apply', path: string, flags: readonly string[] = []): Started {
    const where = ['--address', cluster.addresses[0] ?? '', '--journal', place.journals]
    return place.start([command, '--auto-approve', '-f', path, ...where, ...flags])
  }

  async function asked(): Promise<readonly string[]> {
    const path = join(folder, 'asked')
    if (!existsSync(path)) return []
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
  }

  async function untilAsked(times: number): Promise<void> {
    await waitUntil(`the check was made ${String(times)} times`, async () => {
      const { length } = await asked()
      return length >= times ? undefined : `${String(length)} times`
    })
  }

  async function findStandby(): Promise<number> {
    return ((await cluster.activeIndex()) + 1) % cluster.addresses.length
  }

  async function expectEverywhere(mounts: readonly string[], of: PluginFile): Promise<void> {
    for (const mount of mounts) {
      expect(new Set(await hashesOf(cluster, mount))).toEqual(new Set([cluster.pluginSha256(of)]))
    }
  }

  async function makeNamespacedMount(): Promise<void> {
    await write('POST', 'sys/namespaces/ns1', {})
    const config = { plugin_version: 'v0.16.2' }
    await write('POST', 'ns1/sys/mounts/nsm', { type: 'team-kv', config })
    await cluster.waitUntilReady()
  }

  async function removeNamespace(): Promise<void> {
    await write('DELETE', 'ns1/sys/mounts/nsm')
    await write('DELETE', 'sys/namespaces/ns1')
  }

  async function write(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
    const active = await cluster.activeIndex()
    const { status } = await cluster.request(
      active,
      method,
      path,
      body === undefined ? {} : { body },
    )
    expect(status, path).toBeLessThan(300)
  }

  async function expectNamespacedEverywhere(of: PluginFile): Promise<void> {
    for (const address of cluster.addresses) {
      const { body } = await cluster.request<{ data: Record<string, { running_sha256: string }> }>(
        address,
        'GET',
        'ns1/sys/mounts',
        { noForwarding: true },
      )
      expect(body.data['nsm/']?.running_sha256).toBe(cluster.pluginSha256(of))
    }
  }
})

function isTuneOf({ method, path }: SeenRequest, mount: string): boolean {
  return method !== 'GET' && path.endsWith(`sys/mounts/${mount}/tune`)
}

/** All mounts, or `beta/` alone. */
function showsBeta({ method, path, node }: SeenRequest, standby: number): boolean {
  return method === 'GET' && node === standby && /\/sys\/mounts(\/beta)?(\?|$)/.test(path)
}

/** What a standby shows that has missed the tune of `beta/`. */
const staleBeta = {
  kind: 'rewrite' as const,
  rewrite: (reply: Reply): Reply => {
    const body = JSON.parse(reply.body.toString()) as {
      data?: { type?: string; 'beta/'?: object }
    }
    const beta = typeof body.data?.type === 'string' ? body.data : body.data?.['beta/']
    if (beta !== undefined) Object.assign(beta, { plugin_version: 'v0.16.2' })
    return { ...reply, body: Buffer.from(JSON.stringify(body)) }
  },
}
