import { expect, test } from 'vitest'
import { only, safetyInput, SOURCE } from '../../../test/builders/safety-input.ts'
import { wrongCluster } from './wrong-cluster.ts'

const named = (value: string) =>
  safetyInput({ desired: { cluster: { name: { value, source: SOURCE } } } })

test('refuses a file for another cluster', () => {
  expect(only(wrongCluster.judge(named('staging')))).toEqual({
    subject: 'staging',
    message: 'The file is for the cluster staging, but this cluster is prod-eu.',
    at: SOURCE,
  })
})

test('accepts a file for this cluster, and one that names no cluster', () => {
  expect(wrongCluster.judge(named('prod-eu'))).toEqual([])
  expect(wrongCluster.judge(safetyInput())).toEqual([])
})
