/**
 * Runs a workflow of `examples/github-actions` here: its jobs and shell steps in order, with bash
 * as GitHub runs it. What stands for GitHub: checkouts from a repository on this disk, artifacts in a
 * folder, `gh` as a script of the test's own. The action and lockstep itself are the real ones.
 */
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { parse } from 'yaml'
import { type Contexts, evaluate, fill } from './expressions.ts'

interface Step {
  readonly id?: string
  readonly if?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, string | number | boolean>>
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
  readonly 'working-directory'?: string
}

interface Job {
  readonly needs?: string
  readonly if?: string
  readonly environment?: string
  readonly outputs?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly steps: readonly Step[] }
}

export interface Setting {
  /** The repository; a bare one. */
  readonly origin: string
  readonly ref: string
  readonly github: Contexts
  readonly vars: Readonly<Record<string, string>>
  /** Of each environment; a job without one gets none. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly artifacts: string
  /** Of every step. */
  readonly env: Readonly<Record<string, string>>
}

export interface JobResult {
  readonly result: 'success' | 'failure' | 'skipped'
  readonly outputs: Readonly<Record<string, string>>
  /** All that its steps printed, and what they wrote to the page of the job. */
  readonly log: string
}

export async function runWorkflow(
  path: string,
  setting: Setting,
): Promise<Readonly<Record<string, JobResult>>> {
  const { jobs } = parse(await readFile(path, 'utf8')) as {
    readonly jobs: Readonly<Record<string, Job>>
  }
  const results: Record<string, JobResult> = {}
  for (const [name, job] of Object.entries(jobs)) {
    const needed = job.needs === undefined ? undefined : results[job.needs]
    const contexts = { github: setting.github, vars: setting.vars, needs: results }
    const runs =
      (needed === undefined || needed.result === 'success') &&
      (job.if === undefined || evaluate(job.if, contexts) === true)
    results[name] = runs
      ? await runJob(job, contexts, setting)
      : { result: 'skipped', outputs: {}, log: '' }
  }
  return results
}

interface Runner {
  readonly workspace: string
  readonly setting: Setting
  readonly log: string[]
}

async function runJob(job: Job, above: Contexts, setting: Setting): Promise<JobResult> {
  const workspace = await mkdtemp(join(tmpdir(), 'lockstep-workflow-'))
  const runner: Runner = { workspace, setting, log: [] }
  const steps: Record<string, { readonly outputs: Contexts }> = {}
  const contexts = { ...above, steps, secrets: setting.secrets[job.environment ?? ''] ?? {} }
  try {
    for (const step of job.steps) {
      const outputs = await runStep(step, contexts, { runner, env: {} })
      if (outputs === undefined) return { result: 'failure', outputs: {}, log: runner.log.join('') }
      if (step.id !== undefined) steps[step.id] = { outputs }
    }
    const outputs = Object.entries(job.outputs ?? {}).map(([name, value]) => [
      name,
      fill(value, contexts),
    ])
    return {
      result: 'success',
      outputs: Object.fromEntries(outputs) as Record<string, string>,
      log: runner.log.join(''),
    }
  } finally {
    await rm(workspace, { recursive: true, force: true })
  }
}

interface Around {
  readonly runner: Runner
  readonly env: Readonly<Record<string, string>>
}

/** The outputs of the step; undefined if it failed. */
async function runStep(
  step: Step,
  contexts: Contexts,
  { runner, env: outer }: Around,
): Promise<Contexts | undefined> {
  if (step.if !== undefined && evaluate(step.if, contexts) !== true) return {}
  const env = { ...outer, ...filled(step.env ?? {}, contexts) }
  const given = filled(step.with ?? {}, contexts)
  if (step.uses === undefined) return runShell(step, contexts, { runner, env })
  const [, name = step.uses] = /^actions\/([\w-]+)@[0-9a-f]{40}$/.exec(step.uses) ?? []
  switch (name) {
    case 'checkout':
      await checkOut(given, runner)
      return {}
    case 'setup-node':
      return {}
    case 'upload-artifact':
      return upload(given, runner)
    case 'download-artifact':
      await cp(join(runner.setting.artifacts, given['name'] ?? ''), runner.workspace, {
        recursive: true,
      })
      return {}
    default:
      return runAction(join(runner.workspace, name), given, { runner, env })
  }
}

async function runAction(
  folder: string,
  given: Readonly<Record<string, string>>,
  around: Around,
): Promise<Contexts | undefined> {
  const action = parse(await readFile(join(folder, 'action.yml'), 'utf8')) as Action
  const unknown = Object.keys(given).filter((name) => !(name in action.inputs))
  if (unknown.length > 0) throw new Error(`the action has no input ${unknown.join(', ')}`)
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      name,
      given[name] ?? input.default ?? '',
    ]),
  )
  const steps: Record<string, { readonly outputs: Contexts }> = {}
  for (const step of action.runs.steps) {
    const outputs = await runStep(step, { inputs, steps }, around)
    if (outputs === undefined) return undefined
    if (step.id !== undefined) steps[step.id] = { outputs }
  }
  const contexts = { inputs, steps }
  return Object.fromEntries(
    Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value, contexts)]),
  )
}

async function runShell(
  step: Step,
  contexts: Contexts,
  { runner, env }: Around,
): Promise<Contexts | undefined> {
  const { workspace, setting, log } = runner
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-step-'))
  try {
    const [script, output, summary] = ['script.sh', 'output', 'summary'].map((name) =>
      join(folder, name),
    ) as [string, string, string]
    await writeFile(script, fill(step.run ?? '', contexts))
    await writeFile(output, '')
    await writeFile(summary, '')
    const { exitCode, all } = await execa(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', script],
      {
        cwd: join(workspace, fill(step['working-directory'] ?? '.', contexts)),
        env: {
          ...setting.env,
          ...env,
          GITHUB_WORKSPACE: workspace,
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: summary,
        },
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
        all: true,
      },
    )
    log.push(`${all}\n`, await readFile(summary, 'utf8'))
    if (exitCode !== 0) {
      log.push(`exit code ${String(exitCode)}\n`)
      return undefined
    }
    const lines = (await readFile(output, 'utf8')).split('\n').filter((line) => line !== '')
    return Object.fromEntries(
      lines.map((line) => [line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function filled(
  values: Readonly<Record<string, string | number | boolean>>,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, fill(String(value), contexts)]),
  )
}

/** As deep as the workflow says, so that what it lacks is lacking here too. */
async function checkOut(
  { path = '.', ref, 'fetch-depth': depth = '1' }: Readonly<Record<string, string>>,
  { workspace, setting }: Runner,
): Promise<void> {
  const cwd = join(workspace, path)
  await mkdir(cwd, { recursive: true })
  const git = (...args: string[]) => execa('git', args, { cwd })
  await git('init', '--quiet')
  await git('fetch', '--quiet', `--depth=${depth}`, `file://${setting.origin}`, ref ?? setting.ref)
  await git('checkout', '--quiet', 'FETCH_HEAD')
}

async function upload(
  { name = '', path = '' }: Readonly<Record<string, string>>,
  { workspace, setting }: Runner,
): Promise<Contexts> {
  const target = join(setting.artifacts, name)
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  const files = path.split('\n').filter((file) => existsSync(join(workspace, file)) && file !== '')
  if (files.length === 0) throw new Error(`nothing to upload as ${name}`)
  for (const file of files) await cp(join(workspace, file), join(target, file))
  return {}
}
