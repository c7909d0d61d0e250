/** `lockstep import`: the file that says what is live, so that a plan for it is empty. */
import { Document, visit } from 'yaml'
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import { escapeQuoted, line, printable } from '../../domain/printable.ts'
import { describeLive } from '../../plan/describe-live.ts'
import type { Host } from '../host/host.ts'
import type { CommonOptions } from '../options.ts'
import { openSession } from '../session.ts'

export async function importLive(options: CommonOptions, host: Host): Promise<ExitCode> {
  const session = await openSession(options, host, undefined)
  try {
    const live = await session.observe()
    const { document, notes } = describeLive(live)
    for (const note of notes) host.out(line`# Note: ${note}`)
    host.out(yamlText(document))
    for (const note of notes) host.err(line`Note: ${note}`)
    return EXIT.done
  } finally {
    await session.close()
  }
}

/** YAML that reads back as the same: what cannot be seen is there as its escape, in quotes. */
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
