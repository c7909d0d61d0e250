import { expect, it } from 'vitest'
import {
  builtinEntry,
  mountPath,
  nodeAddress,
  plugin,
  version,
} from '../../../test/builders/live.ts'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  only,
  safetyInput,
  SOURCE,
} from '../../../test/builders/safety-input.ts'
import type { UnsafePoint } from '../../documents/plan.generated.ts'
import { unsafeStoppingPoint } from './unsafe-stopping-point.ts'

function judged(unsafe: readonly UnsafePoint[], input = safetyInput()) {
  const rehearsal = { stopping_points: 3, safe: 3 - unsafe.length, unsafe: [...unsafe] }
  return unsafeStoppingPoint.judge({ ...input, rehearsal })
}

function unsafe(differing: Partial<UnsafePoint> = {}): UnsafePoint {
  return {
    after: 'tune team-a/',
    kind: 'down',
    problem: 'team-a/ is down',
    mounts: [mountPath('team-a/')],
    nodes: [nodeAddress(2)],
    ...differing,
  }
}

it('says nothing of a rehearsal that is safe throughout, or of none', () => {
  expect(judged([])).toEqual([])
  expect(unsafeStoppingPoint.judge({ ...safetyInput(), rehearsal: null })).toEqual([])
})

it('names the step after which stopping loses something, what and where', () => {
  expect(judged([unsafe()])).toMatchObject([
    {
      subject: 'tune team-a/',
      message: 'Stopping after "tune team-a/" would not be safe: team-a/ is down.',
      mounts: ['team-a/'],
      nodes: [nodeAddress(2)],
    },
  ])
})

it('tells in one what a step does to the same mounts', () => {
  const unregistered = unsafe({ kind: 'unregistered', problem: 'team-a/ runs what is gone' })

  expect(judged([unsafe(), unregistered, unsafe({ nodes: [] })])).toMatchObject([
    {
      message:
        'Stopping after "tune team-a/" would not be safe: team-a/ is down; team-a/ runs what is gone.',
      fix: expect.stringContaining('`retire`') as string,
    },
    { message: 'Stopping after "tune team-a/" would not be safe: team-a/ is down.' },
  ])
})

it('says of a plan, with steps or without, what it leaves undone', () => {
  const end = { kind: 'missed-end', problem: 'the plan ends with a/ not there' } as const

  expect(judged([unsafe(end), unsafe({ ...end, after: '' })])).toMatchObject([
    {
      subject: 'tune team-a/',
      message: expect.stringMatching(/^The plan does not do all/) as string,
    },
    { subject: 'plan', message: expect.stringMatching(/^The plan does not do all/) as string },
  ])
})

it('says what would make it safe, by the kind of fault', () => {
  const fixOf = (kind: UnsafePoint['kind']) => judged([unsafe({ kind })])[0]?.fix

  expect(fixOf('unregistered')).toContain('`retire`')
  expect(fixOf('file-differs')).toContain('`command`')
  expect(fixOf('refused')).toContain('server’s answer')
  expect(fixOf('late-standby')).toContain('report')
})

const KV = 'secret/my-kv'

/** An upgrade whose new file is not on the second node. */
function upgrade() {
  const lost = { unreadable_on: [{ node: nodeAddress(2), reason: 'HTTP 500' }] }
  return safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'v0.21.0', versions: ['v0.21.0'] })] },
    live: {
      catalog: [entryOf(KV, 'v0.16.2'), entryOf(KV, 'v0.21.0', lost)],
      mounts: [mountOf('team-a/', KV, 'v0.16.2')],
    },
  })
}

it('says where the file has the plugin whose step it is', () => {
  const { draft } = upgrade()
  const told = draft.steps.map(({ id }) => unsafe({ after: id, nodes: [nodeAddress(3)] }))

  expect(told.length).toBeGreaterThan(2)
  expect(judged(told, upgrade()).map(({ at }) => at)).toEqual(told.map(() => SOURCE))
})

it('leaves what comes of a missing file to the rule that names it', () => {
  const told = (['file-differs', 'down', 'refused', 'entry-missing'] as const).map((kind) =>
    unsafe({ kind }),
  )
  const elsewhere = unsafe({ kind: 'file-differs', nodes: [nodeAddress(2), nodeAddress(3)] })
  const nowhere = unsafe({ kind: 'refused', nodes: [] })

  expect(judged([...told, elsewhere, nowhere], upgrade()).map(({ nodes }) => nodes)).toEqual([
    [nodeAddress(2)],
    [nodeAddress(2), nodeAddress(3)],
    [],
  ])
  expect(only(judged(told)).message.match(/team-a\/ is down/g)).toHaveLength(4)
})

it('asks for the file that mounts left on the older version need', () => {
  const lost = { unreadable_on: [{ node: nodeAddress(2), reason: 'HTTP 500' }] }
  const live = { catalog: [entryOf(KV, 'v0.16.2', lost)] }
  const fixOf = (of: Partial<UnsafePoint>) => judged([unsafe(of)], safetyInput({ live }))[0]?.fix

  expect(fixOf({ kind: 'down' })).toContain(`my-kv_0.16.2 on ${nodeAddress(2)}`)
  expect(fixOf({ kind: 'down', nodes: [nodeAddress(3)] })).toBeUndefined()
  expect(fixOf({ kind: 'unregistered' })).toContain('`retire`')
})

it('tells the plugins of a plan apart, also by what a step only brings about', () => {
  const JWT = 'auth/jwt'
  const source = { file: 'auth.yaml', line: 8, column: 3 }
  const input = safetyInput({
    desired: {
      plugins: [
        desiredPlugin(KV, { versions: ['v0.21.0'] }),
        { ...desiredPlugin(JWT, { use: 'builtin' }), source },
      ],
      mounts: [desiredMount('auth/new/', JWT, { enable: true })],
    },
    live: { catalog: [builtinEntry(plugin(JWT), version('v2.7.2+builtin.bao'))] },
  })
  const told = input.draft.steps.map(({ id }) => unsafe({ after: id }))

  expect(judged(told, input).map(({ subject, at }) => [subject, at])).toEqual([
    [`register ${KV} v0.21.0`, SOURCE],
    ['enable auth/new/', source],
  ])
})
