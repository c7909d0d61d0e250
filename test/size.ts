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
