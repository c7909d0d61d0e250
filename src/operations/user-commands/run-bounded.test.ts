import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeScratchFolder } from '../../../test/cli/scratch-folder.ts'
import { commandEnvironment } from './command-environment.ts'
import { runBounded } from './run-bounded.ts'

const env = { PATH: process.env['PATH'] ?? '' }
const bounds = { timeLimit: 60_000, secrets: [], env }

test('kills a command that prints without end', async () => {
  const ran = await runBounded(['yes'], bounds)

  expect(ran).toEqual({ kind: 'failed', reason: 'it printed more than 10 million characters' })
})

test('runs at most eight of many commands at the same time, and runs all of them', async () => {
  await using folder = await makeScratchFolder({ log: '' })
  const log = join(folder.path, 'log')
  const command = ['sh', '-c', `echo begin >> ${log}; sleep 0.05; echo end >> ${log}`]

  const ran = await Promise.all(Array.from({ length: 30 }, () => runBounded(command, bounds)))

  const lines = (await readFile(log, 'utf8')).trim().split('\n')
  let underWay = 0
  let most = 0
  for (const line of lines) {
    underWay += line === 'begin' ? 1 : -1
    most = Math.max(most, underWay)
  }
  expect(ran).toHaveLength(30)
  expect(lines).toHaveLength(60)
  expect(most).toBeLessThanOrEqual(8)
})

test('passes only the given environment to a command', async () => {
  const all = { PATH: env.PATH, HOME: '/h', LC_ALL: 'C', BAO_TOKEN: 'hvs.x', AWS_KEY: 'k', A: 'b' }
  const ran = await runBounded(['env'], { ...bounds, env: commandEnvironment(all, ['A']) })

  const { stdout } = ran as { stdout: string }
  expect(stdout.trim().split('\n').sort()).toEqual(
    ['A=b', 'HOME=/h', 'LC_ALL=C', `PATH=${env.PATH}`].sort(),
  )
})
