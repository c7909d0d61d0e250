/**
 * Lets one process at a time fill a place in the cache; others wait and then find it filled.
 * Only saves work: what is cached is put in place by a rename, so it is whole also without a lock.
 */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { waitUntil } from './wait-until.ts'

/** A lock without an owner's id is from a process that died between two calls, after this time. */
const nobodysAfter = 10_000

/** Runs `work` while holding the lock folder `path`, also taking it over from a dead process. */
export async function withBuildLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await waitUntil(`the lock ${path} is free`, () => whyNotTaken(path), {
    timeout: 15 * 60_000,
    interval: 200,
  })
  try {
    return await work()
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

async function whyNotTaken(path: string): Promise<string | undefined> {
  try {
    await mkdir(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (await isAbandoned(path)) await rm(path, { recursive: true, force: true })
    return 'another process holds it'
  }
  await writeFile(join(path, 'owner'), String(process.pid))
  return undefined
}

async function isAbandoned(path: string): Promise<boolean> {
  const owner = Number(await readFile(join(path, 'owner'), 'utf8').catch(() => ''))
  if (owner > 0) return !isAlive(owner)
  const made = await stat(path).catch(() => undefined)
  return made !== undefined && Date.now() - made.mtimeMs > nobodysAfter
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
