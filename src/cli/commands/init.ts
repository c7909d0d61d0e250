/**
 * `lockstep init`: writes a first file of desired state, with comments to fill in, and beside it the
 * schema with which editors complete and check the file. Asks no server and overwrites nothing.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import schema from '../../../schemas/desired-state.schema.json' with { type: 'json' }
import { errorName, EXIT, type ExitCode, LockstepError } from '../../domain/errors.ts'
import { line } from '../../domain/printable.ts'
import { shellWord } from '../../domain/shell-words.ts'
import type { Host } from '../host/host.ts'
import { DEFAULT_FILE } from '../options.ts'

const SCHEMA_FILE = 'lockstep.schema.json'
const SCHEMA_TEXT = `${JSON.stringify(schema, null, 2)}\n`

/** What each `#` line becomes without its `# ` is valid, too: the tests check both. */
const FIRST_FILE = `# yaml-language-server: $schema=./${SCHEMA_FILE}
# The plugin versions that the mounts of one cluster should run. Lockstep leaves alone what this
# file does not name. To use a part: remove the "# " before its lines, and fill it in.
version: 1

# cluster:
#   # The cluster_name that the server must report. No plan is made for another cluster.
#   name: prod
#   address: https://bao.example.com:8200

# plugins:
#   # Type and name, as in the catalog. The type is secret, auth or database.
#   secret/my-plugin:
#     # The version that every mount of the plugin runs.
#     use: v1.1.0
#     versions:
#       # The old version stays registered, to roll back to.
#       v1.0.0:
#         command: my-plugin-1.0.0
#         sha256: '0000000000000000000000000000000000000000000000000000000000000000'
#       v1.1.0:
#         # The name of the file in the plugin directory of every node.
#         command: my-plugin-1.1.0
#         # What sha256sum prints for that file.
#         sha256: '1111111111111111111111111111111111111111111111111111111111111111'
#         # The versions whose data this one reads, and the versions that read its data. Read the
#         # plugin's release notes before you declare this.
#         data: { upgrade_from: '>=1.0.0', downgrade_to: '>=1.0.0' }

# mounts:
#   # Only the mounts that differ from what their plugin says. An auth method begins with auth/.
#   team-a/:
#     plugin: secret/my-plugin
#     # Upgraded and checked on every node before any other mount.
#     canary: true
`

/**
 * @throws {LockstepError} `file-exists` if there is a file that would be overwritten;
 * `unwritable-file` if a file cannot be written. Neither file is left behind then.
 */
export async function init(out: string, host: Host): Promise<ExitCode> {
  const schemaPath = join(dirname(out), SCHEMA_FILE)
  const hasSchema = await isSchemaThere(schemaPath)
  await create(out, FIRST_FILE, 'Choose another file: lockstep init --out FILE')
  if (!hasSchema) {
    try {
      await create(schemaPath, SCHEMA_TEXT, 'Remove the file, then run the command again.')
    } catch (error) {
      await rm(out, { force: true })
      throw error
    }
  }
  const file = shellWord(out)
  const fileOption = out === DEFAULT_FILE ? '' : ` -f ${file}`
  host.out(line`Wrote ${out}, and beside it ${SCHEMA_FILE}, with which editors check the file.`)
  host.out(line`Next:`)
  host.out(
    line`  1. Fill in the file. Or replace it by what the cluster runs now: lockstep import > ${file}`,
  )
  host.out(line`  2. Check the file: lockstep validate ${file}`)
  host.out(line`  3. See what would change: lockstep plan${fileOption}`)
  return EXIT.done
}

/** True if the same schema is there already: several files in a folder share one. */
async function isSchemaThere(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined || text === SCHEMA_TEXT) return text !== undefined
  throw fileExists(path, 'Remove the file, then run the command again.')
}

/** Writes a file that does not exist yet. A symbolic link counts as a file. */
async function create(path: string, text: string, hint: string): Promise<void> {
  let isOurs = false
  try {
    await writeFile(path, '', { flag: 'wx' })
    isOurs = true
    await writeFile(path, text)
  } catch (cause) {
    if (isOurs) await rm(path, { force: true })
    if (errorName(cause) === 'EEXIST') throw fileExists(path, hint)
    throw new LockstepError({
      code: 'unwritable-file',
      message: `${path} cannot be written (${errorName(cause)})`,
      cause,
    })
  }
}

function fileExists(path: string, hint: string): LockstepError {
  return new LockstepError({
    code: 'file-exists',
    message: `${path} exists already, and init overwrites no file`,
    hint,
  })
}
