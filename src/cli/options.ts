/** The options that several commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { DURATION_HINT, LONGEST_TIMER, parseDuration } from '../domain/duration.ts'
import { DEFAULT_LIMIT } from '../render/markdown/default-limit.ts'
import { AUTH_METHODS, type LoginFlags } from '../login/settings.ts'
import type { ConnectionFlags } from '../server/connection.ts'

export interface OutputOptions {
  readonly color: 'auto' | 'always' | 'never'
  readonly quiet?: boolean
  readonly verbose?: boolean
}

export interface DetailOption {
  readonly detail?: boolean
}

export interface FileOptions {
  readonly file?: readonly string[]
  /** LOCKSTEP_UNTRUSTED_FILES can set it, too: call `trustOf`. */
  readonly untrustedFiles?: boolean
}

/** The option of commands that run commands of the file. */
export interface PassEnvOptions {
  readonly passEnv?: readonly string[]
}

export interface ClusterOptions extends ConnectionFlags, LoginFlags {
  readonly node?: readonly string[]
}

export type CommonOptions = OutputOptions & FileOptions & ClusterOptions & PassEnvOptions

/** The file that is read if `-f` is not given. */
export const DEFAULT_FILE = 'lockstep.yaml'

export function addOutputOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--color <when>', 'colour the output')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .addOption(new Option('--no-color', 'the same as --color never').preset('never'))
    .option('-q, --quiet', 'print results and errors only')
    .option('--verbose', 'log every request to stderr (never a token or a value)')
}

export function addDetailOption(command: Command): Command {
  return command.option('--detail', 'name every mount, node and step, and show whole hashes')
}

/** `without`: what the help names as the default of `-f`. */
export function addFileOptions(
  command: Command,
  without: typeof DEFAULT_FILE | 'none' = DEFAULT_FILE,
): Command {
  return command
    .option(
      '-f, --file <path>',
      `a file or directory of desired state, or - for stdin; may be repeated, they merge (default: ${without})`,
      collect,
    )
    .option(
      '--untrusted-files',
      'do not trust the files: the address comes from flags or variables only, and no command or other file that they name is run or read (LOCKSTEP_UNTRUSTED_FILES=1)',
    )
}

export function addPassEnvOption(command: Command): Command {
  return command.option(
    '--pass-env <name>',
    'a variable for the commands of the file (binary_check, verify); may be repeated',
    collect,
  )
}

export function addClusterOptions(command: Command): Command {
  const connection = command
    .option('--address <url>', 'where the cluster is reached (BAO_ADDR, cluster.address)')
    .option(
      '--node <url>',
      "a node's own address; repeat for each node, instead of the addresses that the cluster gives",
      collect,
    )
    .option('--namespace <namespace>', 'namespace sent with every request (BAO_NAMESPACE)')
    .option('--ca-cert <file>', 'certificate authority to trust (BAO_CACERT)')
    .option('--ca-path <dir>', 'folder of certificate authorities to trust (BAO_CAPATH)')
    .option('--client-cert <file>', 'client certificate (BAO_CLIENT_CERT)')
    .option('--client-key <file>', 'key of the client certificate (BAO_CLIENT_KEY)')
    .option('--tls-server-name <name>', 'name to expect in the certificate (BAO_TLS_SERVER_NAME)')
    .option('--tls-skip-verify', 'do not verify certificates (BAO_SKIP_VERIFY)')
    .option(
      '--timeout <duration>',
      'how long a whole answer may take, and the waits for a busy server (BAO_CLIENT_TIMEOUT)',
      seconds,
    )
  return addLoginOptions(connection)
}

/** Each has a variable, which `--auth-mount` shows the form of. */
function addLoginOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--auth <method>',
        'log in instead of taking a token; the token of the login is revoked at the end (LOCKSTEP_AUTH)',
      ).choices(AUTH_METHODS),
    )
    .option(
      '--auth-mount <path>',
      "path of the auth method; the method's name if not given (LOCKSTEP_AUTH_MOUNT)",
    )
    .option('--role <name>', 'role of the auth method (LOCKSTEP_ROLE)')
    .option(
      '--role-id <id>',
      'approle: the role ID (LOCKSTEP_ROLE_ID); the secret ID is in LOCKSTEP_SECRET_ID',
    )
    .option(
      '--secret-id-file <file>',
      'approle: the file that holds the secret ID (LOCKSTEP_SECRET_ID_FILE)',
    )
    .option(
      '--secret-id-wrapped',
      'approle: the secret ID is a wrapping token, to be unwrapped first (LOCKSTEP_SECRET_ID_WRAPPED=1)',
    )
    .option(
      '--jwt-file <file>',
      'jwt, kubernetes: the file that holds the JSON Web Token (LOCKSTEP_JWT_FILE)',
    )
    .option(
      '--jwt-variable <name>',
      'jwt: the variable that holds the token, as id_tokens of GitLab name one (LOCKSTEP_JWT_VARIABLE)',
    )
    .option(
      '--jwt-audience <audience>',
      'jwt: the audience of the token that GitHub Actions makes (LOCKSTEP_JWT_AUDIENCE)',
    )
    .option(
      '--username <name>',
      'userpass: the user (LOCKSTEP_USERNAME); the password is in LOCKSTEP_PASSWORD',
    )
    .option(
      '--password-file <file>',
      'userpass: the file that holds the password (LOCKSTEP_PASSWORD_FILE)',
    )
}

/** The formats of code hosts and CI systems. */
const HOST_FORMATS = ['github', 'sarif', 'junit'] as const
export type HostFormat = (typeof HOST_FORMATS)[number]

export interface FormatOption {
  readonly format?: HostFormat
}

/** Adds `--format`, to a command that prints its result in one of several formats. */
export function addFormatOption(command: Command): Command {
  return command.addOption(
    formatOption(
      'print annotations for GitHub, SARIF 2.1.0 or JUnit XML, with file and line',
      HOST_FORMATS,
    ),
  )
}

/** `--format` of drift, which has metrics beside the formats of hosts. */
export function metricsFormatOption(): Option {
  return formatOption(
    'print annotations for GitHub, SARIF 2.1.0, JUnit XML, or metrics for the textfile collector of Prometheus',
    [...HOST_FORMATS, 'prometheus'],
  )
}

function formatOption(description: string, formats: readonly string[]): Option {
  return new Option('--format <format>', description)
    .choices(formats)
    .conflicts(['json', 'markdown'])
}

/** The default of `--max-age` in seconds, and as it is typed. */
const MAX_AGE = [86_400, '24h'] as const

/** `--max-age`, in seconds; 24 hours if not given. */
export function maxAgeOption(description: string): Option {
  return new Option('--max-age <duration>', description).argParser(seconds).default(...MAX_AGE)
}

export interface HtmlOption {
  readonly html?: string
}

/** The option of commands that also write a page for a browser. */
export function addHtmlOption(command: Command): Command {
  return command.option('--html <file>', 'also write one HTML file, for a browser')
}

/** The options of what prints Markdown. */
export interface MarkdownOptions {
  readonly markdown?: boolean
  readonly markdownLimit: number
}

/** The options of a comment on a pull request. */
export interface CommentOptions {
  readonly markdownLimit: number
  readonly maxAge: number
}

/** The options of commands that show plans to reviewers. */
export interface ReviewOptions extends CommentOptions {
  readonly markdown?: boolean
}

export function addReviewOptions(command: Command): Command {
  return addCommentOptions(
    command.option('--markdown', 'print Markdown, for a comment on a pull request'),
  )
}

export function addCommentOptions(command: Command): Command {
  return command
    .addOption(markdownLimitOption())
    .addOption(
      maxAgeOption(
        'the age up to which apply will take the plan: the Markdown and the page say when',
      ),
    )
}

export function markdownLimitOption(): Option {
  return new Option('--markdown-limit <bytes>', 'leave out what makes the Markdown longer')
    .argParser(bytes)
    .default(DEFAULT_LIMIT)
}

function bytes(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Write a number of bytes, such as 60000.')
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value]
}

/** Parses a time to seconds. */
export function seconds(text: string): number {
  const parsed = parseDuration(text)
  if (parsed === undefined) throw new InvalidArgumentError(DURATION_HINT)
  return parsed
}

/** Seconds: what one timer of Node can wait for, about 24 days. */
const LONGEST_INTERVAL = Math.floor(LONGEST_TIMER / 1000)

/** Parses a time between two rounds, to seconds. */
export function interval(text: string): number {
  const parsed = seconds(text)
  if (parsed >= 1 && parsed <= LONGEST_INTERVAL) return parsed
  throw new InvalidArgumentError('Write a time from 1s to 24d, such as 5m.')
}

/** Parses a whole number of at least 1. */
export function positiveNumber(text: string): number {
  const number = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0
  if (number === 0)
    throw new InvalidArgumentError('Write a whole number from 1 to 999999, such as 4.')
  return number
}

export function addAllowOption(command: Command): Command {
  return command.option(
    '--allow <rule=subject>',
    'accept a finding, in this run only; may be repeated',
    collect,
  )
}
