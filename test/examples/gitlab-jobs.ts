/**
 * Reads the components of `examples/gitlab-ci/` as GitLab does: it fills in the inputs of a
 * component, and the inputs of a job when a person starts that.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { checkout } from '../cli/run-lockstep.ts'

export interface GitlabJob {
  readonly rules: readonly { readonly if: string; readonly when?: string }[]
  readonly environment: { readonly name: string }
  readonly script: readonly string[]
  readonly inputs?: Readonly<Record<string, { readonly default: string; readonly regex: string }>>
  readonly artifacts?: { readonly paths: readonly string[]; readonly when?: string }
}

export const COMPONENTS = ['plan', 'apply', 'drift'] as const
export type ComponentName = (typeof COMPONENTS)[number]

type Inputs = Readonly<Record<string, string>>

/**
 * The jobs of a component, by name.
 * @throws if an input is missing, is not declared, or is used without a declaration.
 */
export async function readComponent(
  name: ComponentName,
  inputs: Inputs,
): Promise<Readonly<Record<string, GitlabJob>>> {
  const path = join(checkout, 'examples', 'gitlab-ci', 'templates', `${name}.yml`)
  const [header, body, ...more] = (await readFile(path, 'utf8')).split(/^---\n/m)
  if (header === undefined || body === undefined || more.length > 0) {
    throw new Error(`${path} must have two documents: spec and jobs`)
  }
  const { spec } = parse(header) as {
    spec: { inputs: Readonly<Record<string, { readonly default?: string }>> }
  }
  const undeclared = Object.keys(inputs).filter((input) => !(input in spec.inputs))
  if (undeclared.length > 0) throw new Error(`${path} declares no ${undeclared.join(', ')}`)
  const filled = body.replace(/\$\[\[ inputs\.(\w+) \]\]/g, (_, input: string) => {
    const value = inputs[input] ?? spec.inputs[input]?.default
    if (value === undefined) throw new Error(`${path}: the input ${input} has no value`)
    return value
  })
  if (filled.includes('$[[')) throw new Error(`${path} has an interpolation that was not filled in`)
  return parse(filled) as Readonly<Record<string, GitlabJob>>
}

/** The lines of a job, started with these inputs. Throws if a value does not fit the job's regex. */
export function linesOf(job: GitlabJob, inputs: Inputs = {}): readonly string[] {
  return job.script.map((line) =>
    line.replace(/\$\{\{ job\.inputs\.(\w+) \}\}/g, (_, name: string) => {
      const input = job.inputs?.[name]
      if (input === undefined) throw new Error(`the job declares no input ${name}`)
      const value = inputs[name] ?? input.default
      if (!new RegExp(input.regex).test(value)) throw new Error(`${name} does not fit its regex`)
      return value
    }),
  )
}

/** All documents of all files, for a check of their form. */
export async function readGitlabDocuments(): Promise<readonly [path: string, document: unknown][]> {
  const files = ['.gitlab-ci.yml', ...COMPONENTS.map((name) => `templates/${name}.yml`)]
  const found = files.map(async (file) => {
    const text = await readFile(join(checkout, 'examples', 'gitlab-ci', file), 'utf8')
    return parseAllDocuments(text).map((document): [string, unknown] => {
      const [mistake] = document.errors
      if (mistake !== undefined) throw mistake
      return [file, document.toJS()]
    })
  })
  return (await Promise.all(found)).flat()
}
