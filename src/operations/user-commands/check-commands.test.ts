import { expect, it } from 'vitest'
import { mountPath, nodeAddress } from '../../../test/builders/live.ts'
import { plan, step } from '../../../test/builders/plan.ts'
import type { Plan } from '../../documents/plan.generated.ts'
import { ROOT_NAMESPACE } from '../../domain/names.ts'
import { checkCommands } from './check-commands.ts'
import { isCommand } from './find-command.ts'

it('throws for each command of the plan that cannot be started on this machine', () => {
  const canStart = (program: string): boolean => isCommand(program, process.env['PATH'])

  expect(() => {
    checkCommands(planThatRuns('sh', '/bin/sh', '{mount}'), { canStart })
  }).not.toThrow()
  for (const program of ['no-such-smoke-test', '/no/such/file', '/']) {
    expect(() => {
      checkCommands(planThatRuns(program), { canStart })
    }).toThrow(expect.objectContaining({ details: [`verify of a/ runs ${program}`] }))
  }
})

function planThatRuns(...programs: readonly string[]): Plan {
  const mount = mountPath('a/')
  const action = { node: nodeAddress(1), namespace: ROOT_NAMESPACE, mounts: [mount] }
  const reload = step('reload', { kind: 'reload', ...action }, 'why')
  const verify = programs.map((program) => ({ kind: 'run' as const, mount, command: [program] }))
  return plan({ steps: [{ ...reload, verify }] })
}
