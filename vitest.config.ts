import { configDefaults, defineConfig } from 'vitest/config'
// Also where vitest is started without npm: no test runs on the types of an older schema.
import './scripts/generate.mjs'

const CLI_TESTS = 'test/cli/**/*.test.ts'
const REAL_TESTS = 'test/real/**/*.test.ts'
const FAULT_TESTS = 'test/faults/**/*.test.ts'

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, CLI_TESTS, REAL_TESTS, FAULT_TESTS],
          // Nothing is timed here: this ends what hangs, on a busy machine too.
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        // Each starts the built program, some against a server in the test's own process.
        test: { name: 'cli', include: [CLI_TESTS], testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: [REAL_TESTS],
          globalSetup: 'test/real/global-setup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // They share one cluster, which each leaves as it found it.
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: [FAULT_TESTS],
          globalSetup: 'test/real/global-setup.ts',
          // Hours, where everything is tried (LOCKSTEP_FAULTS=all).
          testTimeout: 5 * 3_600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // After all others: what they time and how they load the machine would disturb each other.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
