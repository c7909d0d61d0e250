/** Runs the stages of the custom workflow in `examples/atlantis/repos.yaml` as Atlantis does. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { parse } from 'yaml'
import { checkout } from '../cli/run-lockstep.ts'
import { type LinesRun, runLines } from './run-lines.ts'

export type AtlantisStage = 'plan' | 'policy_check' | 'apply'

type Step =
  { readonly env: { readonly name: string; readonly command: string } } | { readonly run: string }

interface ServerConfiguration {
  readonly workflows: {
    readonly lockstep: Readonly<Record<AtlantisStage, { readonly steps: readonly Step[] }>>
  }
}

export interface StageOptions {
  /** The project in Atlantis's clone of the pull request. Its plan file lies there too. */
  readonly cwd: string
  /** The address of the cluster, instead of the one in the example. */
  readonly address: string
  /** Stands for `/etc/lockstep`. */
  readonly settings: string
  readonly programs?: Readonly<Record<string, string>>
}

/** The steps in order, until one fails. Returns the last one. */
export async function runStage(name: AtlantisStage, options: StageOptions): Promise<LinesRun> {
  const { cwd, address, settings, programs = {} } = options
  const text = await readFile(join(checkout, 'examples', 'atlantis', 'repos.yaml'), 'utf8')
  const here = text
    .replaceAll('https://bao.example.com:8200', address)
    .replaceAll('/etc/lockstep', settings)
  const { steps } = (parse(here) as ServerConfiguration).workflows.lockstep[name]
  const secrets: Record<string, string> = {}
  let ended: LinesRun | undefined
  for (const step of steps) {
    if ('env' in step) {
      const { stdout } = await execa('sh', ['-c', step.env.command], { cwd })
      secrets[step.env.name] = stdout
      continue
    }
    const env = { PLANFILE: join(cwd, 'default.tfplan'), BASE_BRANCH_NAME: 'main' }
    ended = await runLines({ script: step.run, shell: 'sh', cwd, env, secrets, programs })
    if (ended.exitCode !== 0) return ended
  }
  if (ended === undefined) throw new Error(`the stage ${name} runs nothing`)
  return ended
}
