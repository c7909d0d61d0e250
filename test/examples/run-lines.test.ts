import { expect, it } from 'vitest'
import { makeScratchFolder } from '../cli/scratch-folder.ts'
import { type Lines, runLines } from './run-lines.ts'

async function run(script: Lines['script'], more: Partial<Lines> = {}) {
  await using checkout = await makeScratchFolder({ 'lockstep.yaml': 'version: 1\n' })
  return await runLines({ script, cwd: checkout.path, env: {}, secrets: {}, ...more })
}

it('runs the lines in one shell, in the checkout, with the variables given and no others', async () => {
  process.env['LOCKSTEP_TEST_OF_LINES'] = 'of this process'
  const ended = await run(['A=1', 'echo "$A $B ${LOCKSTEP_TEST_OF_LINES-none}"', 'ls'], {
    env: { B: '2' },
  })
  delete process.env['LOCKSTEP_TEST_OF_LINES']

  expect(ended).toMatchObject({ exitCode: 0, stdout: '1 2 none\nlockstep.yaml' })
})

it('ends at the first line that fails, in a pipe too, with its exit code', async () => {
  expect(await run(['false | cat', 'echo after'])).toMatchObject({ exitCode: 1, output: '' })
  expect(await run('(exit 4)\necho after')).toMatchObject({ exitCode: 4, output: '' })
})

it('gives the lines their secrets, and throws if a line writes one', async () => {
  const secrets = { TOKEN: 'a-token-of-a-job' }

  expect(await run('test -n "$TOKEN"', { secrets })).toMatchObject({ exitCode: 0 })
  await expect(run('echo "$TOKEN" >&2', { secrets })).rejects.toThrow('has shown a secret')
  await expect(run('echo "$TOKEN" > file', { secrets })).rejects.toThrow('has shown a secret')
})
