/** What is false in what a command said of a drifted cluster, or left behind in one to upgrade. */
import { EXIT } from '../../src/domain/errors.ts'
import type { CommandTrial, EndedRun } from './try-commands.ts'

type Judge = CommandTrial['whyFalse']

/** What a drifted cluster has, where not every node runs the desired binary. */
export interface Expected {
  readonly plugin: string
  readonly mount: string
  /** The desired SHA-256. */
  readonly desired: string
}

const NODES = 3

export const whyDriftFalse: Judge = (run) =>
  Promise.resolve(
    run.exitCode === EXIT.done || /No drift|"in_sync": true/.test(run.out)
      ? 'it says that nothing drifted'
      : whyUnexpected(run, [EXIT.error, EXIT.changes, EXIT.notAllowed, EXIT.notAllSeen]),
  )

export const whyPlanFalse: Judge = (run) => {
  if (run.exitCode === EXIT.done || run.out.includes('No changes')) {
    return Promise.resolve('it says that there is nothing to change')
  }
  const isPlan = run.exitCode === EXIT.changes
  if (isPlan && nodesIn(run.out) < NODES) return Promise.resolve('it plans for fewer nodes')
  const allowed = [EXIT.error, EXIT.changes, EXIT.blocked, EXIT.notAllowed, EXIT.notAllSeen]
  return Promise.resolve(whyUnexpected(run, allowed))
}

export function whyStatusFalse({ mount, desired }: Expected): Judge {
  return (run) => {
    if (run.exitCode !== EXIT.done) {
      return Promise.resolve(whyUnexpected(run, [EXIT.error, EXIT.notAllowed]))
    }
    if (nodesIn(run.out) < NODES) return Promise.resolve('it shows fewer nodes')
    if (!run.out.startsWith('{')) {
      return Promise.resolve(
        /each as configured\.$/m.test(run.out)
          ? 'it says that every mount is as configured'
          : undefined,
      )
    }
    const status = JSON.parse(run.out) as StatusJson
    const views = status.mounts.find((one) => one.path === mount)?.nodes ?? []
    // Those that are told as not serving are not shown with the mount.
    const serving = status.nodes.filter((one) => one.state === 'serving')
    if (views.length < serving.length && status.unreadable.length === 0) {
      return Promise.resolve('it leaves out a mount, or a node of it, and does not say so')
    }
    const isWell = views.every((one) => one.running_sha256 === desired && one.answers === 'yes')
    const isWhole = status.nodes.every(({ state }) => state === 'serving' || state === 'forwarding')
    return Promise.resolve(
      isWhole && isWell && views.length > 0
        ? 'it shows every node on the desired binary'
        : undefined,
    )
  }
}

interface StatusJson {
  readonly nodes: readonly { readonly state: string }[]
  readonly mounts: readonly {
    readonly path: string
    readonly nodes: readonly { readonly running_sha256?: string; readonly answers: string }[]
  }[]
  readonly unreadable: readonly unknown[]
}

/** The file asks for a change, so a plan that was made has steps. */
export const whyDoctorFalse: Judge = (run) => {
  const { checks } = JSON.parse(run.out) as DoctorJson
  const find = (name: string) => checks.find(({ check }) => check === name)
  const plan = find('plan')
  if (plan?.result === 'ok' && plan.message.includes(' 0 steps')) {
    return Promise.resolve('it says that there is nothing to change')
  }
  const nodes = find('nodes')
  if (nodes?.result === 'ok' && nodes.details.length < NODES) {
    return Promise.resolve('it says that all is well with fewer nodes')
  }
  if (run.exitCode === EXIT.done && checks.some(({ result }) => result === 'failed')) {
    return Promise.resolve('it exits 0 although a check failed')
  }
  return Promise.resolve(whyUnexpected(run, [EXIT.done, EXIT.error, EXIT.blocked, EXIT.notAllowed]))
}

interface DoctorJson {
  readonly checks: readonly {
    readonly check: string
    readonly result: string
    readonly message: string
    readonly details: readonly string[]
  }[]
}

export function whyImportFalse({ plugin }: Expected): Judge {
  return (run) => {
    if (run.exitCode !== EXIT.done) {
      return Promise.resolve(whyUnexpected(run, [EXIT.error, EXIT.notAllowed, EXIT.notAllSeen]))
    }
    // In the file, or in a comment or warning that says why it is not.
    return Promise.resolve(
      (run.out + run.err).includes(plugin)
        ? undefined
        : 'it leaves out the plugin and does not say so',
    )
  }
}

/** How a cluster is, whatever was said. `registered`: only the new version's entry is there. */
export type ApplyState = 'untouched' | 'registered' | 'between' | 'upgraded'

/** An upgrade: what it says has to be so, and the next run has to end it. */
export function whyApplyFalse(look: () => Promise<ApplyState>): Judge {
  return async (run) => {
    const state = await look()
    const why = whyOutcomeFalse(run, state)
    if (why !== undefined || state === 'upgraded') return why
    const { exitCode, out, err } = await run.runAgain()
    const end = await look()
    if (exitCode === EXIT.done && end === 'upgraded') return undefined
    return `the next run ends with exit code ${exitCode} and the cluster ${end}:\n${out}${err}\nThe first:`
  }
}

function whyOutcomeFalse(run: EndedRun, state: ApplyState): string | undefined {
  const { exitCode, out, err } = run
  const isOld = state === 'untouched' || state === 'registered'
  if (exitCode === EXIT.done && state !== 'upgraded') return `exit code 0, and it is ${state}`
  if (exitCode === EXIT.rolledBack && !isOld) return `rolled back, and it is ${state}`
  if (/[Nn]othing was changed/.test(out + err) && state !== 'untouched') {
    return `nothing was changed, it says, and it is ${state}`
  }
  const saysOutcome = /\bDone\b|Rolled back|ROLLBACK FAILED|NOT rolled back/.test(out + err)
  if (!saysOutcome && state !== 'untouched') {
    if (exitCode !== EXIT.done) return `it does not say what it did, and it is ${state}`
  }
  return whyUnexpected(
    run,
    Object.values(EXIT).filter((code) => code !== EXIT.changes && code !== EXIT.interrupted),
  )
}

function nodesIn(text: string): number {
  return new Set(text.match(/http:\/\/127\.0\.0\.1:\d+/g)).size
}

function whyUnexpected({ exitCode }: EndedRun, allowed: readonly number[]): string | undefined {
  return allowed.includes(exitCode) ? undefined : `exit code ${exitCode}`
}
