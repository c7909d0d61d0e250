/** The policies of `examples/policy`, run by conftest on plans. */
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/documents/plan.generated.ts'
import { formatPlan } from '../../src/plan/format-plan.ts'
import { liveNode, mountPath, plugin, version } from '../builders/live.ts'
import { finding, upgradePlan } from '../builders/plan.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'
import { checkout } from '../cli/run-lockstep.ts'
import { ensureTool } from '../cluster/cache.ts'

function upgrade(mounts: number, { retires }: { readonly retires: boolean }): Plan {
  const plan = upgradePlan({
    plugin: plugin('secret/my-kv'),
    from: version('v1.0.0'),
    to: version('v1.1.0'),
    nodes: [liveNode(1)],
    mounts: Array.from({ length: mounts }, (_, at) => mountPath(`m${String(at)}/`)),
  })
  const steps = plan.steps.filter(({ action }) => retires || action.kind !== 'deregister')
  return { ...plan, steps, findings: [] }
}

const rule = 'data-downgrade'
const subject = 'secret/my-kv'
const because = 'CHG-1'
const good = upgrade(3, { retires: false })
const waived = {
  ...good,
  findings: [finding({ rule, subject, severity: 'error', allowed: because })],
}
const signed: Plan = {
  ...waived,
  desired: { ...good.desired, allow: [{ rule, subject, because, by: 'Ana', until: '2026-12-31' }] },
}
const unsigned: Plan = {
  ...waived,
  desired: { ...good.desired, allow: [{ rule, subject, because, by: 'Ana' }] },
}
const many = upgrade(4, { retires: false })

describe('conftest', () => {
  it.each<[string, Plan, string]>([
    ['takes a plan that breaks no policy', good, ''],
    ['takes a waiver that says who and until when', signed, ''],
    ['refuses one that does not', unsigned, 'data-downgrade of secret/my-kv is accepted without'],
    ['refuses an error that only --allow accepts', waived, 'is accepted without'],
    [
      'refuses a retirement beside a change',
      upgrade(1, { retires: true }),
      'is retired in the same plan as',
    ],
    [
      'refuses four mounts without a canary',
      many,
      '4 mounts are reloaded, and none of them is a canary',
    ],
    [
      'takes four mounts with one',
      { ...many, steps: many.steps.map((step) => ({ ...step, canary: true as const })) },
      '',
    ],
  ])('%s', async (_, plan, words) => {
    await using folder = await makeScratchFolder({ 'plan.json': formatPlan(plan) })
    const policy = join(checkout, 'examples', 'policy', 'policy')

    const { exitCode, stdout } = await execa(
      await ensureTool('conftest'),
      ['test', join(folder.path, 'plan.json'), '--policy', policy, '--output', 'json'],
      { reject: false },
    )

    const [result] = JSON.parse(stdout) as { failures?: { msg: string }[]; successes: number }[]
    const messages = (result?.failures ?? []).map(({ msg }) => msg).join('\n')
    if (words === '') expect(messages).toBe('')
    else expect(messages).toContain(words)
    expect(exitCode).toBe(words === '' ? 0 : 1)
  })
})
