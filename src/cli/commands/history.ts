/** `lockstep history`: lists the recorded runs, or shows one of them. */
import type { History, HistoryRun } from '../../documents/history.generated.ts'
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { compareText } from '../../domain/names.ts'
import { jsonText, line, lines } from '../../domain/printable.ts'
import { journalRoot } from '../../journal/write-journal.ts'
import { listRuns, readRun } from '../../journal/read-journal.ts'
import { isHeld, readHolder } from '../../lock/local-lock.ts'
import { type KeptRun, listKeptRuns } from '../../operations/read-runs.ts'
import { renderHistory, renderRun } from '../../render/history-text.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions, HtmlOption } from '../options.ts'
import { openSession } from '../session.ts'

type HistoryOptions = CommonOptions &
  HtmlOption & { readonly json?: boolean; readonly journal?: string }

/** The most runs of other machines that are listed: each is read from the servers. */
const OTHERS_LISTED = 100

export async function history(
  run: string | undefined,
  options: HistoryOptions,
  host: Host,
): Promise<ExitCode> {
  if (run === undefined && options.html !== undefined) throw pageOfNoRun()
  const desired = options.file === undefined ? undefined : await loadDesired(options, host)
  const journal = desired?.cluster.journal
  const local = findLocalRuns(options, host)
  if (journal === undefined) return show(run, local, options, host)
  const session = await openSession(options, host, desired)
  try {
    const { id } = await session.identify()
    const kept = await listKeptRuns({ cluster: id, journal }, session)
    const ofCluster = new Set(kept.map((found) => found.run))
    const all = [...kept, ...local.filter((found) => !ofCluster.has(found.run))]
    return await show(run, all.sort(oldestFirst), options, host)
  } finally {
    await session.close()
  }
}

async function show(
  run: string | undefined,
  found: readonly KeptRun[],
  options: HistoryOptions,
  host: Host,
): Promise<ExitCode> {
  const active = findActiveRuns(host)
  if (run === undefined) {
    const listed = newestOfOthers(found, host)
    const runs = (await Promise.all(listed.map((kept) => readOrWarn(kept, active, host)))).flat()
    if (options.json === true) {
      const document: History = { format: 1, runs }
      host.out(lines(jsonText(document, 2)))
    } else host.out(lines(renderHistory(runs)))
    return EXIT.done
  }
  const kept = chooseRun(run, found)
  const events = [...(await kept.read())]
  if (options.html !== undefined) {
    const { writeRunPage } = await import('../pages.ts')
    await writeRunPage(options.html, { name: kept.run, under_way: active.has(kept.run), events })
  }
  if (options.json === true) for (const event of events) host.out(lines(jsonText(event)))
  else host.out(lines(renderRun(events)))
  return EXIT.done
}

/** The runs without the oldest of other machines, of which it says how many are left out. */
function newestOfOthers(found: readonly KeptRun[], host: Host): readonly KeptRun[] {
  const others = found.filter(({ isLocal }) => !isLocal)
  const left = new Set(others.slice(0, Math.max(0, others.length - OTHERS_LISTED)))
  if (left.size > 0) {
    host.err(
      line`Left out: the ${left.size} oldest runs of other machines. Show one by its id: lockstep history RUN`,
    )
  }
  return found.filter((kept) => !left.has(kept))
}

/** Warns of a journal that cannot be read, so that the others are still listed. */
async function readOrWarn(
  { run, read }: KeptRun,
  active: ReadonlySet<string>,
  host: Host,
): Promise<HistoryRun[]> {
  try {
    return [{ name: run, under_way: active.has(run), events: [...(await read())] }]
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    host.err(line`Left out: ${error.message}`)
    return []
  }
}

/** Every run with a journal on this machine, oldest first: in `--journal`, or else of all clusters. */
function findLocalRuns(options: Pick<HistoryOptions, 'journal'>, host: Host): KeptRun[] {
  const folders =
    options.journal === undefined ? journalRoot(host.env, host.home).folders() : [options.journal]
  return folders
    .flatMap((folder) =>
      listRuns(folder).map((run) => ({
        run,
        isLocal: true,
        read: () => Promise.resolve(readRun(folder, run)),
      })),
    )
    .sort(oldestFirst)
}

function oldestFirst(a: KeptRun, b: KeptRun): number {
  return compareText(a.run, b.run)
}

/** The ids of the runs whose process holds the lock of its cluster. */
function findActiveRuns(host: Host): ReadonlySet<string> {
  const watcher = { host: host.hostname, pid: host.pid }
  return new Set(
    journalRoot(host.env, host.home)
      .folders()
      .flatMap((folder) => {
        const holder = readHolder(folder)
        const held =
          holder !== undefined && isHeld(holder, { holder: watcher, isAlive: host.isAlive })
        return held ? holder.run : []
      }),
  )
}

/** One run. `run` is its id or the first characters of its id. */
function chooseRun(run: string, found: readonly KeptRun[]): KeptRun {
  const matching = found.filter((kept) => kept.run.startsWith(run))
  const [only] = matching
  if (only !== undefined && matching.length === 1) return only
  throw new LockstepError({
    code: 'no-such-run',
    message: matching.length === 0 ? `there is no run "${run}"` : `"${run}" matches several runs`,
    hint: 'List the runs: lockstep history (with -f also those in the shared journal)',
  })
}

function pageOfNoRun(): LockstepError {
  return new LockstepError({
    code: 'no-such-run',
    message: '--html writes the page of one run, and no run was given',
    hint: 'List the runs: lockstep history. Then: lockstep history RUN --html FILE',
  })
}
