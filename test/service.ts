/** The drift service as a process of its own, with its log and its answers. */
import type { Ended, Workplace } from './faults/run-program.ts'
import { waitUntil } from './cluster/wait-until.ts'
import { parseMetrics } from './render/parse-metrics.ts'

export interface LogLine {
  readonly level: string
  readonly event: string
  readonly result?: string
  readonly cause?: string
  readonly listen?: string
  readonly message?: string
}

export class RunningService {
  readonly #stderr: () => string
  readonly kill: (signal: 'SIGTERM' | 'SIGINT') => void
  readonly ended: Promise<Ended>

  constructor(place: Workplace, args: readonly string[]) {
    const { child, ended } = place.start(['drift', ...args])
    let stderr = ''
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    this.#stderr = () => stderr
    this.kill = (signal) => void child.kill(signal)
    this.ended = ended
  }

  /** Each line is JSON; the last may not be whole yet. */
  log(): LogLine[] {
    const lines = this.#stderr().split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as LogLine)
  }

  rounds(): LogLine[] {
    return this.log().filter(({ event }) => event === 'round')
  }

  /** Waits until a round that ends from now on is as the test expects. */
  async nextRound(whyNot: (round: LogLine) => boolean): Promise<void> {
    const before = this.rounds().length
    await waitUntil('a round is as expected', () => {
      const rounds = this.rounds().slice(before)
      return rounds.some(whyNot) ? undefined : JSON.stringify(rounds)
    })
  }

  async get(path: string, init: RequestInit = {}): Promise<Response> {
    await waitUntil('the service listens', () =>
      this.log().some(({ listen }) => listen !== undefined) ? undefined : this.#stderr(),
    )
    const { listen = '' } = this.log().find((line) => line.listen !== undefined) ?? {}
    return fetch(`http://${listen}${path}`, init)
  }

  /** The sum of the samples of a metric that have all these values of labels; undefined if there is none. */
  async metric(name: string, ...labels: readonly string[]): Promise<number | undefined> {
    const samples = parseMetrics(await (await this.get('/metrics')).text()).filter(
      (sample) =>
        sample.name === name &&
        labels.every((label) => [...sample.labels.values()].includes(label)),
    )
    return samples.length === 0 ? undefined : samples.reduce((sum, { value }) => sum + value, 0)
  }
}
