/**
 * Compares a twin's answer with the recorded one: status, errors and warnings word for word, and
 * the fields a plan or a person reads. Ids, times and raft's counters differ from run to run.
 */
import type { ServerResponse } from '../../src/domain/exchange.ts'
import type { Exchange } from './recording.ts'

type Fields = Readonly<Record<string, unknown>>

/** What is compared of an answer: the same value of both, or a difference. */
export type Comparison = (
  exchange: Exchange,
  answered: ServerResponse,
) => { readonly recorded: unknown; readonly answered: unknown }

/** Remembers which of the twin's accessors stands for which recorded one. */
export function createComparison(): Comparison {
  const accessors = new Map<string, string>()
  const stands = (recorded: unknown, answered: unknown) => {
    if (typeof recorded !== 'string' || typeof answered !== 'string') return
    if (!accessors.has(recorded)) accessors.set(recorded, answered)
  }
  return ({ request, recorded }, answered) => {
    const path = request.path.split('?')[0]!
    const [theirs, ours] = [reduce(path, recorded), reduce(path, answered)]
    for (const [name, mount] of mountsIn(theirs)) {
      stands(mount['accessor'], mountsIn(ours).get(name)?.['accessor'])
    }
    return {
      recorded: replaceAccessors(theirs, (accessor) => accessors.get(accessor) ?? accessor),
      answered: isPartial(path) ? restrict(ours, theirs) : ours,
    }
  }
}

function reduce(path: string, { status, body }: ServerResponse): Fields {
  if (body === null) return { status }
  const { errors, data, warnings } = body as Fields
  if (errors !== undefined) return { status, errors }
  return {
    status,
    warnings: warnings ?? null,
    data: reduceData(path, (data ?? body) as Fields, data === null),
  }
}

function reduceData(path: string, data: Fields, isNull: boolean): unknown {
  if (isNull) return null
  switch (path) {
    case 'sys/health':
      return pick(data, ['initialized', 'sealed', 'standby', 'version', ...CLUSTER])
    case 'sys/leader':
      return pick(data, ['ha_enabled', 'is_self', 'leader_address', 'leader_cluster_address'])
    case 'sys/seal-status':
      return pick(data, ['type', 'initialized', 'sealed', 'version', 'storage_type', ...CLUSTER])
    case 'sys/ha-status':
      return sorted((data['nodes'] as Fields[]).map((node) => pick(node, NODE)))
    case 'sys/plugins/catalog':
      return { ...data, detailed: sorted(data['detailed'] as Fields[]) }
    case 'sys/mounts':
    case 'sys/auth':
      return Object.fromEntries(
        Object.entries(data).map(([name, mount]) => [name, pick(mount as Fields, MOUNT)]),
      )
    default:
      if ('accessor' in data) return pick(data, MOUNT)
      if ('reload_id' in data) return { reload_id: typeof data['reload_id'] }
      if (path.startsWith('sys/namespaces')) return withoutIds(data)
      return data
  }
}

const CLUSTER = ['cluster_name', 'cluster_id']
const NODE = ['api_address', 'cluster_address', 'active_node', 'version']
const MOUNT = [
  'type',
  'accessor',
  'plugin_version',
  'running_plugin_version',
  'running_sha256',
  'deprecation_status',
  'options',
  'description',
]

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(
    names.flatMap((name) => (name in fields ? [[name, fields[name]] as const] : [])),
  )
}

function sorted(values: readonly Fields[]): Fields[] {
  const key = (value: Fields) =>
    ['type', 'name', 'version', 'api_address'].map((name) => String(value[name])).join(' ')
  return values.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

function withoutIds(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'id' && name !== 'uuid')
      .map(([name, each]) => [name, withoutIds(each)]),
  )
}

/** An engine fills in what a write left out: of such a read, what was written is compared. */
function isPartial(path: string): boolean {
  return /^auth\/[^/]+\/role\//.test(path)
}

/** The recorded fields instead of those of ours that say the same or nothing. */
function restrict(ours: Fields, theirs: Fields): Fields {
  const data = ours['data']
  if (typeof data !== 'object' || data === null) return ours
  return { ...ours, data: { ...(theirs['data'] as Fields), ...data } }
}

function mountsIn({ data }: Fields): Map<string, Fields> {
  if (typeof data !== 'object' || data === null) return new Map()
  if ('accessor' in data) return new Map([['', data]])
  const entries = Object.entries(data as Fields).filter(
    ([, value]) => typeof value === 'object' && value !== null && 'accessor' in value,
  )
  return new Map(entries as [string, Fields][])
}

function replaceAccessors(value: unknown, replace: (accessor: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => replaceAccessors(each, replace))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      name === 'accessor' && typeof each === 'string'
        ? replace(each)
        : replaceAccessors(each, replace),
    ]),
  )
}
