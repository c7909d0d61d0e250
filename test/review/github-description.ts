/**
 * GitHub's own OpenAPI description, from its npm package. The package is 480 MB unpacked, so it is
 * no development dependency: the one file that is needed is taken out of it, into `.cache/`.
 */
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { ensureCached } from '../cluster/cache.ts'
import type { OpenApiDocument } from './openapi.ts'

const PACKAGE = '@octokit/openapi@23.0.2'
/** SHA-512 of the package, as the registry has it. */
const INTEGRITY =
  'pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=='
const FILE = 'package/generated/api.github.com.json'

export async function githubDescription(): Promise<OpenApiDocument> {
  const path = await ensureCached('api.github.com-23.0.2.json', extract)
  return JSON.parse(await readFile(path, 'utf8')) as OpenApiDocument
}

async function extract(unfinished: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-openapi-'))
  try {
    const { stdout } = await execa('npm', ['pack', PACKAGE, '--silent'], { cwd: folder })
    const archive = join(folder, stdout.trim())
    const sum = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')
    if (sum !== INTEGRITY) throw new Error(`${PACKAGE} has another SHA-512: ${sum}`)
    await execa('tar', ['-xzf', archive, FILE], { cwd: folder })
    await rename(join(folder, FILE), unfinished)
  } catch (error) {
    // Another file system than the cache's.
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error
    await execa('cp', [join(folder, FILE), unfinished])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
