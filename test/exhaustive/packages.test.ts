/**
 * The forms in which the program is installed: the npm package, the executable and the container
 * image, each made from a copy of the checkout as a release makes it, and run where nothing else of
 * the project is.
 */
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest'
import { createTwin } from '../../src/twin/cluster/twin.ts'
import { startTwinServer, type TwinServer } from '../../src/twin/http/http-server.ts'
import { nodeAddress, plugin, sha256Of, version } from '../builders/live.ts'
import { checkout, onTerminal } from '../cli/run-lockstep.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'
import { ensureHadolint, ensureTool } from '../cluster/cache.ts'

const TOKEN = 'the-token-of-the-twin'
const KV = plugin('secret/x-kv')
const NEW = version('v0.21.0')
const FILE = { command: 'kv-0.21.0', sha256: sha256Of(KV, NEW) }
const DESIRED = JSON.stringify({
  version: 1,
  plugins: { [KV]: { use: NEW, versions: { [NEW]: FILE } } },
})

let root: string
let released: string
let packageVersion: string
let server: TwinServer

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lockstep-packages-'))
  released = join(root, 'release')
  const copy = join(root, 'checkout')
  await copyFiles(await trackedFiles(), copy)
  await symlink(join(checkout, 'node_modules'), join(copy, 'node_modules'))
  await execa('bash', ['scripts/release.sh', released], { cwd: copy })
  const manifest = await readFile(join(checkout, 'package.json'), 'utf8')
  packageVersion = (JSON.parse(manifest) as { version: string }).version
})
afterAll(() => rm(root, { recursive: true, force: true }))

beforeEach(async () => {
  const nodes = [1, 2, 3].map((number) => ({
    address: nodeAddress(number),
    files: { [FILE.command]: { sha256: FILE.sha256 } },
  }))
  const cluster = { name: 'lab', id: 'id' }
  const twin = createTwin({ product: 'openbao', server_version: '2.7.2', cluster, nodes })
  server = await startTwinServer(twin, { token: TOKEN })
})
afterEach(() => server.close())

async function trackedFiles(): Promise<string[]> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard']
  const { stdout } = await execa('git', args, { cwd: checkout })
  return stdout.split('\n').filter((file) => existsSync(join(checkout, file)))
}

async function copyFiles(files: readonly string[], folder: string): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await cp(join(checkout, file), join(folder, file))
  }
}

/** Runs one form of the program; `env` is its whole environment, beside the cluster's address. */
async function run(
  [program = '', ...first]: readonly string[],
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const { exitCode, stdout, stderr } = await execa(program, [...first, ...args], {
    cwd,
    env: { BAO_ADDR: server.addresses[0] ?? '', BAO_TOKEN: TOKEN, ...env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  return { exitCode, stdout, stderr }
}

it('a release has checksums of all its files', async () => {
  const { stdout } = await execa('sha256sum', ['--check', '--strict', 'SHA256SUMS'], {
    cwd: released,
  })

  const checked = stdout.split('\n').map((line) => line.replace(': OK', ''))
  expect([...checked, 'SHA256SUMS'].sort()).toEqual((await readdir(released)).sort())
  expect(checked).toHaveLength(2)
})

describe('the npm package', () => {
  it('installs in an empty folder, and runs with npx', async () => {
    await using folder = await makeScratchFolder({ 'package.json': '{}' })
    const cwd = folder.path
    const tarball = join(released, `lockstep-${packageVersion}.tgz`)
    const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball]
    await execa('npm', args, { cwd })
    const npx = (...words: string[]): Promise<{ stdout: string }> =>
      execa('npx', ['--no-install', 'lockstep', ...words], { cwd })

    expect((await npx('--version')).stdout).toBe(packageVersion)
    await npx('init')
    await npx('validate')
    expect((await npx('demo')).stdout).toContain('Apply complete')
    const installed = join(cwd, 'node_modules', 'lockstep')
    const shipped = await readdir(installed, { recursive: true })
    expect(shipped).toEqual(
      expect.arrayContaining(['LICENSE', 'dist/THIRD_PARTY_LICENSES', 'dist/lockstep.1']),
    )
    expect(
      shipped.filter((file) => /^(src|test|scripts)|\.map$|^dist\/lockstep$/.test(file)),
    ).toEqual([])
    const { stdout } = await execa(
      process.execPath,
      ['--input-type=module', '-e', `console.log(typeof (await import('lockstep')).makePlan)`],
      { cwd },
    )
    expect(stdout).toBe('function')
  })
})

describe('the npm package, without a project', () => {
  const tarball = (): string => join(released, `lockstep-${packageVersion}.tgz`)

  it('installs the command and its manual page globally', async () => {
    await using folder = await makeScratchFolder()
    const args = ['install', '--global', '--prefix', folder.path, '--prefer-offline', tarball()]
    await execa('npm', args, { cwd: folder.path })

    const { stdout } = await execa(join(folder.path, 'bin', 'lockstep'), ['--version'])
    expect(stdout).toBe(packageVersion)
    const page = await readFile(join(folder.path, 'share', 'man', 'man1', 'lockstep.1'), 'utf8')
    expect(page).toContain(packageVersion)
  })

  it('runs with npx from the file', async () => {
    await using folder = await makeScratchFolder()
    const args = ['--yes', '--prefer-offline', '--package', tarball(), 'lockstep', '--version']
    const env = { npm_config_cache: join(folder.path, 'cache') }

    expect((await execa('npx', args, { cwd: folder.path, env })).stdout).toBe(packageVersion)
  })
})

describe('the executable', () => {
  let program: string
  beforeAll(async () => {
    const name = `lockstep-${packageVersion}-${process.platform}-${process.arch}`
    await execa('tar', ['-xzf', join(released, `${name}.tar.gz`), '-C', root])
    expect((await readdir(join(root, name))).sort()).toEqual([
      ...['LICENSE', 'NODE_LICENSE', 'THIRD_PARTY_LICENSES', 'lockstep', 'lockstep.1'],
    ])
    program = join(root, name, 'lockstep')
  })

  it('runs alone, without Node or anything else on the PATH', async () => {
    await using folder = await makeScratchFolder()
    const at = { cwd: folder.path, env: { PATH: '', HOME: folder.path } }
    // A command of the file: the executable must be able to start processes.
    const checkBinary = ['/bin/sh', '-c', `echo ${FILE.sha256} {command}`]
    const desired = { ...(JSON.parse(DESIRED) as object), cluster: { binary_check: checkBinary } }
    await writeFile(join(folder.path, 'lockstep.yaml'), JSON.stringify(desired))

    expect(await run([program], ['--version'], at)).toEqual({
      exitCode: 0,
      stdout: packageVersion,
      stderr: '',
    })
    expect(await run([program], ['validate'], at)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await run([program], ['plan', '--detailed-exitcode'], at)).toMatchObject({ exitCode: 2 })
    const applied = await run([program], ['apply', '--auto-approve'], at)
    expect(applied, applied.stderr).toMatchObject({ exitCode: 0 })
    expect(applied.stdout).toContain('Apply complete')
    expect(await run([program], ['drift'], at)).toMatchObject({ exitCode: 0 })
    expect((await run([program], ['history'], at)).stdout).toMatch(/\d{4}-/)
    expect((await run([program], ['plna'], at)).exitCode).toBe(1)
  })

  it('shows the list of steps on a terminal', async () => {
    await using folder = await makeScratchFolder({ 'lockstep.yaml': DESIRED })
    const at = { cwd: folder.path, env: { PATH: process.env['PATH'] ?? '', HOME: folder.path } }

    const applied = await run(onTerminal('yes', [program, 'apply']), [], at)

    expect(applied.exitCode, applied.stdout).toBe(0)
    expect(applied.stdout).toContain('Apply complete')
  })
})

describe('the container image', () => {
  const dockerfile = (): Promise<string> => readFile(join(checkout, 'Dockerfile'), 'utf8')

  it('has a Dockerfile in which hadolint finds nothing, and it finds something', async () => {
    const hadolint = await ensureHadolint()
    const lint = (input: string) => execa(hadolint, ['--no-color', '-'], { input, reject: false })

    expect(await lint(await dockerfile())).toMatchObject({ exitCode: 0, stdout: '' })
    expect((await lint('FROM node\nRUN cd /x\n')).stdout).toContain('DL3006')
  })

  it('is built from the files that .dockerignore lets in, and runs read-only as another user', async () => {
    const text = await dockerfile()
    const context = join(root, 'context')
    const image = join(root, 'image')
    const admitted = (await readFile(join(checkout, '.dockerignore'), 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const files = (await trackedFiles()).filter((file) => admitted.includes(file.split('/')[0]!))
    await copyFiles(files, context)
    await symlink(join(checkout, 'node_modules'), join(context, 'node_modules'))
    const [, build = ''] = /^RUN (npm run build && .*) && mkdir \/state$/m.exec(text) ?? []
    expect(build).toContain(' /image')
    await execa('sh', ['-c', build.replace(' /image', ` ${image}`)], { cwd: context })
    await writeFile(join(image, 'work', 'lockstep.yaml'), DESIRED)
    const [, user = ''] = /^USER (\d+:\d+)$/m.exec(text) ?? []
    const [, entry = ''] = /^ENTRYPOINT (\[.*\])$/m.exec(text) ?? []
    const [, variables = ''] = /^ENV (.*)$/m.exec(text) ?? []
    const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n', '--preserve-env']
    const shell = (script: string): Promise<unknown> =>
      execa([...asRoot, 'sh', '-c'][0]!, [...asRoot, 'sh', '-c', script].slice(1), { cwd: image })
    // Only root could write to the image now.
    await shell('chown -R 0:0 . && chmod -R go-w . && mkdir state && chown 65532:65532 state')
    const { stdout: before } = await execa('find', ['.', '-newermt', '@0', '-printf', '%p %T@\n'], {
      cwd: image,
    })
    const started = [...asRoot, 'chroot', `--userspec=${user}`, image]
    const at = {
      cwd: '/',
      env: {
        ...Object.fromEntries(variables.split(' ').map((pair) => pair.split('='))),
        PATH: process.env['PATH'] ?? '',
      } as Record<string, string>,
    }
    const docker = (...args: string[]) =>
      run(
        [...started, ...(JSON.parse(entry) as string[])],
        [args, '-f', '/work/lockstep.yaml'].flat(),
        at,
      )

    const planned = await docker('plan', '--detailed-exitcode')
    expect(planned, planned.stderr).toMatchObject({ exitCode: 2 })
    const applied = await docker('apply', '--auto-approve')
    expect(applied, applied.stderr).toMatchObject({ exitCode: 0 })
    expect(await docker('drift')).toMatchObject({ exitCode: 0 })

    const { stdout: after } = await execa(
      'find',
      ['.', '-path', './state', '-prune', '-o', '-printf', '%p %T@\n'],
      { cwd: image },
    )
    const unchanged = before.split('\n').filter((line) => !line.startsWith('./state '))
    expect(after.split('\n').sort()).toEqual(unchanged.sort())
    const { stdout: journals } = await execa('find', ['state', '-name', '*.jsonl'], { cwd: image })
    expect(journals.split('\n')).toHaveLength(1)
    expect(existsSync(join(image, 'bin', 'sh'))).toBe(false)
  })
})

describe('the release workflow', () => {
  it('has nothing that actionlint finds, and makes the files that are tested here', async () => {
    const path = join(checkout, '.github', 'workflows', 'release.yml')
    const text = await readFile(path, 'utf8')
    const actionlint = await ensureTool('actionlint')
    const lint = (input: string) =>
      execa(actionlint, ['-no-color', '-shellcheck=', '-'], { input, reject: false })

    expect(await lint(text)).toMatchObject({ exitCode: 0, stdout: '' })
    expect((await lint(text.replace('needs: build', 'needs: biuld'))).exitCode).toBe(1)
    expect(text).toContain('run: bash .ci/run\n')
    expect(text).toContain('run: bash scripts/release.sh release\n')
    for (const [, action] of text.matchAll(/uses: (.*)$/gm)) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d/)
    }
  })
})
