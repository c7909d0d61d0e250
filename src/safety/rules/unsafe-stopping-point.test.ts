import { expect, it } from 'vitest'
import { safetyInput } from '../../../test/builders/safety-input.ts'
import { unsafeStoppingPoint } from './unsafe-stopping-point.ts'

const unsafe = [{ after: 'tune team-a/', problem: 'team-a/ is down on node 2' }]

it('says nothing of a rehearsal that is safe throughout, or of none', () => {
  const rehearsal = { stopping_points: 3, safe: 3, unsafe: [] }
  expect(unsafeStoppingPoint.judge({ ...safetyInput(), rehearsal })).toEqual([])
  expect(unsafeStoppingPoint.judge({ ...safetyInput(), rehearsal: null })).toEqual([])
})

it('names the step after which stopping loses something, and what', () => {
  const rehearsal = { stopping_points: 3, safe: 2, unsafe }
  expect(unsafeStoppingPoint.judge({ ...safetyInput(), rehearsal })).toEqual([
    {
      subject: 'tune team-a/',
      message: 'Stopping after "tune team-a/" would not be safe: team-a/ is down on node 2.',
    },
  ])
})

it('says what would make it safe, by what is wrong', () => {
  const fixOf = (problem: string) => {
    const rehearsal = { stopping_points: 1, safe: 0, unsafe: [{ after: 'x', problem }] }
    return unsafeStoppingPoint.judge({ ...safetyInput(), rehearsal })[0]?.fix
  }

  expect(fixOf('a/ runs what is registered no more (on node 2)')).toContain('`retire`')
  expect(fixOf('it would be refused (HTTP 400)')).toContain('server’s words')
  expect(fixOf('the plan ends with a/ on another binary: a bug in lockstep')).toContain('report')
})
