import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
// Also where vitest is started without npm: no test runs on the types of an older schema.
import './scripts/generate.mjs'
import { LongestFirst } from './test/longest-first.ts'

const CLI_TESTS = 'test/cli/**/*.test.ts'
const REAL_TESTS = 'test/real/**/*.test.ts'
const FAULT_TESTS = 'test/faults/**/*.test.ts'
/**
 * Together they take longer than everything else. Only `npm run test:all` runs them, so that
 * `npm test` stays something to run for each change.
 */
const LONG_TESTS = [
  'test/cli/package.test.ts',
  ...[
    ...['as-predicted', 'bench', 'closed-namespaces', 'declared-entries', 'docs'],
    ...['doubled-namespaces', 'forged-plans', 'latest', 'logins', 'moved-nodes'],
    ...['nodes-that-move', 'plan-files'],
  ].map((name) => `test/real/${name}.test.ts`),
  ...['fault-proxy', 'interrupt', 'load', 'moving-cluster', 'rollback', 'two-at-once'].map(
    (name) => `test/faults/${name}.test.ts`,
  ),
]
const EXHAUSTIVE_TESTS = 'test/exhaustive/**/*.test.ts'
const BROWSER_TESTS = 'test/browser/**/*.test.ts'
const PROPERTY_TESTS = ['test/property/**/*.test.ts', 'test/desired/any-text.test.ts']

const exceptLong = [...configDefaults.exclude, ...LONG_TESTS]

// Nothing is timed here: these end what hangs, on a busy machine too.
const timeouts = { testTimeout: 900_000, hookTimeout: 900_000 }

export default defineConfig({
  test: {
    globalSetup: 'test/global-setup.ts',
    // The tests on real servers mostly wait for them, each file on a cluster of its own.
    maxWorkers: Math.min(8, 2 * availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            ...[CLI_TESTS, REAL_TESTS, FAULT_TESTS, EXHAUSTIVE_TESTS, BROWSER_TESTS],
          ],
          ...timeouts,
        },
      },
      // Each starts the built program, some against a server in the test's own process.
      { test: { name: 'cli', include: [CLI_TESTS], exclude: exceptLong, ...timeouts } },
      {
        test: {
          name: 'browser',
          include: [BROWSER_TESTS],
          // After the others: beside Chromium the servers of the clusters would get too little time.
          sequence: { groupOrder: 1 },
          ...timeouts,
        },
      },
      { test: { name: 'real', include: [REAL_TESTS], exclude: exceptLong, ...timeouts } },
      { test: { name: 'faults', include: [FAULT_TESTS], exclude: exceptLong, ...timeouts } },
      {
        test: {
          name: 'exhaustive',
          // The long tests, and at length what `npm test` samples.
          include: [EXHAUSTIVE_TESTS, FAULT_TESTS, ...LONG_TESTS, ...PROPERTY_TESTS],
          env: { LOCKSTEP_TEST_SIZE: process.env['LOCKSTEP_TEST_SIZE'] ?? 'many' },
          // Hours, where everything is tried (LOCKSTEP_TEST_SIZE=all).
          ...timeouts,
          testTimeout: 5 * 3_600_000,
        },
      },
    ],
  },
})
