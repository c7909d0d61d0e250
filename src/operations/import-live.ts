/**
 * Makes the text of a file of desired state that describes the live state. A plan for this file is
 * empty. Writes neither a file nor anything on a server.
 */
import { Document, visit } from 'yaml'
import { escapeQuoted, printable } from '../domain/printable.ts'
import { describeLive } from '../plan/describe-live.ts'
import type { Context } from './context.ts'

export interface ImportedFile {
  readonly yaml: string
  /** What the file leaves out about the cluster, one sentence each. */
  readonly notes: readonly string[]
}

/** Reads the cluster and describes it. Throws a LockstepError if the cluster cannot be read. */
export async function importLive({ observe }: Pick<Context, 'observe'>): Promise<ImportedFile> {
  const { document, notes } = describeLive(await observe())
  return { yaml: yamlText(document), notes }
}

/** YAML that parses to the same value. Invisible characters are escaped, in double quotes. */
function yamlText(value: unknown): string {
  const document = new Document(value)
  visit(document, {
    Scalar: (_key, node) => {
      const text = node.value
      if (typeof text === 'string' && printable(text) !== text) node.type = 'QUOTE_DOUBLE'
    },
  })
  return escapeQuoted(document.toString({ lineWidth: 0 }))
}
