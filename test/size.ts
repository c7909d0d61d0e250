/**
 * How much is tried of what could be tried: `few` by `npm test`, `many` by `npm run test:all`, and
 * `all`, which takes hours, by `npm run test:faults -- --all`. Only ever how often and with which
 * samples; what is asserted is the same.
 */
const sizes = ['few', 'many', 'all'] as const
type Size = (typeof sizes)[number]

function readSize(): Size {
  const named = process.env['LOCKSTEP_TEST_SIZE'] ?? 'few'
  const size = sizes.find((one) => one === named)
  if (size === undefined) {
    throw new Error(`LOCKSTEP_TEST_SIZE is ${named}; it can be ${sizes.join(', ')}`)
  }
  return size
}

const size = readSize()

/** What belongs to the size of this run; `all` is as `many` if not said. */
export function bySize<T>(choices: { readonly few: T; readonly many: T; readonly all?: T }): T {
  return size === 'all' ? (choices.all ?? choices.many) : choices[size]
}

/**
 * The options of a property: how many inputs it draws, and from which seed. The seed is the same in
 * every run, so that a change is never red for an input that it has nothing to do with.
 * `LOCKSTEP_TEST_SEED` is another one, or `random`, which is how new inputs are searched.
 */
export function samples(numRuns: number): { readonly numRuns: number; readonly seed?: number } {
  const named = process.env['LOCKSTEP_TEST_SEED'] ?? '1'
  if (named === 'random') return { numRuns }
  const seed = Number(named)
  if (!Number.isInteger(seed)) {
    throw new Error(`LOCKSTEP_TEST_SEED is ${named}; it can be an integer or random`)
  }
  return { numRuns, seed }
}
