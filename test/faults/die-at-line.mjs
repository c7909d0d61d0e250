// Loaded before the program, with `node --import`: kills it as soon as LOCKSTEP_TEST_LINES lines of
// its journal are written, before anything else can happen. So a test knows which line it was.
import { Buffer } from 'node:buffer'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { openSync, writeSync } = fs
const last = Number(process.env['LOCKSTEP_TEST_LINES'])
const NEWLINE = 10
let journal
let lines = 0

fs.openSync = (path, flags, mode) => {
  const descriptor = openSync(path, flags, mode)
  if (flags === 'ax' && String(path).endsWith('.jsonl')) journal = descriptor
  return descriptor
}
fs.writeSync = (descriptor, data, ...rest) => {
  const written = writeSync(descriptor, data, ...rest)
  const isWhole = Buffer.isBuffer(data) && (rest[0] ?? 0) + written === data.length
  if (descriptor === journal && isWhole && data.at(-1) === NEWLINE && ++lines === last) {
    process.kill(process.pid, 'SIGKILL')
  }
  return written
}
syncBuiltinESMExports()
