/** The entry point of the program. Answers `--version` without loading anything else. */
import { runProcess } from './run-process.ts'

await runProcess(async () => {
  const { loadMain, processHost, readCodeCache } = await import('./load-main.ts')
  const folder = import.meta.dirname
  const { main } = loadMain(folder, readCodeCache(folder))
  return { main, processHost }
})
