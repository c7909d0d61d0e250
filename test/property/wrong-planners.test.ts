/**
 * Planners that are wrong on purpose: a right plan's steps, changed as a mistake would change them.
 * The rehearsal finds every one of them unsafe.
 */
import { describe, expect, it } from 'vitest'
import type { Action, Step } from '../../src/documents/plan.generated.ts'
import { ROOT_NAMESPACE } from '../../src/domain/names.ts'
import { mountPath } from '../builders/live.ts'
import {
  activeOf,
  binaryOf,
  first,
  is,
  isReloadOn,
  type Mistake,
  planLeaving,
  planRepoint,
  planUpgrade,
  problemsInOrder,
  problemsOf,
  UPGRADED,
  withAction,
  without,
} from './right-plans.ts'

describe('an upgrade with its old version retired', () => {
  const mistakes: readonly [name: string, mistake: Mistake, problem: RegExp][] = [
    [
      'the old version deregistered first',
      (steps) => first(steps, 'deregister'),
      /^deregister .*: a\/ and b\/ would not come up again .*\(on every node\)/,
    ],
    [
      'the old version deregistered before the last node was reloaded',
      (steps) => {
        const last = steps.findLastIndex(is('reload'))
        return [...steps.slice(0, last), steps.at(-1)!, steps[last]!]
      },
      /^deregister .*: a\/ and b\/ run a version that is not registered any more \(on http:\/\/node1:8200\)/,
    ],
    [
      'the old version deregistered before the reload of a mount that shares its process',
      (steps) => {
        const reload = steps.find(is('reload'))!
        const sibling = withAction(reload, {
          ...(reload.action as Action & { kind: 'reload' }),
          mounts: [mountPath('b/')],
        })
        return [...without(steps, 'reload'), sibling]
      },
      /^reload .*: a\/ is down \(on http:\/\/node2:8200\)/m,
    ],
    [
      'the active node before the standbys',
      (steps, live) => {
        const onActive = steps.filter((step) => isReloadOn(step, activeOf(live)))
        const at = steps.findIndex(is('reload'))
        const others = steps.filter((step) => !onActive.includes(step))
        return [...others.slice(0, at), ...onActive, ...others.slice(at)]
      },
      /a\/ and b\/ were reloaded on the active node first/,
    ],
    [
      'a standby forgotten',
      (steps, live) => {
        const standby = live.nodes.find(({ role }) => role === 'standby')!.address
        return steps.filter((step) => !isReloadOn(step, standby))
      },
      /ends with a\/ on another binary/,
    ],
    [
      'the active node forgotten',
      (steps, live) => steps.filter((step) => !isReloadOn(step, activeOf(live))),
      /ends with a\/ on another binary/,
    ],
    [
      'a mount forgotten in a reload',
      (steps) =>
        steps.map((step) =>
          step.action.kind === 'reload'
            ? withAction(step, { ...step.action, mounts: [mountPath('a/')] })
            : step,
        ),
      /ends with b\/ on another binary/,
    ],
    [
      'the registration left out',
      (steps) => without(steps, 'register'),
      /^tune a\/: it would be refused/,
    ],
    ['the tunes left out', (steps) => without(steps, 'tune'), /ends with a\/ on another binary/],
    [
      'the reloads before the tunes',
      (steps) => [
        ...steps.filter(is('register')),
        ...steps.filter(is('reload')),
        ...steps.filter(is('tune')),
      ],
      /ends with a\/ on another binary/,
    ],
    [
      'a mount made again where it is',
      (steps) =>
        steps.map((step) =>
          step.action.kind === 'tune'
            ? withAction(step, {
                kind: 'enable',
                mount: step.action.mount,
                namespace: ROOT_NAMESPACE,
                plugin: UPGRADED,
                version: step.action.version,
              })
            : step,
        ),
      /would be refused .*path is already in use/,
    ],
    [
      'the new version registered with the old binary',
      (steps) =>
        steps.map((step) =>
          step.action.kind === 'register'
            ? withAction(step, { ...step.action, entry: { ...binaryOf('v1.0.0'), args: [] } })
            : step,
        ),
      /ends with a\/ on another binary/,
    ],
  ]

  it('is safe as it is planned', async () => {
    const right = await planUpgrade()

    expect(right.steps.map(({ action }) => action.kind)).toEqual([
      ...['register', 'tune', 'tune', 'reload', 'reload', 'reload', 'deregister'],
    ])
    expect(problemsOf(right, right.steps)).toBe('')
  })

  it.each(mistakes)('is caught with %s', async (_, mistake, problem) => {
    const right = await planUpgrade()

    expect(problemsOf(right, mistake(right.steps, right.live))).toMatch(problem)
  })

  it('has no request with which a mount could be disabled', async () => {
    const right = await planUpgrade()
    const disable = { kind: 'disable', mount: mountPath('a/'), namespace: ROOT_NAMESPACE }
    const wrong = right.steps.map((step) => withAction(step, disable as unknown as Action))

    expect(() => problemsOf(right, wrong)).toThrow('not a member of the union')
  })
})

describe('mounts that leave an unversioned override', () => {
  it('is safe as it is planned, and not with the override deregistered before they left', async () => {
    const right = await planLeaving()
    const early = first(right.steps, 'deregister')

    expect(problemsOf(right, right.steps)).toBe('')
    // The builtin would come up over the data of the override.
    expect(problemsOf(right, early)).toMatch(/binary that it neither ran before nor is to run/)
  })
})

describe('a connection moved off a version that is retired', () => {
  it('is safe as it is planned, and not with the version deregistered before it left', () => {
    const right = planRepoint()
    const early = first(right.steps, 'deregister')

    expect(right.steps.map(({ action }) => action.kind)).toEqual([
      ...['register', 'repoint', 'deregister'],
    ])
    expect(problemsOf(right, right.steps)).toBe('')
    expect(problemsOf(right, early)).toMatch(
      /^deregister .*: db\/config\/orders would not come up again/,
    )
  })

  it('is caught where it is left out', () => {
    const right = planRepoint()

    expect(problemsOf(right, without(right.steps, 'repoint'))).toMatch(
      /^deregister .*: db\/config\/orders would not come up again .*\(on every node\)/,
    )
  })
})

describe('an order that allows too much', () => {
  const mistakes: readonly [name: string, loosen: (step: Step, steps: readonly Step[]) => Step][] =
    [
      [
        'a reload that does not wait for the tunes',
        (step) => (is('reload')(step) ? { ...step, after: [] } : step),
      ],
      [
        'a reload that waits for one of two tunes',
        (step) => (step.after.length > 1 ? { ...step, after: step.after.slice(0, 1) } : step),
      ],
      [
        'a retirement that does not wait for the last reload',
        (step, steps) =>
          is('deregister')(step) ? { ...step, after: [steps.find(is('register'))!.id] } : step,
      ],
      [
        'a tune that does not wait for the registration',
        (step) => (is('tune')(step) ? { ...step, after: [] } : step),
      ],
      [
        'two nodes reloaded at the same time',
        (step, steps) => {
          const [first, second] = steps.filter(is('reload'))
          return step === second ? { ...step, after: first!.after } : step
        },
      ],
    ]

  it.each(mistakes)('%s', async (_, loosen) => {
    const right = await planUpgrade()
    const steps = right.steps.map((step) => loosen(step, right.steps))

    expect(problemsOf(right, right.steps)).toBe('')
    expect(problemsInOrder(right, steps)).toMatch(/may be carried out before or after/)
  })
})
