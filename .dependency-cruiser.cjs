// Who may import whom. An allow-list: what is not in these tables is an error.

/** Each stage, and the stages it may import besides itself. `cli` may import all; nobody imports it. */
const STAGES = {
  domain: [],
  documents: ['domain'],
  desired: ['domain', 'documents'],
  server: ['domain', 'documents'],
  live: ['domain', 'documents (types)', 'server'],
  plan: ['domain', 'documents'],
  twin: ['domain', 'documents', 'server/requests.ts'],
  safety: ['domain', 'documents', 'plan', 'server/requests.ts', 'server/rights.ts'],
  journal: ['domain', 'documents', 'plan'],
  lock: ['domain', 'documents', 'server', 'journal'],
  'cluster-journal': ['domain', 'documents', 'server', 'journal'],
  rollback: ['domain', 'documents', 'plan', 'journal'],
  apply: ['domain', 'documents', 'server', 'live', 'plan', 'journal'],
  drift: ['domain', 'documents', 'plan'],
  login: ['domain', 'server'],
  // Use cases: what the command line does, without a command line.
  operations: [
    'domain',
    'documents',
    'desired',
    'server',
    'live',
    'plan',
    'twin',
    'safety',
    'apply',
    'journal',
    'cluster-journal',
    'lock',
    'login',
    'rollback',
    'drift',
  ],
  render: ['domain', 'documents'],
  // Answers over HTTP what rounds of drift found. It is handed the check, and asks no server.
  service: ['domain', 'documents', 'operations (types)', 'operations/watch-drift.ts', 'render'],
  // Comments on pull requests: asks code hosts, never an OpenBao or Vault server.
  review: [
    'domain',
    'documents',
    'server/answers/shape.ts',
    'server/patience.ts',
    'server/proxy-error.ts',
    'server/agents.ts (types)',
  ],
}

/** These see nothing but what they are handed: no files, no network, no processes, no clock. */
const PURE_STAGES = ['domain', 'documents', 'plan', 'safety', 'twin', 'drift', 'render']
/** What these import of an impure stage is as pure as they are. */
const PURE_FILES = ['server/request-path', 'server/requests', 'server/rights']
const PURE_MODULES = ['crypto', 'util']
const PURE_PACKAGES = ['canonicalize', 'diff', 'semver', '@types/semver']

/** The one file of a pure stage that opens a socket. */
const TWIN_SERVER = '^src/twin/http/'

const names = Object.keys(STAGES)
const oneOf = (list) => `(${list.join('|')})`
const PURE = `^src/(${oneOf(PURE_STAGES)}/|${oneOf(PURE_FILES)}[.]ts$)`
const pure = { path: PURE, pathNot: TWIN_SERVER }
const impure = [{ path: '^src/', pathNot: PURE }, { path: TWIN_SERVER }]

function target(entry) {
  const [stage, typesOnly] = entry.split(' ')
  const path = stage.endsWith('.ts') ? `^src/${stage.replace('.', '[.]')}$` : `^src/${stage}/`
  return typesOnly ? { path, dependencyTypes: ['type-only'] } : { path }
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  allowed: [
    ...names.map((stage) => ({ from: { path: `^src/${stage}/` }, to: { path: `^src/${stage}/` } })),
    ...names.flatMap((stage) =>
      STAGES[stage].map((entry) => ({ from: { path: `^src/${stage}/` }, to: target(entry) })),
    ),
    { from: { path: '^src/cli/' }, to: { path: '^src/' } },
    // What programs import.
    { from: { path: '^src/index[.]ts$' }, to: { path: '^src/', pathNot: '^src/cli/' } },
    { from: { path: '^src/' }, to: { path: '^(schemas/.*|package)[.]json$' } },

    { from: pure, to: { dependencyTypes: ['core'], path: `^(node:)?${oneOf(PURE_MODULES)}$` } },
    { from: pure, to: { path: `(^|/)node_modules/${oneOf(PURE_PACKAGES)}/` } },
    {
      from: { path: '^src/documents/' },
      to: { path: '(^|/)node_modules/ajv/', dependencyTypes: ['type-only'] },
    },
    ...impure.map((from) => ({ from, to: { dependencyTypes: ['core', 'npm'] } })),
  ],
  allowedSeverity: 'error',
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-socket-behind-a-pure-stage',
      severity: 'error',
      from: pure,
      to: { path: TWIN_SERVER },
    },
    {
      name: 'no-pure-file-imports-its-stage',
      severity: 'error',
      from: { path: `^src/${oneOf(PURE_FILES)}[.]ts$` },
      to: { path: '^src/', pathNot: PURE },
    },
    {
      name: 'live-only-reads',
      comment: 'It is handed a reader, which has no way to write.',
      severity: 'error',
      from: { path: '^src/live/' },
      to: { path: '^src/server/(client|transport)[.]ts$' },
    },
    {
      name: 'one-transport',
      comment: 'Who has it can send what is not in server/requests.ts.',
      severity: 'error',
      from: { pathNot: '^src/operations/connect[.]ts$' },
      to: { path: '^src/server/transport[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-development-dependencies',
      comment: 'What src imports at run time is installed with the package.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Type-only imports count: a stage that knows another's types knows the stage.
    tsPreCompilationDeps: true,
    exclude: { path: '[.]test[.]ts$' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
