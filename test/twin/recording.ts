/** Reads the recorded exchanges of a real cluster, and makes the twin that is to answer them. */
import { readFileSync } from 'node:fs'
import type { ServerRequest, ServerResponse } from '../../src/domain/exchange.ts'
import type { Product } from '../../src/domain/live.ts'
import {
  type Namespace,
  type NodeAddress,
  parseSha256,
  type PluginType,
} from '../../src/domain/names.ts'
import type { PluginFile } from '../../src/twin/cluster/seeds.ts'
import { createTwin, type Twin } from '../../src/twin/cluster/twin.ts'

export interface Exchange {
  readonly story: string
  /** Counts from 1, in the file. */
  readonly line: number
  readonly node: NodeAddress
  readonly request: ServerRequest
  readonly recorded: ServerResponse
}

interface RecordedLine {
  readonly story: string
  readonly node: number
  readonly method: ServerRequest['method']
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly no_forwarding?: boolean
  readonly namespace?: string
  readonly status: number
  readonly response: unknown
}

const FOLDER = new URL('../recordings/', import.meta.url)
const RECORDINGS = {
  openbao: { file: 'openbao-2.7.2.jsonl', version: '2.7.2' },
  vault: { file: 'vault-1.21.4.jsonl', version: '1.21.4' },
} as const satisfies Record<Product, { readonly file: string; readonly version: string }>

export function readRecording(product: Product): Exchange[] {
  const text = readFileSync(new URL(RECORDINGS[product].file, FOLDER), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line, index) => readExchange(JSON.parse(line) as RecordedLine, index + 1))
}

function readExchange(recorded: RecordedLine, line: number): Exchange {
  const { story, node, method, path, body, status, response } = recorded
  return {
    story,
    line,
    node: nodeAddress(node),
    request: {
      method,
      path,
      namespace: (recorded.namespace ?? '') as Namespace,
      forwarding: recorded.no_forwarding !== true,
      ...(body !== undefined && { body }),
    },
    recorded: { status, body: response },
  }
}

function nodeAddress(number: number): NodeAddress {
  return `http://node${String(number)}:8200` as NodeAddress
}

/** Three nodes as they were when the recording began, with the files that lay on each. */
export function makeRecordedCluster(product: Product, exchanges: readonly Exchange[]): Twin {
  const { cluster_name, cluster_id } = exchanges[0]!.recorded.body as Record<string, string>
  return createTwin({
    product,
    server_version: RECORDINGS[product].version,
    cluster: { name: cluster_name!, id: cluster_id! },
    nodes: [1, 2, 3].map((number) => ({ address: nodeAddress(number), files: recordedFiles() })),
  })
}

/** By command. None of these programs reports its version. */
function recordedFiles(): Record<string, PluginFile> {
  const text = readFileSync(new URL('files.json', FOLDER), 'utf8')
  const { plugin_directory } = JSON.parse(text) as {
    readonly plugin_directory: Record<string, { readonly sha256: string; readonly type: string }>
  }
  return Object.fromEntries(
    Object.entries(plugin_directory).map(([command, { sha256, type }]) => [
      command,
      { sha256: parseSha256(sha256)!, type: type as PluginType },
    ]),
  )
}
