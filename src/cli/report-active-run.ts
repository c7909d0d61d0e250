/** Reports on stderr that a run is under way, or that the latest run died before its end. */
import { unreachable } from '../domain/errors.ts'
import { line } from '../domain/printable.ts'
import type { Context } from '../operations/context.ts'
import {
  type ActiveRunQuestion,
  findActiveRun,
  type RunNotice,
} from '../operations/find-active-run.ts'
import type { Host } from './host/host.ts'

/** Prints a line for each notice; nothing if no run is under way and none has died. */
export async function reportActiveRun(
  question: ActiveRunQuestion,
  session: Context,
  host: Host,
): Promise<void> {
  for (const notice of await findActiveRun(question, session)) host.err(describeActiveRun(notice))
}

export function describeActiveRun(notice: RunNotice): string {
  switch (notice.kind) {
    case 'under_way':
      return line`A run is under way: by ${notice.who}, since ${notice.since} (run ${notice.run}).`
    case 'died':
      return line`Run ${notice.run} (by ${notice.who}) died before its end: mounts may be between two versions. See what it did with lockstep history ${notice.run}; resume with lockstep apply.`
    case 'not_ended':
      return line`Run ${notice.run} (by ${notice.who}) has no end in the shared journal: it is under way on another machine, or it died. If that machine is idle, resume with lockstep apply.`
    case 'unknown':
      return notice.what === 'died'
        ? line`Could not find out whether a run has died: ${notice.why}`
        : line`Could not find out whether a run is under way: ${notice.why}`
    default:
      return unreachable(notice)
  }
}
