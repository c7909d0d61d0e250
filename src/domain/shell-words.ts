/** Quotes words for a shell, so that a shown command can be copied and typed. */

export function shellWord(word: string): string {
  return /^(?:[\w@%+=:,./-]|\{\w+\})+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}
