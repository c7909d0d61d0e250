/** Looking into answers whose shape is the server's word only: nothing is assumed, nothing throws. */

export type Fields = Readonly<Record<string, unknown>>

/** An object's fields; none for anything else. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** `data` of an answer, where servers put what was asked for. */
export function dataOf(body: unknown): Fields {
  return fields(fields(body)['data'])
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : []
}
