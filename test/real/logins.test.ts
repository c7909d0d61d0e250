/** Logins with `--auth`: each method, the life of its token, and its end. */
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeClientCertificate } from '../cluster/certificate.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { startCluster, type TestCluster } from '../cluster/cluster.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeOwn, describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { runLockstep, type Run } from '../cli/run-lockstep.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'
import { type Started, Workplace } from '../faults/run-program.ts'
import { type LogLine, RunningService } from '../service.ts'
import { writeDesired } from './desired-file.ts'
import { makeJwtSigner, startJobTokens, startTokenReviews } from './token-issuers.ts'

const KV = 'secret/team-kv'
const PASSWORD = 'correct horse battery'
const signer = makeJwtSigner()

async function write<Data = unknown>(
  cluster: ClusterClient,
  path: string,
  body: Readonly<Record<string, unknown>> = {},
  wrapTtl?: string,
): Promise<Data> {
  const answer = await cluster.request<Data>(await cluster.activeIndex(), 'POST', path, {
    body,
    ...(wrapTtl !== undefined && { wrapTtl }),
  })
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`)
  return answer.body
}

/** Each token that the server knows. */
async function accessors(cluster: ClusterClient): Promise<readonly string[]> {
  const answer = await cluster.request<{ data: { keys: string[] } }>(
    ...([await cluster.activeIndex(), 'LIST', 'auth/token/accessors'] as const),
  )
  return answer.body.data.keys.toSorted()
}

async function allowAll(cluster: ClusterClient): Promise<void> {
  const policy =
    'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }'
  await write(cluster, 'sys/policies/acl/upgrades', { policy })
}

describeReal('a login', () => {
  const cluster = () => sharedCluster()
  const address = (): string => cluster().addresses[0] ?? ''
  let roleId: string
  let reviews: Awaited<ReturnType<typeof startTokenReviews>>

  beforeAll(async () => {
    await cluster().reset()
    await makeExampleStates(cluster(), [KV])
    await allowAll(cluster())
    reviews = await startTokenReviews()
    for (const [path, type] of [
      ...[['approle', 'approle'] as const, ['people', 'userpass'] as const],
      ...[['ci/jwt', 'jwt'] as const, ['kubernetes', 'kubernetes'] as const],
    ]) {
      await write(cluster(), `sys/auth/${path}`, { type })
      // A standby of OpenBao that hears of two mounts at once may miss one for good.
      await cluster().waitUntilReady()
    }
    const rights = { token_policies: ['upgrades'], token_ttl: '1h' }
    await write(cluster(), 'auth/approle/role/ci', rights)
    await write(cluster(), 'auth/approle/role/short', {
      ...{ ...rights, token_ttl: '6s', token_max_ttl: '8s' },
    })
    await write(cluster(), 'auth/approle/role/batch', { ...rights, token_type: 'batch' })
    await write(cluster(), 'auth/approle/role/other', rights)
    await write(cluster(), 'auth/people/users/ann', { ...rights, password: PASSWORD })
    await write(cluster(), 'auth/ci/jwt/config', { jwt_validation_pubkeys: [signer.publicKey] })
    await write(cluster(), 'auth/ci/jwt/role/upgrades', {
      ...{ ...rights, role_type: 'jwt', user_claim: 'sub' },
      bound_audiences: ['the-vault'],
    })
    await write(cluster(), 'auth/kubernetes/config', {
      ...{ kubernetes_host: reviews.address, disable_local_ca_jwt: true },
      ...{ kubernetes_ca_cert: reviews.authority },
      token_reviewer_jwt: signer.sign({ sub: 'reviewer' }),
    })
    await write(cluster(), 'auth/kubernetes/role/upgrades', {
      ...{ ...rights, bound_service_account_names: ['lockstep'] },
      bound_service_account_namespaces: ['ci'],
    })
    roleId = await roleIdOf('ci')
  })
  afterAll(async () => {
    await reviews.stop()
    await cluster().reset()
  })

  async function roleIdOf(role: string): Promise<string> {
    const answer = await cluster().request<{ data: { role_id: string } }>(
      ...([await cluster().activeIndex(), 'GET', `auth/approle/role/${role}/role-id`] as const),
    )
    return answer.body.data.role_id
  }

  async function secretId(role = 'ci'): Promise<string> {
    const path = `auth/approle/role/${role}/secret-id`
    return (await write<{ data: { secret_id: string } }>(cluster(), path)).data.secret_id
  }

  async function wrappedSecretId(path = 'auth/approle/role/ci/secret-id'): Promise<string> {
    const body = { secret_id: 'someone else’s' }
    const { wrap_info } = await write<{ wrap_info: { token: string } }>(
      ...([cluster(), path, path.startsWith('sys/') ? body : {}, '10m'] as const),
    )
    return wrap_info.token
  }

  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> =>
    // The token of the environment is none of this server: it is not used.
    runLockstep(['status', ...args], { env: { BAO_ADDR: address(), ...env } })

  /** The login is accepted, and its token is gone afterwards. */
  async function expectLogin(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<void> {
    const before = await accessors(cluster())
    const ended = await run(args, env)
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ended.stdout).toContain('alpha/')
    expect(await accessors(cluster())).toEqual(before)
  }

  describe('with AppRole', () => {
    it('takes the secret ID from a variable, and the rest from variables too', async () => {
      const env = { LOCKSTEP_ROLE_ID: roleId, LOCKSTEP_SECRET_ID: await secretId() }

      await expectLogin(['--auth', 'approle'], env)
      await expectLogin([], { ...env, LOCKSTEP_AUTH: 'approle', LOCKSTEP_AUTH_MOUNT: 'approle' })
    })

    it('takes the secret ID from a file', async () => {
      await using files = await makeScratchFolder({ id: `${await secretId()}\n` })

      const file = ['--secret-id-file', join(files.path, 'id')]
      await expectLogin(['--auth', 'approle', '--role-id', roleId, ...file], {})
    })

    it('gets a batch token, which cannot be revoked, without a warning', async () => {
      const env = {
        LOCKSTEP_ROLE_ID: await roleIdOf('batch'),
        LOCKSTEP_SECRET_ID: await secretId('batch'),
      }

      expect(await run(['--auth', 'approle'], env)).toMatchObject({ exitCode: 0, stderr: '' })
    })

    it('refuses a secret ID that was destroyed (8), and says what to check', async () => {
      const id = await secretId()
      await write(cluster(), 'auth/approle/role/ci/secret-id/destroy', { secret_id: id })

      const ended = await run(['--auth', 'approle', '--role-id', roleId], {
        LOCKSTEP_SECRET_ID: id,
      })

      expect(ended).toMatchObject({ exitCode: 8, stdout: '' })
      expect(ended.stderr).toContain('refused the login with --auth approle at auth/approle/')
      expect(ended.stderr).toContain('invalid')
      expect(ended.stderr).toContain('the secret ID has expired, was used up or was revoked')
    })

    it('says that no secret ID was given (8)', async () => {
      const ended = await run(['--auth', 'approle', '--role-id', roleId])

      expect(ended).toMatchObject({ exitCode: 8, stdout: '' })
      expect(ended.stderr).toContain('Set LOCKSTEP_SECRET_ID, or name a file')
    })

    it('says that no auth method answers at the path (8)', async () => {
      const ended = await run(
        ['--auth', 'approle', '--auth-mount', 'elsewhere', '--role-id', roleId],
        { LOCKSTEP_SECRET_ID: await secretId() },
      )

      expect(ended).toMatchObject({ exitCode: 8, stdout: '' })
      expect(ended.stderr).toContain('mounted at auth/elsewhere/')
      expect(ended.stderr).toContain('--auth-mount')
    })

    describe('and a wrapped secret ID', () => {
      const wrapped = ['--auth', 'approle', '--secret-id-wrapped', '--role', 'ci']

      it('unwraps it; used twice, says that it may have been intercepted (8)', async () => {
        const env = { LOCKSTEP_ROLE_ID: roleId, LOCKSTEP_SECRET_ID: await wrappedSecretId() }

        expect(await run(wrapped, env)).toMatchObject({ exitCode: 0, stderr: '' })
        const second = await run(wrapped, env)

        expect(second).toMatchObject({ exitCode: 8, stdout: '' })
        expect(second.stderr).toContain('someone may have intercepted the secret ID')
      })

      it.each([
        ['another role', 'auth/approle/role/other/secret-id'],
        ['no role at all', 'sys/wrapping/wrap'],
      ])('does not unwrap what was wrapped for %s (8)', async (_, path) => {
        const wrapping = await wrappedSecretId(path)

        const ended = await run(wrapped, {
          LOCKSTEP_ROLE_ID: roleId,
          LOCKSTEP_SECRET_ID: wrapping,
        })

        expect(ended).toMatchObject({ exitCode: 8, stdout: '' })
        expect(ended.stderr).toContain(`was made at "${path}"`)
        const left = await cluster().request(
          ...([await cluster().activeIndex(), 'POST', 'sys/wrapping/lookup'] as const),
          { body: { token: wrapping } },
        )
        expect(left.status).toBe(200)
      })

      it('in a namespace: logs in and unwraps there', async () => {
        const namespace = 'ci-team'
        const inside = async <Data>(path: string, body: object, wrapTtl?: string) => {
          const answer = await cluster().request<Data>(
            ...([await cluster().activeIndex(), 'POST', path] as const),
            { body, namespace, ...(wrapTtl !== undefined && { wrapTtl }) },
          )
          expect(answer.status).toBeLessThan(300)
          return answer.body
        }
        await write(cluster(), `sys/namespaces/${namespace}`)
        await inside('sys/auth/approle', { type: 'approle' })
        const role = { role_id: 'the-role-of-the-team', token_ttl: '1m' }
        await inside('auth/approle/role/ci', role)
        const { wrap_info } = await inside<{ wrap_info: { token: string } }>(
          ...(['auth/approle/role/ci/secret-id', {}, '10m'] as const),
        )
        await cluster().waitUntilReady()

        const env = { LOCKSTEP_ROLE_ID: role.role_id, LOCKSTEP_SECRET_ID: wrap_info.token }
        const ended = await run([...wrapped, '--namespace', namespace, '--verbose'], env)

        // The token of the team may not read the catalog.
        expect(ended.exitCode).toBe(8)
        expect(ended.stderr).toContain('/v1/sys/wrapping/unwrap -> 200')
        expect(ended.stderr).toContain('/v1/auth/approle/login -> 200')
        expect(ended.stderr).toContain('/v1/auth/token/revoke-self -> 204')
      })
    })
  })

  describe('with a user name', () => {
    const ann = ['--auth', 'userpass', '--auth-mount', 'people', '--username', 'ann']

    it('takes the password from a variable or a file', async () => {
      await using files = await makeScratchFolder({ password: `${PASSWORD}\n` })

      await expectLogin(ann, { LOCKSTEP_PASSWORD: PASSWORD })
      await expectLogin([...ann, '--password-file', join(files.path, 'password')], {})
    })

    it('says that the password is wrong (8)', async () => {
      const ended = await run(ann, { LOCKSTEP_PASSWORD: 'incorrect horse' })

      expect(ended).toMatchObject({ exitCode: 8, stdout: '' })
      expect(ended.stderr).toContain('Check the user name (--username) and the password.')
    })
  })

  describe('with a JSON Web Token', () => {
    const jwt = ['--auth', 'jwt', '--auth-mount', 'ci/jwt', '--role', 'upgrades']
    const token = (over: Readonly<Record<string, unknown>> = {}): string =>
      signer.sign({ sub: 'job', aud: 'the-vault', ...over })

    it('takes it from a file, or from a variable as GitLab sets one', async () => {
      await using files = await makeScratchFolder({ jwt: `${token()}\n` })

      await expectLogin([...jwt, '--jwt-file', join(files.path, 'jwt')], {})
      await expectLogin([...jwt, '--jwt-variable', 'VAULT_ID_TOKEN'], { VAULT_ID_TOKEN: token() })
    })

    it('asks GitHub Actions for it, with the audience', async () => {
      await using github = await startJobTokens((aud) => token({ aud }))

      await expectLogin([...jwt, '--jwt-audience', 'the-vault'], github.variables)
    })

    it.each([
      ['of another audience', { aud: 'elsewhere' }, 'bound_audiences'],
      ['that has expired', { exp: 1_000_000_000 }, 'has expired or is not valid yet'],
    ])('says that it is one %s (8)', async (_, claims, words) => {
      const ended = await run([...jwt, '--jwt-variable', 'ID_TOKEN'], { ID_TOKEN: token(claims) })

      expect(ended).toMatchObject({ exitCode: 8, stdout: '' })
      expect(ended.stderr).toContain(words)
    })

    it('says that the role is not there (8)', async () => {
      const ended = await run([...jwt.slice(0, -1), 'gone', '--jwt-variable', 'ID_TOKEN'], {
        ID_TOKEN: token(),
      })

      expect(ended).toMatchObject({ exitCode: 8, stdout: '' })
      expect(ended.stderr).toContain('--role')
    })

    it('says that GitHub Actions gives none (8)', async () => {
      await using github = await startJobTokens(() => undefined)

      const ended = await run(jwt, github.variables)

      expect(ended).toMatchObject({ exitCode: 8, stdout: '' })
      expect(ended.stderr).toContain('answered HTTP 403')
      expect(ended.stderr).toContain('id-token: write')
    })
  })

  describe('in Kubernetes', () => {
    const login = (path: string) => [
      ...['--auth', 'kubernetes', '--role', 'upgrades', '--jwt-file', path],
    ]
    const podToken = (name: string): string =>
      signer.sign({
        ...{ sub: `system:serviceaccount:ci:${name}`, iss: 'https://kubernetes.default.svc' },
        'kubernetes.io': { namespace: 'ci', serviceaccount: { name, uid: `uid-of-${name}` } },
      })

    it('shows the token of the service account', async () => {
      await using files = await makeScratchFolder({ token: podToken('lockstep') })

      await expectLogin(login(join(files.path, 'token')), {})
    })

    it('of another service account is refused (8)', async () => {
      await using files = await makeScratchFolder({ token: podToken('somebody') })

      const ended = await run(login(join(files.path, 'token')))

      expect(ended).toMatchObject({ exitCode: 8, stdout: '' })
      expect(ended.stderr).toContain('at auth/kubernetes/')
    })

    it('says which file is not there', async () => {
      const ended = await run(['--auth', 'kubernetes', '--role', 'upgrades'])

      expect(ended).toMatchObject({ exitCode: 1, stdout: '' })
      expect(ended.stderr).toContain(
        '/var/run/secrets/kubernetes.io/serviceaccount/token cannot be read (ENOENT)',
      )
    })
  })

  describe('of a run', () => {
    /** A run that waits in a check of `alpha/` until `goOn` is called. */
    async function startRun(role: string, words: readonly string[]) {
      const scratch = await makeScratchFolder({ hang: '' })
      const hang = join(scratch.path, 'hang')
      const check = `touch ${hang}ing; while [ -e ${hang} ]; do sleep 0.1; done`
      const desired = await desiredWith(check, words[0] === 'verify' ? 'configured' : 'other')
      const place = await Workplace.make('', {
        ...{ BAO_ADDR: address(), LOCKSTEP_AUTH: 'approle' },
        ...{ LOCKSTEP_ROLE_ID: await roleIdOf(role), LOCKSTEP_SECRET_ID: await secretId(role) },
      })
      const before = await accessors(cluster())
      const run = place.start([...words, '-f', desired.path, '--verbose'])
      let log = ''
      run.child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
      await waitUntil('the mount is being checked', () => {
        if (run.child.exitCode !== null) throw new Error(`it ended: ${log}`)
        return existsSync(`${hang}ing`) ? undefined : log
      })
      return {
        ...{ run, before, place },
        goOn: () => rm(hang),
        log: () => log,
        [Symbol.asyncDispose]: async () => {
          await place[Symbol.asyncDispose]()
          await desired[Symbol.asyncDispose]()
          await scratch[Symbol.asyncDispose]()
        },
      }
    }

    const apply = ['apply', '--auto-approve']

    it('that fails: is revoked too', async () => {
      await using place = await Workplace.make('', {
        ...{ BAO_ADDR: address(), LOCKSTEP_AUTH: 'approle', LOCKSTEP_ROLE_ID: roleId },
        LOCKSTEP_SECRET_ID: await secretId(),
      })
      await using desired = await desiredWith('exit 1', 'configured')
      const before = await accessors(cluster())

      const ended = await place.run(['verify', '-f', desired.path])

      expect(ended.exitCode).toBe(1)
      expect(ended.stdout + ended.stderr).toContain('0 checks passed, 3 failed.')
      expect(await accessors(cluster())).toEqual(before)
    })

    it.each([
      ['SIGTERM amid another command', ['verify'], ['SIGTERM'], ''],
      ['a Ctrl-C that lets a run end', apply, ['SIGINT'], 'Stopping after the step under way'],
      ['two Ctrl-C that stop a run', apply, ['SIGINT', 'SIGINT'], 'Stopped at once'],
    ] as const)('is revoked after %s', async (_, words, signals, said) => {
      await using started = await startRun('ci', words)
      await signalOneByOne(started.run, signals)
      if (signals.length === 1 && words === apply) await started.goOn()

      const { exitCode, stdout, stderr } = await started.run.ended
      await started.goOn().catch(() => undefined)

      expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 130 })
      expect(stdout + stderr).toContain(said)
      expect(started.log()).toContain('/auth/token/revoke-self -> 204')
      expect(await accessors(cluster())).toEqual(started.before)
    })

    it('is renewed, replaced before it ends, and revoked at the end', async () => {
      await using started = await startRun('short', apply)
      await waitUntil('the token was renewed and replaced', () => {
        const log = started.log()
        const isRenewed = log.includes('/auth/token/renew-self -> 200')
        return isRenewed && log.split('/auth/approle/login -> 200').length > 2 ? undefined : log
      })
      await started.goOn()

      const { exitCode, stdout, stderr } = await started.run.ended

      expect(stdout).toContain('Apply complete.')
      expect(exitCode).toBe(0)
      expect(stderr).not.toContain('Warning')
      expect(started.log()).toContain('/auth/token/revoke-self -> 204')
      expect(await accessors(cluster())).toEqual(started.before)
    })

    it('whose token somebody else revoked: logs in again', async () => {
      await using started = await startRun('ci', apply)
      const mine = (await accessors(cluster())).filter((one) => !started.before.includes(one))
      expect(mine).toHaveLength(1)
      await write(cluster(), 'auth/token/revoke-accessor', { accessor: mine[0] })
      await started.goOn()

      const { exitCode, stdout } = await started.run.ended

      expect(stdout).toContain('Apply complete.')
      expect(exitCode).toBe(0)
      expect(await accessors(cluster())).toEqual(started.before)
    })

    it('that checks again and again: is one for each check, revoked after it', async () => {
      await using place = await Workplace.make('', {
        ...{ BAO_ADDR: address(), LOCKSTEP_AUTH: 'approle', LOCKSTEP_ROLE_ID: roleId },
        LOCKSTEP_SECRET_ID: await secretId(),
      })
      await using desired = await desiredWith('true', 'configured')
      const before = await accessors(cluster())
      const service = new RunningService(place, ['--interval', '1s', '-f', desired.path])
      // The file may name a version that is not registered yet.
      const isWhole = ({ result }: LogLine) => result === 'no_drift' || result === 'drift'
      await service.nextRound(isWhole)
      await service.nextRound(isWhole)

      service.kill('SIGTERM')

      expect((await service.ended).exitCode).toBe(0)
      expect(await accessors(cluster())).toEqual(before)
    })

    it('with a token that may not be revoked: warns, and keeps its exit code', async () => {
      const policy = 'path "auth/token/revoke-self" { capabilities = ["deny"] }'
      await write(cluster(), 'sys/policies/acl/no-revocation', { policy })
      await write(cluster(), 'auth/approle/role/kept', {
        token_policies: ['upgrades', 'no-revocation'],
        token_ttl: '30s',
      })

      const ended = await run(['--auth', 'approle'], {
        LOCKSTEP_ROLE_ID: await roleIdOf('kept'),
        LOCKSTEP_SECRET_ID: await secretId('kept'),
      })

      expect(ended.exitCode).toBe(0)
      expect(ended.stderr).toContain('Warning: the token of this login was not revoked')
      expect(ended.stderr).toContain('within 30 s')
    })
  })

  /** `use`: the version that alpha/ has, or the other one. */
  async function desiredWith(check: string, use: 'configured' | 'other') {
    const binary = (command: 'secrets-kv-0.16.2' | 'secrets-kv-0.21.0') => ({
      command,
      sha256: cluster().pluginSha256(command),
    })
    const data = { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' }
    const versions = {
      'v0.16.2': binary('secrets-kv-0.16.2'),
      'v0.21.0': { ...binary('secrets-kv-0.21.0'), data },
    }
    const { body } = await cluster().request<{ data: { plugin_version: string } }>(
      ...([await cluster().activeIndex(), 'GET', 'sys/mounts/alpha'] as const),
    )
    const isOld = body.data.plugin_version === 'v0.16.2'
    return writeDesired({
      plugins: {
        [KV]: { use: isOld === (use === 'configured') ? 'v0.16.2' : 'v0.21.0', versions },
      },
      mounts: { 'alpha/': { plugin: KV, canary: true, verify: [{ run: ['sh', '-c', check] }] } },
    })
  }

  /** Two signals at once may arrive as one. */
  async function signalOneByOne({ child }: Started, signals: readonly NodeJS.Signals[]) {
    for (const [index, signal] of signals.entries()) {
      child.kill(signal)
      if (index === signals.length - 1) return
      await new Promise<void>((resolve) => {
        child.stderr?.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes('Press Ctrl-C again')) resolve()
        })
      })
    }
  }
})

describeOwn('a login with a client certificate', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await startCluster({ nodes: 1, tls: true })
    await allowAll(cluster)
    await write(cluster, 'sys/auth/cert', { type: 'cert' })
  })
  afterAll(() => cluster.stop())

  it('is accepted for the role that trusts its authority, and refused without one (8)', async () => {
    await using scratch = await makeScratchFolder()
    const [ours, theirs] = await Promise.all(
      ['ours', 'theirs'].map((name) => makeClientCertificate(scratch.path, name)),
    )
    await write(cluster, 'auth/cert/certs/upgrades', {
      certificate: await readFile(ours?.authority ?? '', 'utf8'),
      token_policies: ['upgrades'],
    })
    const run = (args: readonly string[], pair = ours) =>
      runLockstep(['status', '--auth', 'cert', ...args], {
        env: {
          ...{ BAO_ADDR: cluster.addresses[0] ?? '', BAO_CACERT: cluster.caCertificate ?? '' },
          ...(pair !== undefined && {
            BAO_CLIENT_CERT: pair.certificate,
            BAO_CLIENT_KEY: pair.key,
          }),
        },
      })
    const before = await accessors(cluster)

    const accepted = await run(['--role', 'upgrades'])
    const refused = await run([], theirs)

    expect(accepted).toMatchObject({ exitCode: 0, stderr: '' })
    expect(accepted.stdout).toContain('Cluster lab')
    expect(refused).toMatchObject({ exitCode: 8, stdout: '' })
    expect(refused.stderr).toContain('refused the login with --auth cert at auth/cert/')
    expect(await accessors(cluster)).toEqual(before)
  })

  it('needs a certificate', async () => {
    const ended = await runLockstep(['status', '--auth', 'cert'], {
      env: { BAO_ADDR: cluster.addresses[0] ?? '', BAO_CACERT: cluster.caCertificate ?? '' },
    })

    expect(ended).toMatchObject({ exitCode: 1, stdout: '' })
    expect(ended.stderr).toContain('--auth cert needs a client certificate, and none is given')
  })
})
