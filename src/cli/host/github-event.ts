/**
 * Reads the event that started a workflow of GitHub Actions, from the file in `GITHUB_EVENT_PATH`.
 */
import { readFileSync, statSync } from 'node:fs'
import type { Host } from './host.ts'

/** In bytes. The event files of GitHub are smaller; a larger file is something else. */
const LARGEST_EVENT = 8 * 1024 * 1024

/** The event, of any shape; undefined outside GitHub Actions, and if the file is not an event. */
export function readGithubEvent({ env }: Pick<Host, 'env'>): unknown {
  const path = env['GITHUB_EVENT_PATH']
  if (path === undefined) return undefined
  try {
    const found = statSync(path)
    if (!found.isFile() || found.size > LARGEST_EVENT) return undefined
    return JSON.parse(readFileSync(path, 'utf8')) as unknown
  } catch {
    return undefined
  }
}
