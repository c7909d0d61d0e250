/** The comment that the apply workflow for GitHub writes where the merged plan is another one. */
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkout } from '../cli/run-lockstep.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'

interface Workflow {
  readonly jobs: { readonly plan: { readonly steps: readonly Step[] } }
}

interface Step {
  readonly id?: string
  readonly run?: string
}

async function compareStep(): Promise<string> {
  const path = join(checkout, 'examples/github-actions/workflows/lockstep-apply.yml')
  const { jobs } = parse(await readFile(path, 'utf8')) as Workflow
  const script = jobs.plan.steps.find(({ id }) => id === 'compare')?.run
  if (script === undefined) throw new Error('the workflow has no step with the id compare')
  return script
}

/** Runs the step. `shown`: a shell command that prints what `lockstep show` would of `$2`. */
async function compare(shown: string): Promise<string> {
  await using folder = await makeScratchFolder({
    'reviewed.json': '{"plan_id":"a"}',
    'plan.json': '{"plan_id":"b"}',
    'bin/lockstep': `#!/bin/sh\n${shown}\n`,
    output: '',
  })
  await chmod(join(folder.path, 'bin/lockstep'), 0o755)
  await writeFile(join(folder.path, 'step.sh'), await compareStep())
  await execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', 'step.sh'], {
    cwd: folder.path,
    env: {
      PATH: `${join(folder.path, 'bin')}:${process.env['PATH'] ?? ''}`,
      GITHUB_OUTPUT: join(folder.path, 'output'),
    },
    extendEnv: false,
  })
  expect(await readFile(join(folder.path, 'output'), 'utf8')).toBe('result=differs\n')
  return await readFile(join(folder.path, 'difference.md'), 'utf8')
}

it('shows a short difference whole', async () => {
  const lines = (await compare('echo same; echo "$2: @team [x](//evil)"')).split('\n')

  expect(lines.slice(2)).toEqual([
    expect.stringMatching(/^ {4}@@ /),
    '     same',
    '    -reviewed.json: @team [x](//evil)',
    '    +plan.json: @team [x](//evil)',
    '',
  ])
})

it('says how many lines of a long difference it leaves out, and is short enough for GitHub', async () => {
  const text = await compare('seq --format="$2 @team %g é" 5000')

  expect(text.length).toBeLessThan(65_536)
  expect(Buffer.byteLength(text)).toBeGreaterThan(50_000)
  const [, left] =
    /\n\n\*\*(\d+) more lines are not shown here\.\*\* .*`lockstep-merged`/.exec(text) ?? []
  const shown = text.split('\n').filter((line) => /^ {4}[-+]/.test(line))
  expect(shown.length + Number(left)).toBe(10_000)
  expect(shown.at(-1)).toMatch(/ é$/)
})
