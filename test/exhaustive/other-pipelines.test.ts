/** The commands of `examples/gitlab-ci` and `examples/atlantis`, in order, on a real cluster. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { checkout, program } from '../cli/run-lockstep.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { startGitlab } from '../review/code-host-server.ts'

const plugin = 'secret/team-kv'

function desired(use: string): string {
  const versions = Object.fromEntries(
    (['0.16.2', '0.21.0'] as const).map((number) => [
      `v${number}`,
      {
        command: `secrets-kv-${number}`,
        sha256: sharedCluster().pluginSha256(`secrets-kv-${number}`),
        data: { upgrade_from: '*', downgrade_to: '*' },
      },
    ]),
  )
  return JSON.stringify({ version: 1, plugins: { [plugin]: { use, versions } } }, null, 2)
}

interface Clone extends AsyncDisposable {
  readonly path: string
  /** Of the commit that the branch began from. */
  readonly base: string
  /** Runs shell lines as a job does; its exit code and all it printed. */
  readonly run: (
    lines: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly exitCode: number | undefined; readonly all: string }>
}

/** A clone whose branch upgrades the plugin; lockstep is on its PATH. */
async function makeClone(): Promise<Clone> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-pipeline-'))
  const path = join(folder, 'clone')
  for (const name of ['bin', 'home', 'clone']) await mkdir(join(folder, name))
  const bin = join(folder, 'bin', 'lockstep')
  await writeFile(bin, `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`)
  await chmod(bin, 0o755)
  const git = async (...args: string[]): Promise<string> =>
    (await execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: path }))
      .stdout
  await git('init', '--quiet', '--initial-branch=main')
  await writeFile(join(path, 'lockstep.yaml'), desired('v0.16.2'))
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'first')
  await git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  const base = await git('rev-parse', 'HEAD')
  await writeFile(join(path, 'lockstep.yaml'), desired('v0.21.0'))
  await git('commit', '--quiet', '--all', '--message', 'second')
  const { addresses, token, caCertificate } = sharedCluster()
  return {
    path,
    base,
    run: async (lines, env = {}) => {
      const { exitCode, all } = await execa('bash', ['-eo', 'pipefail', '-c', lines.join('\n')], {
        cwd: path,
        env: {
          PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
          HOME: join(folder, 'home'),
          BAO_ADDR: addresses[0] ?? '',
          BAO_TOKEN: token,
          ...(caCertificate !== undefined && { BAO_CACERT: caCertificate }),
          ...env,
        },
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
        all: true,
      })
      return { exitCode, all }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function readExample(...path: readonly string[]): Promise<unknown> {
  return parse(await readFile(join(checkout, 'examples', ...path), 'utf8'))
}

describeReal('another pipeline', () => {
  beforeEach(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), [plugin])
  })
  afterAll(() => sharedCluster().reset())

  it('of GitLab plans, comments, and applies the reviewed plan only', async () => {
    await using clone = await makeClone()
    await using gitlab = await startGitlab()
    const jobs = (await readExample('gitlab-ci', 'lockstep.gitlab-ci.yml')) as Readonly<
      Record<string, { readonly script: readonly string[] }>
    >
    const run = (name: string, env?: Readonly<Record<string, string>>) =>
      clone.run(jobs[name]!.script, env)

    const planned = await run('lockstep-plan', { CI_MERGE_REQUEST_DIFF_BASE_SHA: clone.base })
    expect(planned.exitCode, planned.all).toBe(0)
    expect(planned.all).toContain('Compared with ')
    const { plan_id: reviewed } = JSON.parse(
      await readFile(join(clone.path, 'plan.json'), 'utf8'),
    ) as Plan
    const commented = await run('lockstep-comment', {
      CI_PROJECT_ID: '5',
      CI_MERGE_REQUEST_IID: '12',
      CI_API_V4_URL: gitlab.base,
      GITLAB_TOKEN: 'glpat-aTokenOfTheProject',
    })
    expect(commented.exitCode, commented.all).toBe(0)
    expect(gitlab.comments[0]?.body).toContain(reviewed)
    expect(gitlab.mistakes()).toEqual([])

    const drift = await run('lockstep-drift')
    expect(drift.exitCode).toBe(2)
    const merged = await run('lockstep-merged')
    expect(merged.exitCode, merged.all).toBe(0)
    const other = await run('lockstep-apply', { REVIEWED_PLAN_ID: '0'.repeat(64) })
    expect(other.exitCode, other.all).toBe(4)
    const applied = await run('lockstep-apply', { REVIEWED_PLAN_ID: reviewed })
    expect(applied.exitCode, applied.all).toBe(0)
    expect(applied.all).toContain('Apply complete.')
    expect((await run('lockstep-drift')).exitCode).toBe(0)
  })

  it('of Atlantis plans with a token that can only read, and applies the saved plan', async () => {
    await using clone = await makeClone()
    const { workflows } = (await readExample('atlantis', 'repos.yaml')) as {
      readonly workflows: Readonly<
        Record<
          string,
          Record<'plan' | 'apply', { readonly steps: readonly { readonly run: string }[] }>
        >
      >
    }
    const run = (stage: 'plan' | 'apply') =>
      clone.run(
        workflows['lockstep']![stage].steps.map((step) => step.run),
        {
          PLANFILE: join(clone.path, 'plan.json'),
          BASE_BRANCH_NAME: 'main',
          LOCKSTEP_PLAN_TOKEN: sharedCluster().token,
        },
      )

    const planned = await run('plan')
    expect(planned.exitCode, planned.all).toBe(0)
    const applied = await run('apply')
    expect(applied.exitCode, applied.all).toBe(0)
    expect(applied.all).toContain('Apply complete.')
  })
})
