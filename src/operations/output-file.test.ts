import { execFileSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeScratchFolder } from '../../test/cli/scratch-folder.ts'
import { writeOutputFile } from './output-file.ts'

test('a device is written to and stays a device, and a full one is an error', async () => {
  await using folder = await makeScratchFolder({})
  const isRoot = process.getuid?.() === 0
  const device = isRoot ? join(folder.path, 'full') : '/dev/full'
  if (isRoot) execFileSync('mknod', [device, 'c', '1', '7'])

  await expect(
    writeOutputFile(device, 'text', { what: 'the report', option: '--out' }),
  ).rejects.toMatchObject({
    code: 'unwritable-file',
    message: `the report cannot be written to ${device} (ENOSPC)`,
  })
  expect((await stat(device)).isCharacterDevice()).toBe(true)
})
