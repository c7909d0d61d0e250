/** The entry point of the executable that has Node in it (`npm run executable`): one script. */
import { runProcess } from './run-process.ts'

void runProcess(async () => {
  const [{ main }, { processHost }] = [await import('./main.ts'), await import('./host/host.ts')]
  return { main, processHost }
})
