/** `lockstep history`: lists the runs that have a journal on this machine, or shows one of them. */
import type { History, HistoryRun } from '../../documents/history.generated.ts'
import { EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { jsonText, line, lines } from '../../domain/printable.ts'
import { journalRoot } from '../../journal/write-journal.ts'
import { listRuns, readRun } from '../../journal/read-journal.ts'
import { isHeld, readHolder } from '../../lock/local-lock.ts'
import { renderHistory, renderRun } from '../../render/history-text.ts'
import type { Host } from '../host/host.ts'
import type { HtmlOption, OutputOptions } from '../options.ts'

type HistoryOptions = OutputOptions &
  HtmlOption & { readonly json?: boolean; readonly journal?: string }

export async function history(
  run: string | undefined,
  options: HistoryOptions,
  host: Host,
): Promise<ExitCode> {
  const found = findRuns(options, host)
  if (run === undefined) {
    if (options.html !== undefined) throw pageOfNoRun()
    const active = findActiveRuns(host)
    const runs = found.flatMap((kept) => readOrWarn(kept, active, host))
    if (options.json === true) {
      const document: History = { format: 1, runs }
      host.out(lines(jsonText(document, 2)))
    } else host.out(lines(renderHistory(runs)))
    return EXIT.done
  }
  const shown = readOne(run, found, host)
  const { events } = shown
  if (options.html !== undefined) {
    const { writeRunPage } = await import('../pages.ts')
    await writeRunPage(options.html, shown)
  }
  if (options.json === true) for (const event of events) host.out(lines(jsonText(event)))
  else host.out(lines(renderRun(events)))
  return EXIT.done
}

/** Warns of a journal that cannot be read, so that the others are still listed. */
function readOrWarn(
  { folder, name }: KeptRun,
  active: ReadonlySet<string>,
  host: Host,
): HistoryRun[] {
  try {
    return [{ name, under_way: active.has(name), events: readRun(folder, name) }]
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error
    host.err(line`Left out: ${error.message}`)
    return []
  }
}

export interface KeptRun {
  readonly folder: string
  readonly name: string
}

/** Every run with a journal, oldest first: in `--journal`, or else of all clusters. */
export function findRuns(options: Pick<HistoryOptions, 'journal'>, host: Host): KeptRun[] {
  const folders =
    options.journal === undefined ? journalRoot(host.env, host.home).folders() : [options.journal]
  return folders
    .flatMap((folder) => listRuns(folder).map((name) => ({ folder, name })))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
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
function readOne(run: string, found: readonly KeptRun[], host: Host): HistoryRun {
  const matching = found.filter(({ name }) => name.startsWith(run))
  const [only] = matching
  if (only !== undefined && matching.length === 1) {
    const { folder, name } = only
    return { name, under_way: findActiveRuns(host).has(name), events: readRun(folder, name) }
  }
  throw new LockstepError({
    code: 'no-such-run',
    message: matching.length === 0 ? `there is no run "${run}"` : `"${run}" matches several runs`,
    hint: 'List the runs: lockstep history',
  })
}

function pageOfNoRun(): LockstepError {
  return new LockstepError({
    code: 'no-such-run',
    message: '--html writes the page of one run, and no run was given',
    hint: 'List the runs: lockstep history. Then: lockstep history RUN --html FILE',
  })
}
