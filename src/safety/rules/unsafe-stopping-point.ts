/** `unsafe-stopping-point`: the rehearsal found a place at which a run must not be stopped. */
import type { PlanRule } from '../rule.ts'

/** What would make it safe, where the problem itself says. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [/a bug in lockstep/, 'Nothing in the file causes this: report it, with the plan (`--out`).'],
  [
    /it would be refused/,
    'Look at the server’s words: what they name has to be put right on the cluster, or in the file, first.',
  ],
  [
    /registered no more|plugin not found in the catalog/,
    'Take the version out of `retire`, apply, and retire it when nothing uses it.',
  ],
]

function fixOf(problem: string): { readonly fix?: string } {
  const known = FIXES.find(([words]) => words.test(problem))
  return known === undefined ? {} : { fix: known[1] }
}

export const unsafeStoppingPoint: PlanRule = {
  name: 'unsafe-stopping-point',
  about: 'plan',
  severity: 'error',
  title: 'Stopping after a step would not be safe',
  explanation:
    'Every plan is rehearsed on a model of the cluster. After each of its steps every mount it touches must be there under its own accessor and answer, and must come up again if every node restarted at that moment; at the end it must run what the file says. A run can be stopped anywhere: by Ctrl-C, a lost connection, a machine that goes away. A plan with a place at which that loses a mount is not carried out.',
  fix: 'Do in two files, one applied after the other, what this one does at once. If the plan should have known better, report it.',
  allowable: false,
  judge: ({ rehearsal }) =>
    (rehearsal?.unsafe ?? []).map(({ after, problem }) => ({
      subject: after,
      message: `Stopping after "${after}" would not be safe: ${problem}.`,
      ...fixOf(problem),
    })),
}
