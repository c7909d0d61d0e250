/**
 * Runs the shell lines of a pipeline's definition as the runner of a CI system does: in one shell
 * that ends at the first line that fails, with the variables of that job and nothing of this process,
 * and with a home of its own. On the path are the built `lockstep` and the programs that a test
 * gives. Throws if a secret of the job appears in what the lines wrote.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { assertUnseen } from '../canaries.ts'
import { program } from '../cli/run-lockstep.ts'

export interface Lines {
  /** As they stand in the YAML: one text, or a list of them. */
  readonly script: string | readonly string[]
  /** Where they run: the checkout of the job, as of `makeScratchFolder`. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Variables that hold secrets: they are in `env` of the lines, and in nothing that these write. */
  readonly secrets: Readonly<Record<string, string>>
  /** Atlantis runs a step with `sh -c`; bash if not given. */
  readonly shell?: 'sh'
  /** The path of each further program, by the name that the lines call it. */
  readonly programs?: Readonly<Record<string, string>>
}

export interface LinesRun {
  readonly exitCode: number
  /** stdout and stderr, in the order they were written. */
  readonly output: string
  readonly stdout: string
}

/** The runner of GitLab and a step of GitHub (`shell: bash`) run their lines with these options. */
const BASH_OPTIONS = ['--noprofile', '--norc', '-eo', 'pipefail', '-c']

export async function runLines(lines: Lines): Promise<LinesRun> {
  const { script, cwd, env, secrets, shell, programs = {} } = lines
  const root = await mkdtemp(join(tmpdir(), 'lockstep-job-'))
  try {
    const [bin, home] = [join(root, 'bin'), join(root, 'home')]
    await mkdir(bin)
    await mkdir(home)
    const wrapper = `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`
    await writeFile(join(bin, 'lockstep'), wrapper, { mode: 0o755 })
    for (const [name, path] of Object.entries(programs)) await symlink(path, join(bin, name))
    const text = [script].flat().join('\n')
    const [file, options] = shell === 'sh' ? ['sh', ['-c']] : ['bash', BASH_OPTIONS]
    const ended = await execa(file, [...options, text], {
      cwd,
      env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: home, ...env, ...secrets },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      all: true,
      timeout: 600_000,
    })
    if (ended.exitCode === undefined) throw new Error(`the lines did not end: ${ended.message}`)
    const { exitCode, all: output, stdout } = ended
    const files = await readAll([home, cwd])
    assertUnseen(Object.values(secrets), { 'its output': output, 'its files': files }, [text])
    return { exitCode, output, stdout }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function readAll(folders: readonly string[]): Promise<string> {
  const texts: string[] = []
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      if (entry.isFile()) texts.push(await readFile(join(entry.parentPath, entry.name), 'utf8'))
    }
  }
  return texts.join('\n')
}
