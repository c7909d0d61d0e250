/** Quotes words for a shell, so that a shown command can be copied and typed. */

/** One word, in single quotes if the shell would read it otherwise. */
export function shellWord(word: string): string {
  return /^(?:[\w@%+=:,./-]|\{\w+\})+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** The words, separated by spaces. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}
