/** Phrases for the sentences of findings. */
import type { Source } from '../domain/desired.ts'

export { nameSome } from '../domain/name-some.ts'

/** Who accepts a finding: the file, or the command line if there is no place in a file. */
export function whoAllows(source: Source | undefined): string {
  return source === undefined ? 'The command line (`--allow`)' : 'The file'
}

/** The singular or plural form, by the number of things. */
export function agree(number: number, one: string, many: string): string {
  return number === 1 ? one : many
}
