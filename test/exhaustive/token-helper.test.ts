/** A token helper that hangs is ended after its time limit, which is 30 s. */
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Workplace } from '../faults/run-program.ts'

test('a token helper that hangs is killed, and the command ends with 8', async () => {
  await using place = await Workplace.make('', { BAO_ADDR: 'http://127.0.0.1:9' })
  const helper = join(place.home, 'helper')
  const pid = join(place.home, 'pid')
  await writeFile(helper, `#!/bin/sh\necho $$ > ${pid}\nexec sleep 600\n`)
  await chmod(helper, 0o700)
  await writeFile(join(place.home, '.bao'), `token_helper = "${helper}"\n`)

  const run = await place.run(['status'])

  expect(run).toMatchObject({ exitCode: 8, stdout: '' })
  expect(run.stderr).toContain(`the token helper ${helper}`)
  const running = Number(await readFile(pid, 'utf8'))
  expect(() => process.kill(running, 0)).toThrow('ESRCH')
})
