/** Lists and counts in the sentences of findings. */

export { nameSome } from '../domain/name-some.ts'

/** The form of a verb that fits a number of things. */
export function agree(number: number, one: string, many: string): string {
  return number === 1 ? one : many
}
