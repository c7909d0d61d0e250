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

it('finds nothing if the rehearsal is safe, or if there was none', () => {
  expect(judged([])).toEqual([])
  expect(unsafeStoppingPoint.judge({ ...safetyInput(), rehearsal: null })).toEqual([])
})

it('names the step after which a stop loses something, and what is lost on which nodes', () => {
  expect(judged([unsafe()])).toMatchObject([
    {
      subject: 'tune team-a/',
      message: 'Stopping after "tune team-a/" would not be safe: team-a/ is down.',
      mounts: ['team-a/'],
      nodes: [nodeAddress(2)],
    },
  ])
})

it('reports what a step does to the same mounts in one finding', () => {
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

it('says what the plan leaves undone, also for a plan without steps', () => {
  const end = { kind: 'missed-end', problem: 'the plan ends with a/ not there' } as const

  expect(judged([unsafe(end), unsafe({ ...end, after: '' })])).toMatchObject([
    {
      subject: 'tune team-a/',
      message: expect.stringMatching(/^The plan does not do all/) as string,
    },
    { subject: 'plan', message: expect.stringMatching(/^The plan does not do all/) as string },
  ])
})

it('gives the fix for each kind of unsafe point', () => {
  const fixOf = (kind: UnsafePoint['kind']) => judged([unsafe({ kind })])[0]?.fix

  expect(fixOf('unregistered')).toContain('`retire`')
  expect(fixOf('file-differs')).toContain('`command`')
  expect(fixOf('refused')).toContain('server’s answer')
  expect(fixOf('late-standby')).toContain('report')
})

const KV = 'secret/my-kv'

/** An upgrade whose new file is missing on the second node. */
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

it('gives the place in the file of the plugin of the step', () => {
  const { draft } = upgrade()
  const points = draft.steps.map(({ id }) => unsafe({ after: id, nodes: [nodeAddress(3)] }))

  expect(points.length).toBeGreaterThan(2)
  expect(judged(points, upgrade()).map(({ at }) => at)).toEqual(points.map(() => SOURCE))
})

it('leaves the effects of a missing file to the rule that names the file', () => {
  const points = (['file-differs', 'down', 'refused', 'entry-missing'] as const).map((kind) =>
    unsafe({ kind }),
  )
  const elsewhere = unsafe({ kind: 'file-differs', nodes: [nodeAddress(2), nodeAddress(3)] })
  const nowhere = unsafe({ kind: 'refused', nodes: [] })

  expect(judged([...points, elsewhere, nowhere], upgrade()).map(({ nodes }) => nodes)).toEqual([
    [nodeAddress(2)],
    [nodeAddress(2), nodeAddress(3)],
    [],
  ])
  expect(only(judged(points)).message.match(/team-a\/ is down/g)).toHaveLength(4)
})

it('asks for the file of the older version, which unchanged mounts still need', () => {
  const lost = { unreadable_on: [{ node: nodeAddress(2), reason: 'HTTP 500' }] }
  const live = { catalog: [entryOf(KV, 'v0.16.2', lost)] }
  const fixOf = (of: Partial<UnsafePoint>) => judged([unsafe(of)], safetyInput({ live }))[0]?.fix

  expect(fixOf({ kind: 'down' })).toContain(`my-kv_0.16.2 on ${nodeAddress(2)}`)
  expect(fixOf({ kind: 'down', nodes: [nodeAddress(3)] })).toBeUndefined()
  expect(fixOf({ kind: 'unregistered' })).toContain('`retire`')
})

it('finds the plugin of a step also if only `ensures` names it', () => {
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
  const points = input.draft.steps.map(({ id }) => unsafe({ after: id }))

  expect(judged(points, input).map(({ subject, at }) => [subject, at])).toEqual([
    [`register ${KV} v0.21.0`, SOURCE],
    ['enable auth/new/', source],
  ])
})
