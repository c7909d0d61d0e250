/** `plan --against`: what a branch changes, beside what the cluster needs anyway. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'
import type { Run } from '../cli/run-lockstep.ts'
import { makeExampleStates } from '../cluster/example-states.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { runOn } from './run-on-cluster.ts'

const plugin = 'secret/team-kv'

/** Which version each mount runs; one of `binary_check` must run only where it is not at a ref. */
function file(mounts: Readonly<Record<string, string>>, marker?: string): string {
  const versions = Object.fromEntries(
    ['0.16.2', '0.21.0'].map((number) => [
      `v${number}`,
      {
        command: `secrets-kv-${number}`,
        sha256: { sums: 'SHA256SUMS' },
        data: { upgrade_from: '*', downgrade_to: '*' },
      },
    ]),
  )
  return JSON.stringify({
    version: 1,
    ...(marker !== undefined && {
      cluster: { binary_check: ['sh', '-c', `touch ${marker}; echo {command}`] },
    }),
    plugins: { [plugin]: { use: 'v0.16.2', versions } },
    mounts: Object.fromEntries(
      Object.entries(mounts).map(([path, use]) => [path, { plugin, use }]),
    ),
  })
}

describeReal('a plan against the files of another ref', () => {
  beforeAll(async () => {
    await sharedCluster().reset()
    await makeExampleStates(sharedCluster(), [plugin])
  })
  afterAll(() => sharedCluster().reset())

  it('tells steps of the branch from those that are needed anyway, and those that go', async () => {
    const sums = ['secrets-kv-0.16.2', 'secrets-kv-0.21.0'] as const
    await using folder = await makeScratchFolder({
      SHA256SUMS: sums.map((name) => `${sharedCluster().pluginSha256(name)}  ${name}\n`).join(''),
    })
    const path = join(folder.path, 'lockstep.yaml')
    const ran = join(folder.path, 'ran')
    const git = (...args: string[]): void => {
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: folder.path,
        stdio: 'pipe',
      })
    }
    const run = (...args: string[]): Promise<Run> =>
      runOn(sharedCluster(), ['plan', ...args], { cwd: folder.path })
    // Applied by nobody: alpha/ has drifted from it. gamma/ goes with the branch, beta/ comes.
    await writeFile(path, file({ 'alpha/': 'v0.21.0', 'gamma/': 'v0.21.0' }, ran))
    git('init', '--quiet', '--initial-branch=main')
    git('add', '--all')
    git('commit', '--quiet', '--message', 'first')
    await writeFile(path, file({ 'alpha/': 'v0.21.0', 'beta/': 'v0.21.0' }))

    const json = await run('--json', '--against', 'main')
    const again = await run('--json', '--against', 'main')
    const alone = await run('--json')
    const text = await run('--against', 'main', '--out', 'plan.json')
    const markdown = await runOn(sharedCluster(), ['show', 'plan.json', '--markdown'], {
      cwd: folder.path,
    })
    const missing = await run('--against', 'origin/main')
    git('rm', '--quiet', '--cached', 'lockstep.yaml')
    git('commit', '--quiet', '--message', 'without')
    const added = await run('--json', '--against', 'main')

    expect(json).toMatchObject({ exitCode: 0, stderr: '' })
    expect(again.stdout).toBe(json.stdout)
    const { against, ...plan } = JSON.parse(json.stdout) as Plan
    expect(plan).toEqual(JSON.parse(alone.stdout))
    const about = (ids: readonly string[], mount: string): boolean =>
      ids.every((id) => {
        const action = plan.steps.find((step) => step.id === id)?.action
        return JSON.stringify(action).includes(mount)
      })
    expect(against?.only_here.length).toBeGreaterThan(0)
    expect(about(against!.only_here, 'beta/')).toBe(true)
    expect(against!.in_both.some((id) => id.startsWith('register'))).toBe(true)
    expect(against!.in_both.filter((id) => about([id], 'alpha/')).length).toBeGreaterThan(0)
    expect(against!.only_there.some(({ id }) => id === 'tune gamma/')).toBe(true)
    expect(JSON.stringify(against!.only_there)).not.toContain('"tune beta/"')
    const section = /Compared with main \(commit [0-9a-f]{12}\)\n[^]*?\n\n/.exec(text.stdout)?.[0]
    expect(section).toMatch(/\n {2}\+ tune beta\/ to v0\.21\.0\n/)
    expect(section).toMatch(/\n {2}= tune alpha\/ to v0\.21\.0\n/)
    expect(section).toMatch(/\n {2}- tune gamma\/ to v0\.21\.0\n/)
    expect(markdown.exitCode).toBe(0)
    expect(markdown.stdout).toMatch(/#### Compared with `main \(commit [0-9a-f]{12}\)`\n/)
    expect(markdown.stdout).toContain('\n- tune gamma/ to v0.21.0\n')
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' })
    expect(missing.stderr).toContain('--against origin/main: there is no such commit')
    // The branch adds the file: each step is its own.
    expect(added).toMatchObject({ exitCode: 0, stderr: '' })
    const first = JSON.parse(added.stdout) as Plan
    expect(first.plan_id).toBe(plan.plan_id)
    expect(first.against).toMatchObject({ in_both: [], only_there: [] })
    expect(first.against?.only_here).toEqual(plan.steps.map(({ id }) => id))
    // The check of the other files is not run.
    expect(existsSync(ran)).toBe(false)
  })
})
