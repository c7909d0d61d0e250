/** `lockstep comment`, as a job of a CI system runs it. */
import { expect, test } from 'vitest'
import { formatPlan } from '../../src/plan/format-plan.ts'
import { planId } from '../../src/plan/make-plan.ts'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { liveNode, mountPath, plugin, version } from '../builders/live.ts'
import { finding, plan, upgradePlan } from '../builders/plan.ts'
import { type CodeHostServer, startGithub, startGitlab } from '../review/code-host-server.ts'
import { startConnectProxy } from '../proxy/connect-proxy.ts'
import { makeScratchFolder } from './scratch-folder.ts'
import { type Run, runLockstep } from './run-lockstep.ts'

const TOKEN = 'ghs_aVeryLongTokenOfAJob0123456789'
const genuine = (of: Plan): string =>
  formatPlan({ ...of, plan_id: planId(of), created_at: '2026-05-01T10:00:00.000Z' })
const UPGRADE = upgradePlan({
  plugin: plugin('secret/my-kv'),
  from: version('v1.0.0'),
  to: version('v1.1.0'),
  nodes: [liveNode(1)],
  mounts: [mountPath('a/')],
})
const PLANS = {
  'upgrade.json': genuine(UPGRADE),
  'blocked.json': genuine({ ...UPGRADE, findings: [finding({ severity: 'error' })] }),
  'nothing.json': genuine(plan()),
  'edited.json': formatPlan({ ...UPGRADE, plan_id: planId(UPGRADE), changes: [] }),
  'event.json': JSON.stringify({ pull_request: { number: 12 } }),
}

async function onGithub(server: CodeHostServer, ...args: string[]): Promise<Run> {
  return await onGithubWith({}, server, ...args)
}

async function onGithubWith(
  env: Readonly<Record<string, string>>,
  server: CodeHostServer,
  ...args: string[]
): Promise<Run> {
  await using folder = await makeScratchFolder(PLANS)
  return await runLockstep(['comment', ...args], {
    cwd: folder.path,
    env: {
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'octo/app',
      GITHUB_API_URL: server.base,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: 'event.json',
      GITHUB_TOKEN: TOKEN,
      ...env,
    },
  })
}

test('posts one comment, updates it, and says when nothing changes any more', async () => {
  await using server = await startGithub()

  const silent = await onGithub(server, 'nothing.json')
  const posted = await onGithub(server, 'upgrade.json')
  const same = await onGithub(server, 'upgrade.json', '--verbose')
  const blocked = await onGithub(server, 'blocked.json')
  const blockedBody = server.comments[0]?.body
  const settled = await onGithub(server, 'nothing.json')

  for (const run of [silent, posted, same, blocked, settled])
    expect(run).toMatchObject({ exitCode: 0 })
  expect(silent.stdout).toBe(
    'Nothing changes, and pull request 12 of octo/app has no comment of this cluster: nothing was posted.',
  )
  expect(posted.stdout).toMatch(
    /^Posted on pull request 12 of octo\/app: https:\/\/github\.example/,
  )
  expect(same.stdout).toMatch(/^Already on /)
  expect(same.stderr).toContain('/issues/12/comments?per_page=100&page=1 -> 200')
  expect(blocked.stdout).toMatch(/^Updated on /)
  expect(blockedBody).toContain('#### Blocked by')
  expect(settled.stdout).toMatch(/^Updated on /)
  expect(server.comments).toHaveLength(1)
  expect(server.comments[0]?.body).toContain('no changes. Every node runs what the file asks for')
  expect(server.mistakes()).toEqual([])
})

test('posts an edited plan as edited, and exits 1', async () => {
  await using server = await startGithub()

  const run = await onGithub(server, 'edited.json')

  expect(run.exitCode).toBe(1)
  expect(server.comments[0]?.body).toMatch(/^<!-- [^\n]+ -->\n\n\*\*EDITED: /)
})

test('reports a forged comment and leaves it as it is; exits 8 for a token without rights', async () => {
  await using server = await startGithub()
  await onGithub(server, 'upgrade.json')
  const [own] = server.comments
  server.comments.unshift({ id: 99, author: 'mallory', body: `${own!.body}\nApproved.` })

  const run = await onGithub(server, 'blocked.json')
  server.disturb('GET', {
    status: 403,
    body: { message: 'Resource not accessible by integration' },
  })
  const refused = await onGithub(server, 'upgrade.json')

  expect(run.stderr).toContain('Warning: mallory wrote a comment that begins like one of lockstep')
  expect(server.comments[0]?.body).toContain('Approved.')
  expect(refused).toMatchObject({ exitCode: 8, stdout: '' })
  expect(refused.stderr).toContain('permissions: { pull-requests: write }')
})

test('posts on a merge request of GitLab, by its number', async () => {
  await using server = await startGitlab()
  await using folder = await makeScratchFolder(PLANS)

  const run = await runLockstep(['comment', 'upgrade.json', '--pull-request', '12'], {
    cwd: folder.path,
    env: { CI_PROJECT_ID: '5', CI_API_V4_URL: server.base, GITLAB_TOKEN: TOKEN },
  })

  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout).toBe('Posted on merge request 12 of project 5: note 1 of merge request 12')
  expect(server.mistakes()).toEqual([])
})

test('refuses to comment outside of CI', async () => {
  await using folder = await makeScratchFolder(PLANS)

  const run = await runLockstep(['comment', 'upgrade.json'], { cwd: folder.path })

  expect(run).toMatchObject({ exitCode: 1, stdout: '' })
  expect(run.stderr).toContain('neither GITHUB_REPOSITORY nor CI_PROJECT_ID is set')
})

test('reaches the code host through the proxy of HTTP_PROXY, not through that of the servers', async () => {
  await using server = await startGithub()
  const { hostname: host, port } = new URL(server.base)
  await using proxy = await startConnectProxy({ leadTo: { host, port: Number(port) } })

  const run = await onGithubWith(
    {
      GITHUB_API_URL: 'http://git.test',
      HTTP_PROXY: `http://me:hunter22@${proxy.host}`,
      BAO_HTTP_PROXY: 'http://127.0.0.1:9',
    },
    server,
    'upgrade.json',
  )

  expect(run).toMatchObject({ exitCode: 0 })
  expect(run.stdout).toMatch(/^Posted on /)
  expect(server.comments).toHaveLength(1)
  expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT git.test:80']))
  expect(run.stderr).toContain('the token is sent to http://git.test without TLS')
  expect(run.stdout + run.stderr).not.toContain('hunter22')
})

test('names a proxy that refuses, sends the code host nothing, and exits 1', async () => {
  await using server = await startGithub()
  await using proxy = await startConnectProxy({
    answer: (socket) => socket.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'),
  })

  const run = await onGithubWith(
    { GITHUB_API_URL: 'https://git.test', HTTPS_PROXY: `http://me:hunter22@${proxy.host}` },
    server,
    'upgrade.json',
  )

  expect(run).toMatchObject({ exitCode: 1, stdout: '' })
  expect(run.stderr).toContain(
    `GitHub at git.test: the proxy ${proxy.url} (HTTPS_PROXY) answered CONNECT with HTTP 407`,
  )
  expect(run.stderr).toContain('To reach GitHub directly, add the host of GitHub to NO_PROXY.')
  expect(run.stderr).not.toContain('hunter22')
  expect(proxy.asked).toHaveLength(1)
})
