/** Holds requests and answers against an OpenAPI 3.0 description: paths, parameters, bodies, statuses. */
import { Ajv, type AnySchema } from 'ajv'

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: {
    readonly schemas: object
    readonly parameters?: Readonly<Record<string, Parameter>>
    readonly responses?: Readonly<Record<string, Content>>
    readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
  }
}

interface Operation {
  readonly parameters?: readonly (Parameter | Reference)[]
  readonly requestBody?: Content & { readonly required?: boolean }
  readonly responses: Readonly<Record<string, Content | Reference>>
}

interface Reference {
  readonly $ref: string
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly schema: object
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

export interface Exchange {
  readonly method: string
  /** Below the base of the API, with its query. */
  readonly path: string
  readonly body: unknown
  readonly status: number
  readonly answer: unknown
}

/** Each mistake in a line; none if the exchange is as described. */
export type FindMistakes = (exchange: Exchange) => readonly string[]

/** Any request may be answered with these; descriptions list them only here and there. */
const GENERAL_STATUSES = [401, 403, 404, 429, 500, 502, 503]

export function createChecker(document: OpenApiDocument): FindMistakes {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema({ $id: 'description', components: document.components ?? {} })
  const check = (what: string, schema: object, value: unknown): string[] => {
    const validate = ajv.compile(absolute(schema) as AnySchema)
    return validate(value)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message }) => `${what}${instancePath} ${message ?? 'is wrong'}`,
        )
  }
  return ({ method, path, body, status, answer }) => {
    const [pathname = '', search = ''] = path.split('?')
    const found = findPath(document, pathname)
    const operation = found?.operations[method.toLowerCase()]
    if (found === undefined || operation === undefined)
      return [`${method} ${pathname} is not described`]
    const parameters = (operation.parameters ?? []).map((one) =>
      '$ref' in one ? resolve(document.components?.parameters ?? {}, one) : one,
    )
    const given = new Map([...found.parameters, ...new URLSearchParams(search)])
    const checkParameter = ([name, text]: readonly [string, string]): string[] => {
      const parameter = parameters.find((one) => one.name === name)
      if (parameter === undefined) return [`${name} is no parameter`]
      const { type } = parameter.schema as { type?: string }
      return check(name, parameter.schema, type === 'integer' ? Number(text) : text)
    }
    const wanted = operation.requestBody?.content?.['application/json']?.schema
    const response = operation.responses[String(status)]
    const isGeneral = GENERAL_STATUSES.includes(status) || (status >= 300 && status < 400)
    const described =
      response !== undefined && '$ref' in response
        ? resolve(document.components?.responses ?? {}, response)
        : response
    const answered = described?.content?.['application/json']?.schema
    return [
      ...[...given].flatMap(checkParameter),
      ...(wanted === undefined
        ? body === undefined
          ? []
          : ['the request has a body']
        : check('the request', { ...wanted, additionalProperties: false }, body)),
      ...(described === undefined && !isGeneral
        ? [`${String(status)} is no described status`]
        : []),
      ...(answered === undefined ? [] : check('the answer', answered, answer)),
    ]
  }
}

function findPath(
  { paths }: OpenApiDocument,
  pathname: string,
): { operations: Readonly<Record<string, Operation>>; parameters: [string, string][] } | undefined {
  const parts = pathname.split('/')
  for (const [template, operations] of Object.entries(paths)) {
    const names = template.split('/')
    const parameters: [string, string][] = []
    const fits =
      names.length === parts.length &&
      names.every((name, at) => {
        const part = parts[at] ?? ''
        const parameter = /^\{(.+)\}$/.exec(name)?.[1]
        if (parameter === undefined) return name === part
        parameters.push([parameter, decodeURIComponent(part)])
        // `/issues/comments` is no issue.
        return !(`${names.slice(0, at).join('/')}/${part}` in paths)
      })
    if (fits && (parameters.length === 0 || !isShadowed(paths, parts, template))) {
      return { operations, parameters }
    }
  }
  return undefined
}

/** True if another path fits with fewer parameters. */
function isShadowed(
  paths: OpenApiDocument['paths'],
  parts: readonly string[],
  than: string,
): boolean {
  const count = (template: string): number => template.split('{').length
  return Object.keys(paths).some((template) => {
    const names = template.split('/')
    return (
      count(template) < count(than) &&
      names.length === parts.length &&
      names.every((name, at) => name.startsWith('{') || name === parts[at])
    )
  })
}

function resolve<Value>(from: Readonly<Record<string, Value>>, { $ref }: Reference): Value {
  const found = from[$ref.replace(/^.*\//, '')]
  if (found === undefined) throw new Error(`${$ref} is not in the description`)
  return found
}

/** The description's own references, as those of a schema that stands alone. */
function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === '$ref' && typeof one === 'string' && one.startsWith('#')
        ? `description${one}`
        : absolute(one),
    ]),
  )
}
