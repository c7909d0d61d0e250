/**
 * Lists which versions' data the desired state of a plan declares as readable. No server confirms
 * that: the person who approves the plan approves these declarations.
 */
import type { Plan } from '../documents/plan.generated.ts'

export interface DataDeclaration {
  readonly plugin: string
  readonly version: string
  /** `reads data of >=0.16.0`. */
  readonly text: string
}

/** The declarations of the plugins that the plan changes, in the order of the document. */
export function dataDeclarations({ desired, steps }: Plan): readonly DataDeclaration[] {
  const changed = new Set<string>(
    steps.flatMap(({ action, requires, ensures }) => [
      ...('plugin' in action ? [action.plugin] : []),
      ...[...requires, ...ensures].flatMap((fact) => ('plugin' in fact ? fact.plugin : [])),
    ]),
  )
  return Object.entries(desired.plugins ?? {}).flatMap(([plugin, { versions = {} }]) =>
    changed.has(plugin)
      ? Object.entries(versions).flatMap(([version, { data = {} }]) => {
          const { upgrade_from: reads, downgrade_to: readBy } = data
          const text = [
            ...(reads === undefined ? [] : [`reads data of ${reads}`]),
            ...(readBy === undefined ? [] : [`writes data that ${readBy} reads`]),
          ]
          return text.length === 0 ? [] : { plugin, version, text: text.join(', ') }
        })
      : [],
  )
}
