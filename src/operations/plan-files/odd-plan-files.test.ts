/** Plan files with one value replaced by hand are either shown or refused with a clear error. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  desiredMount,
  desiredPlugin,
  entryOf,
  mountOf,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import { readDesiredOfPlan } from '../../desired/desired-of-plan.ts'
import { LockstepError } from '../../domain/errors.ts'
import { finishPlan, planId } from '../../plan/make-plan.ts'
import { renderPlanMarkdown } from '../../../test/render/comment.ts'
import { renderPlan } from '../../render/plan-text.ts'
import { createPalette } from '../../render/palette.ts'
import { readPlanFile } from './plan-file.ts'

const KV = 'secret/my-kv'
const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  '',
  'x',
  '__proto__',
  [],
  [null],
  {},
  { toString: 1 },
  '../sys/seal',
]
const KEYS = ['__proto__', 'constructor', 'toJSON', '']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-odd-plans-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const sources = JSON.stringify(planOfUpgrade())

it('shows or refuses a plan file, whichever value is replaced', async () => {
  const paths = pathsIn(JSON.parse(sources))
  const tried = { shown: 0, refused: 0 }
  for (const path of paths) {
    for (const odd of ODD)
      tried[await outcomeOf((parent, key) => void (parent[key] = odd), path)] += 1
    for (const key of KEYS) {
      tried[await outcomeOf((parent) => define(parent, key), [...path, ''])] += 1
    }
  }

  expect(paths.length).toBeGreaterThan(100)
  expect(tried.shown).toBeGreaterThan(0)
  expect(tried.refused).toBeGreaterThan(paths.length)
})

type Container = Record<string, unknown>

async function outcomeOf(
  change: (parent: Container, key: string) => void,
  path: readonly string[],
): Promise<'shown' | 'refused'> {
  const document = JSON.parse(sources) as Container
  let parent: unknown = document
  for (const key of path.slice(0, -1)) parent = (parent as Container)[key]
  if (typeof parent !== 'object' || parent === null) return 'refused'
  change(parent as Container, path.at(-1) ?? '')
  const file = join(folder, 'plan.json')
  await writeFile(file, JSON.stringify({ ...document, plan_id: idOf(document) }))
  try {
    const plan = await readPlanFile(file)
    await readDesiredOfPlan(file, plan.desired, { rules: new Set() })
    renderPlan(plan, { palette: createPalette(false) })
    renderPlanMarkdown(plan)
    return 'shown'
  } catch (error) {
    if (error instanceof LockstepError) return 'refused'
    throw new Error(`${path.join('/')}: ${String(error)}`, { cause: error })
  }
}

/** The id that fits, or any: a document without nodes has none, and is refused for that. */
function idOf(document: Container): unknown {
  try {
    return planId(document as never)
  } catch {
    return document.plan_id
  }
}

/** Adds the key as JSON.parse does: `__proto__` is a key like any other. */
function define(parent: Container, key: string): void {
  // JSON has no list with keys.
  if (Array.isArray(parent)) return
  Object.defineProperty(parent, key, { value: 'x', enumerable: true, configurable: true })
}

function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const below = Object.entries(value).flatMap(([key, inside]) => pathsIn(inside, [...path, key]))
  return path.length === 0 ? below : [path, ...below]
}

function planOfUpgrade() {
  const { draft, desired, live } = safetyInput({
    desired: {
      plugins: [desiredPlugin(KV, { use: 'v1.1.0', versions: ['v1.1.0'], retire: ['v1.0.0'] })],
      mounts: [desiredMount('a/', KV, { canary: true, verify: [{ kind: 'read', path: 'x' }] })],
    },
    live: {
      catalog: [entryOf(KV, 'v1.0.0')],
      mounts: [mountOf('a/', KV, 'v1.0.0'), mountOf('b/', KV, 'v1.0.0')],
    },
  })
  // One step of each kind: the others have the same shape.
  const kinds = new Map(draft.steps.map((step) => [step.action.kind, step]))
  return finishPlan({ ...draft, steps: [...kinds.values()] }, desired, live, {
    findings: [],
    rehearsal: { stopping_points: 1, safe: 1, unsafe: [] },
  })
}
