/**
 * The pull requests, runs and artifacts of a repository on GitHub, as its description has them: the
 * answers to what the apply workflow asks.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { githubDescription } from '../review/github-description.ts'
import type { Reply } from '../review/code-host-server.ts'

export interface StoredRun {
  readonly event: 'pull_request_target' | 'pull_request'
  readonly conclusion: 'success' | 'failure'
  /** Of the workflow; `PLAN_WORKFLOW` if not given. */
  readonly workflow?: number
}

interface StoredArtifact {
  readonly name: string
  readonly run: number
  readonly isExpired: boolean
  readonly zip: Buffer
}

export const PLAN_WORKFLOW = 161_335

export class GithubRuns {
  /** The pull request that brought the commit; undefined: none. */
  pull: { readonly number: number; readonly head: string } | undefined
  /** How many artifacts a page has. */
  pageSize = 100
  private readonly runs: StoredRun[] = []
  private readonly artifacts: StoredArtifact[] = []
  private readonly base: string
  private readonly examples: Readonly<Record<string, { readonly value: unknown }>>

  private constructor(base: string, examples: GithubRuns['examples']) {
    this.base = base
    this.examples = examples
  }

  /** `base`: of the API. */
  static async describe(base: string): Promise<GithubRuns> {
    return new GithubRuns(base, (await githubDescription()).components?.examples ?? {})
  }

  /** `folder` holds `plan.json`. */
  async add(run: StoredRun, { name, folder, isExpired = false }: NewArtifact): Promise<void> {
    const archive = join(folder, 'artifact.zip')
    await execa('python3', ['-m', 'zipfile', '-c', archive, 'plan.json'], { cwd: folder })
    this.runs.push(run)
    this.artifacts.push({ name, run: this.runs.length, isExpired, zip: await readFile(archive) })
  }

  answer(path: string): Reply | undefined {
    const [pathname = '', search = ''] = path.split('?')
    const [, kind, id = ''] =
      /^\/(?:repos\/octo\/app\/)?(commits|actions\/artifacts|actions\/runs|actions\/workflows|download)\/?([^/]*)/.exec(
        pathname,
      ) ?? []
    switch (kind ?? '') {
      case 'commits':
        return { status: 200, body: this.pull === undefined ? [] : [this.shownPull(this.pull)] }
      case 'actions/workflows':
        if (id !== 'lockstep-plan.yml') return undefined
        return { status: 200, body: { ...this.example('workflow'), id: PLAN_WORKFLOW } }
      case 'actions/runs':
        return this.shownRun(Number(id))
      case 'actions/artifacts':
        return id === ''
          ? this.listed(new URLSearchParams(search))
          : { status: 302, headers: { Location: `${this.base}/download/${id}` } }
      case 'download':
        return { status: 200, body: this.artifacts[Number(id) - 1]?.zip }
      default:
        return undefined
    }
  }

  private listed(query: URLSearchParams): Reply {
    const named = this.artifacts.flatMap((artifact, at) =>
      artifact.name === query.get('name') ? [this.shownArtifact(artifact, at + 1)] : [],
    )
    const page = Number(query.get('page') ?? 1)
    const artifacts = named.slice((page - 1) * this.pageSize, page * this.pageSize)
    query.set('page', String(page + 1))
    const next = `<${this.base}/repos/octo/app/actions/artifacts?${query.toString()}>; rel="next"`
    return {
      status: 200,
      body: { total_count: named.length, artifacts },
      ...(page * this.pageSize < named.length && { headers: { Link: next } }),
    }
  }

  private shownArtifact({ name, run, isExpired }: StoredArtifact, id: number): object {
    const { artifacts } = this.example('artifact-paginated') as { artifacts: object[] }
    return { ...artifacts[0], id, name, expired: isExpired, workflow_run: { id: run } }
  }

  private shownRun(id: number): Reply | undefined {
    const run = this.runs[id - 1]
    if (run === undefined) return undefined
    const { event, conclusion, workflow = PLAN_WORKFLOW } = run
    const shown = { ...this.example('workflow-run'), id, event, conclusion }
    return { status: 200, body: { ...shown, workflow_id: workflow } }
  }

  private shownPull({ number, head: sha }: NonNullable<GithubRuns['pull']>): object {
    const [pull] = this.examples['pull-request-simple-items']?.value as { head: object }[]
    return { ...pull, number, head: { ...pull?.head, sha }, requested_teams: [] }
  }

  private example(name: string): object {
    const value = this.examples[name]?.value
    if (typeof value !== 'object' || value === null) throw new Error(`no example ${name}`)
    return value
  }
}

interface NewArtifact {
  readonly name: string
  readonly folder: string
  readonly isExpired?: boolean
}
