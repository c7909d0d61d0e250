/** What `apply --json` prints and the journal holds: the same events, each as its schema says. */
import { readFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JournalEvent } from '../../src/documents/journal.generated.ts'
import { checkout } from '../cli/run-lockstep.ts'
import { describeReal, sharedCluster } from '../cluster/shared-cluster.ts'
import { argumentsFor, closeStage, openStage, type Stage } from './attempt.ts'
import type { Ended } from './run-program.ts'
import { begin, versioned, writeFileOf } from './scenario.ts'

describeReal('the events of a run', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(sharedCluster())
  })
  afterAll(async () => {
    await closeStage(stage)
    await sharedCluster().reset()
  })

  it('fit their schema, printed and in the journal, of a run rolled back and of one done', async () => {
    await begin(stage.cluster, versioned)
    const file = await writeFileOf(stage.cluster, versioned, stage.place.home)
    const apply = (): Promise<Ended> =>
      stage.place.run(argumentsFor(stage, 'apply', file, ['--json']))
    // The last node that runs plugins cannot start the new program: what was done is taken back.
    const last = (await stage.cluster.servingIndices()).at(-1) ?? 0
    const broken = stage.cluster.pluginDirectories[last] ?? ''
    const program = join(broken, 'secrets-kv-0.21.0')
    await chmod(program, 0o600)
    const failed = await apply()
    await chmod(program, 0o755)
    const done = await apply()

    const printed = [failed, done].flatMap(({ stdout }) => eventsOf(stdout.split('\n')))
    const validate = compileSchema()
    for (const event of printed) {
      expect({ event, fits: validate(event), errors: validate.errors }).toMatchObject({
        fits: true,
      })
    }
    expect(eventsOf(stage.place.journalLines())).toEqual(printed)
    expect([failed.exitCode, done.exitCode]).toEqual([5, 0])
    const kinds = new Set(printed.map(({ event }) => event))
    for (const kind of ['run_started', 'step_failed', 'undo_done', 'step_done', 'run_ended']) {
      expect(kinds).toContain(kind)
    }
  })
})

function eventsOf(lines: readonly string[]): JournalEvent[] {
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as JournalEvent)
}

function compileSchema() {
  const ajv = new Ajv2020({ allErrors: true, validateFormats: false, strict: false })
  for (const name of ['desired-state', 'plan', 'journal']) {
    const text = readFileSync(join(checkout, 'schemas', `${name}.schema.json`), 'utf8')
    ajv.addSchema(JSON.parse(text) as object)
  }
  const validate = ajv.getSchema('lockstep:journal')
  if (validate === undefined) throw new Error('there is no schema of journals')
  return validate
}
