// Loaded before the program, with `node --import`: kills it as soon as LOCKSTEP_TEST_LINES lines of
// its journal are on disk, before anything else can happen. So a test knows which line it was.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { openSync, fsyncSync } = fs
const last = Number(process.env['LOCKSTEP_TEST_LINES'])
let journal
let lines = 0

fs.openSync = (path, flags, mode) => {
  const descriptor = openSync(path, flags, mode)
  if (flags === 'ax' && String(path).endsWith('.jsonl')) journal = descriptor
  return descriptor
}
fs.fsyncSync = (descriptor) => {
  fsyncSync(descriptor)
  if (descriptor === journal && ++lines === last) process.kill(process.pid, 'SIGKILL')
}
syncBuiltinESMExports()
