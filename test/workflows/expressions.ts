/** The expressions of GitHub Actions that the examples use: paths, texts, `==`, `!=` and `&&`. */

export type Contexts = Readonly<Record<string, unknown>>

/** A text with every `${{ … }}` in it replaced. */
export function fill(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.+?)\}\}/g, (_, expression: string) => {
    const value = evaluate(expression, contexts)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  })
}

/** Throws for what it does not know: nothing is taken for true or empty unseen. */
export function evaluate(expression: string, contexts: Contexts): unknown {
  const all = expression.split('&&').map((part) => {
    const [, left = '', operator, right = ''] = /^(.+?)(?:(==|!=)(.+))?$/.exec(part.trim()) ?? []
    const value = operand(left.trim(), contexts)
    if (operator === undefined) return value
    return (value === operand(right.trim(), contexts)) === (operator === '==')
  })
  return all.length === 1 ? all[0] : all.every((one) => one === true)
}

function operand(text: string, contexts: Contexts): unknown {
  const quoted = /^'([^']*)'$/.exec(text)
  if (quoted !== null) return quoted[1]
  if (!/^[a-z_]+(\.[\w-]+)+$/.test(text)) throw new Error(`not an expression: ${text}`)
  let value: unknown = contexts
  for (const name of text.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Contexts)[name] : undefined
  }
  return value ?? ''
}
