/**
 * The documents and what is in them. A fenced block says in its first line what a test does with it:
 *
 *     ```yaml lockstep.yaml   writes the block to that file of the reader's folder
 *     ```js upgrade.mjs       does the same with a program
 *     ```sh run               runs the block; it must exit 0
 *     ```sh run exits=5       runs the block; it must exit 5
 *     ```sh run types=yes     runs the block on a terminal, and answers its question
 *     ```text output          each line stands in the output of the last block that ran, in this order
 *
 * In an output block, `…` stands for any text, and a line that is only `…` for any lines. How many
 * spaces stand between words does not matter.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../cli/run-lockstep.ts'

export type Block =
  | { readonly kind: 'file'; readonly name: string; readonly text: string; readonly line: number }
  | {
      readonly kind: 'run'
      readonly script: string
      readonly exits: number
      readonly types?: string
      readonly line: number
    }
  | { readonly kind: 'output'; readonly text: string; readonly line: number }

/** Every document of the project, by its path in the checkout. */
export const documents: readonly string[] = [
  ...readdirSync(checkout).filter((name) => name.endsWith('.md')),
  ...markdownBelow('docs'),
  ...markdownBelow('examples'),
  ...markdownBelow('src'),
].sort()

/** The documents that have a block to run. */
export const pages: readonly string[] = documents.filter((path) =>
  blocksOf(path).some(({ kind }) => kind === 'run'),
)

export function readDocument(path: string): string {
  return readFileSync(join(checkout, path), 'utf8')
}

/** The marked blocks of a document, from top to bottom. `line` is that of the opening fence. */
export function blocksOf(path: string): readonly Block[] {
  const blocks: Block[] = []
  const lines = readDocument(path).split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const [, language, mark = ''] = /^```(\w+)(?: (.*))?$/.exec(lines[at] ?? '') ?? []
    if (language === undefined) continue
    const end = lines.indexOf('```', at + 1)
    if (end < 0) throw new Error(`${path}:${String(at + 1)}: this block has no end`)
    const block = readBlock(language, mark, lines.slice(at + 1, end).join('\n'), at + 1)
    if (block === 'unknown') throw new Error(`${path}:${String(at + 1)}: unknown mark "${mark}"`)
    if (block !== undefined) blocks.push(block)
    at = end
  }
  return blocks
}

function readBlock(
  language: string,
  mark: string,
  text: string,
  line: number,
): Block | 'unknown' | undefined {
  if (mark === '') return undefined
  if (language === 'yaml' || language === 'js')
    return { kind: 'file', name: mark, text: `${text}\n`, line }
  if (language === 'text' && mark === 'output') return { kind: 'output', text, line }
  const [, exits = '0', types] = /^run(?: exits=(\d+))?(?: types=(\w+))?$/.exec(mark) ?? []
  if (language !== 'sh' || !mark.startsWith('run')) return 'unknown'
  return {
    kind: 'run',
    script: text,
    exits: Number(exits),
    ...(types !== undefined && { types }),
    line,
  }
}

/** The first line of an output block that is not where it should be; undefined if all are. */
export function firstLineMissing(block: string, output: string): string | undefined {
  const lines = output.split('\n').map(withSingleSpaces)
  let next = 0
  for (const shown of block.split('\n')) {
    const wanted = withSingleSpaces(shown)
    if (wanted === '' || wanted === '…') continue
    const pattern = new RegExp(`^${wanted.split('…').map(escape).join('.*')}$`)
    const found = lines.findIndex((line, index) => index >= next && pattern.test(line))
    if (found < 0) return shown
    next = found + 1
  }
  return undefined
}

function withSingleSpaces(line: string): string {
  return line.trim().replace(/\s+/g, ' ')
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

function markdownBelow(folder: string): string[] {
  return readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
}
