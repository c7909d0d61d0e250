/** Ways in which an answer can be not what a server documents: in type, shape, status and size. */
import type { ServerResponse } from '../../src/domain/exchange.ts'

export interface Mutation {
  readonly name: string
  readonly apply: (answer: ServerResponse) => ServerResponse
}

const ODD_VALUES: readonly unknown[] = [null, [], {}, '', 'x', 0, 1e300, true, [null], { a: 1 }]

const WHOLE: readonly Mutation[] = [
  ...ODD_VALUES.map((body) => ({
    name: `the body is ${JSON.stringify(body)}`,
    apply: (answer: ServerResponse) => ({ ...answer, body }),
  })),
  ...ODD_VALUES.map((data) => ({
    name: `data is ${JSON.stringify(data)}`,
    apply: (answer: ServerResponse) => ({ ...answer, body: { ...fieldsOf(answer.body), data } }),
  })),
  // How the transport gives a page that is not JSON.
  { name: 'a page', apply: () => ({ status: 200, body: { errors: ['<html>hello</html>'] } }) },
  ...[204, 301, 400, 401, 403, 404, 418, 500, 501, 599].map((status) => ({
    name: `status ${status}`,
    apply: ({ body }: ServerResponse) => ({ status, body }),
  })),
  ...[400, 404, 500].map((status) => ({
    name: `status ${status} with other words`,
    apply: () => ({ status, body: { errors: ['no'] } }),
  })),
]

/** Every mutation of one answer: whole, and each of its fields to `depth` left out or of another type. */
export function mutationsOf(answer: ServerResponse, depth: number): readonly Mutation[] {
  return [
    ...WHOLE,
    ...pathsIn(answer.body, depth).flatMap((path): Mutation[] => [
      { name: `without ${path.join('.')}`, apply: edit(path, undefined) },
      ...[null, [], {}, 'x', 7].map((value) => ({
        name: `${path.join('.')} is ${JSON.stringify(value)}`,
        apply: edit(path, value),
      })),
    ]),
  ]
}

function edit(path: readonly string[], value: unknown): Mutation['apply'] {
  return (answer) => {
    const copy: unknown = structuredClone(answer.body)
    const parent = path.slice(0, -1).reduce<unknown>((at, key) => fieldsOf(at)[key], copy)
    const last = path.at(-1) ?? ''
    // JSON knows no list with a hole in it.
    if (value === undefined && Array.isArray(parent)) parent.splice(Number(last), 1)
    else if (value === undefined) Reflect.deleteProperty(parent as object, last)
    else Reflect.set(parent as object, last, value)
    return { ...answer, body: copy }
  }
}

/** The first entries of each list and object stand for the others. */
function pathsIn(value: unknown, depth: number): readonly (readonly string[])[] {
  if (depth === 0 || typeof value !== 'object' || value === null) return []
  return Object.entries(value)
    .slice(0, 12)
    .flatMap(([key, inner]) => [[key], ...pathsIn(inner, depth - 1).map((path) => [key, ...path])])
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
