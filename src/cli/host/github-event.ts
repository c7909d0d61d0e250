/** What started a workflow of GitHub Actions: the file that `GITHUB_EVENT_PATH` names. */
import { readFileSync, statSync } from 'node:fs'
import type { Host } from './host.ts'

/** In bytes: GitHub writes less, and any other file is none of its events. */
const LARGEST_EVENT = 8 * 1024 * 1024

/** Undefined outside GitHub Actions, and for what is no event. Of any shape. */
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
