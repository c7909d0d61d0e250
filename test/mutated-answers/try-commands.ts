/**
 * Commands run in this process against a cluster whose answers pass a proxy, one of them mutated:
 * each run must end in the right result or in a clear error.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Host, processHost } from '../../src/cli/host/host.ts'
import { main } from '../../src/cli/main.ts'
import { EXIT } from '../../src/domain/errors.ts'
import { terminalText } from '../../src/render/palette.ts'
import { FaultProxy, type Reply } from '../faults/fault-proxy.ts'
import { assertJson } from '../json-documents.ts'
import { replyMutationsOf } from './reply-mutations.ts'
import type { Counts } from './try-answers.ts'

/** A cluster that commands are run against. */
export interface Target {
  /** The nodes' own addresses, as they tell them. */
  readonly addresses: readonly string[]
  readonly token: string
  /** Simulated servers change at once, so that no run has to wait for them. */
  readonly isSimulated: boolean
}

export interface CommandTrial {
  readonly name: string
  /** The command line; `FILE` stands for the path of the desired state. */
  readonly args: readonly string[]
  readonly file: object
  /** Makes the cluster as it is before the command. */
  readonly prepare: () => Promise<void>
  /** What is false in what a run said or left behind; undefined if nothing is. */
  readonly whyFalse: (run: EndedRun) => Promise<string | undefined>
}

export interface Ended {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

export interface EndedRun extends Ended {
  /** The trial's command once more, in the same home, with no answer mutated. */
  readonly runAgain: () => Promise<Ended>
}

export interface Sampling {
  /** How deep the fields of each answer are mutated. */
  readonly depth: number
  /** How many of all mutations are tried, spread evenly over them. */
  readonly count: number
}

/** Mutates the answers of a trial's command, one a run. */
export async function tryCommand(
  target: Target,
  trial: CommandTrial,
  { depth, count }: Sampling,
): Promise<Counts> {
  await using proxy = await FaultProxy.start(target.addresses)
  const stage = { target, trial, proxy }
  const seen = new Map<string, Reply>()
  const right = await judgeRun(stage, (key, reply) => {
    if (!seen.has(key)) seen.set(key, reply)
    return reply
  })
  if (right.kind !== 'clean') throw new Error(`${trial.name}, nothing mutated: ${right.told}`)
  const all = [...seen].flatMap(([key, reply]) =>
    replyMutationsOf(reply, depth).map((mutation) => ({ key, mutation })),
  )
  const counts = { tried: 0, clean: 0, wrong: [] as string[], crashed: [] as string[] }
  for (const { key, mutation } of spread(all, count)) {
    counts.tried += 1
    const verdict = await judgeRun(stage, (asked, reply) =>
      asked === key ? mutation.apply(reply) : reply,
    )
    const told = `${trial.name}: ${key}: ${mutation.name}`
    if (verdict.kind === 'clean') counts.clean += 1
    else counts[verdict.kind].push(`${told}: ${verdict.told}`)
  }
  return counts
}

/** So many of a list in even steps, the first one among them. */
function spread<T>(all: readonly T[], count: number): readonly T[] {
  if (count >= all.length) return all
  return all.filter(
    (_, at) =>
      Math.floor((at * count) / all.length) !== Math.floor(((at - 1) * count) / all.length),
  )
}

interface Stage {
  readonly target: Target
  readonly trial: CommandTrial
  readonly proxy: FaultProxy
}

/** `key` tells which request it answers: the node, the method, the path, and which time it is. */
type Mutate = (key: string, reply: Reply) => Reply

type Verdict =
  { readonly kind: 'clean' } | { readonly kind: 'wrong' | 'crashed'; readonly told: string }

/** One run in a home of its own, and what is wrong with it. */
async function judgeRun(stage: Stage, mutate: Mutate): Promise<Verdict> {
  await stage.trial.prepare()
  const home = await mkdtemp(join(tmpdir(), 'lockstep-mutated-'))
  try {
    const run = await runInProcess(stage, home, mutate)
    const screen = `\n${cutLong(run.out)}${cutLong(run.err)}`
    const crash = whyCrashed(run)
    if (crash !== undefined) return { kind: 'crashed', told: crash + screen }
    const runAgain = () => runInProcess(stage, home, (_, reply) => reply)
    const why = await stage.trial.whyFalse({ ...run, runAgain })
    return why === undefined ? { kind: 'clean' } : { kind: 'wrong', told: why + screen }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function runInProcess(stage: Stage, home: string, mutate: Mutate): Promise<Ended> {
  const { target, trial, proxy } = stage
  const file = join(home, 'lockstep.yaml')
  await writeFile(file, JSON.stringify(trial.file))
  const times = new Map<string, number>()
  proxy.intercept((request) => {
    const asked = `node ${request.node + 1} ${request.method} ${request.path}`
    const time = (times.get(asked) ?? 0) + 1
    times.set(asked, time)
    return {
      kind: 'rewrite',
      rewrite: (reply) =>
        mutate(`${asked} (${time})`, withAddresses(reply, target.addresses, proxy.addresses)),
    }
  })
  const written = { out: '', err: '' }
  const host = hostOf(target, home, proxy.addresses[0] ?? '', written)
  const args = trial.args.map((arg) => (arg === 'FILE' ? file : arg))
  const exitCode = await main(args, host, 'test').catch((error: unknown) => {
    written.err += `main threw ${String(error)}`
    return -1
  })
  if (exitCode !== -1) assertJson(args, written.out, { exitCode })
  return { exitCode, ...written }
}

function hostOf(
  target: Target,
  home: string,
  address: string,
  written: { out: string; err: string },
): Host {
  const real = processHost()
  const clock = { now: Date.parse('2026-06-15T12:00:00Z') }
  return {
    ...real,
    out: (text) => (written.out += terminalText(text, real.paintKey)),
    err: (text) => (written.err += terminalText(text, real.paintKey)),
    outIsTerminal: false,
    showLine: () => undefined,
    errIsTerminal: false,
    inIsTerminal: false,
    width: 120,
    home,
    env: { BAO_ADDR: address, BAO_TOKEN: target.token, XDG_STATE_HOME: home, NO_COLOR: '1' },
    onInterrupt: () => () => undefined,
    ...(target.isSimulated && {
      now: () => new Date(clock.now),
      wait: (milliseconds) => {
        clock.now += milliseconds
        return Promise.resolve()
      },
      every: () => () => undefined,
    }),
  }
}

const EXIT_CODES: readonly number[] = Object.values(EXIT)

/** What no user may see, whatever a server answers. */
function whyCrashed({ exitCode, out, err }: Ended): string | undefined {
  if (!EXIT_CODES.includes(exitCode)) return `it ended with exit code ${exitCode}`
  if (err.includes('this is a bug in lockstep')) return 'it told of a bug'
  if (/^\s+at (?:.+ \()?(?:file:|node:|\S+\.[jt]s:\d)/m.test(out + err))
    return 'a stack trace was shown'
  if ((out + err).includes('\u001b')) return 'an escape reached the terminal'
  if (out.length + err.length > 100_000) return 'more than 100,000 characters were shown'
  return exitCode !== EXIT.done && out + err === '' ? 'it said nothing' : undefined
}

/** As the nodes tell them where the program is to reach each through the proxy. */
function withAddresses(reply: Reply, from: readonly string[], to: readonly string[]): Reply {
  const replace = (text: string): string =>
    from.reduce((told, address, at) => told.replaceAll(address, to[at] ?? ''), text)
  const { location } = reply.headers
  return {
    ...reply,
    headers: { ...reply.headers, ...(location !== undefined && { location: replace(location) }) },
    body: Buffer.from(replace(reply.body.toString())),
  }
}

function cutLong(text: string): string {
  return text.length > 2000 ? `${text.slice(0, 2000)} …` : text
}
