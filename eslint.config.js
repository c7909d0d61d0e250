// What the compiler cannot hold: promises that are awaited, unions handled whole, no ambient
// inputs in the pure stages. Import directions are .dependency-cruiser.cjs's business.
import eslint from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import typescript from 'typescript-eslint'

const IN_SOURCE = [
  {
    selector: 'ThrowStatement > NewExpression[callee.name="Error"]',
    message: 'Throw a LockstepError: it has a code, an exit code and a hint (domain/errors.ts).',
  },
  {
    // Bundled, the namespace of a CommonJS package has nothing but `default`.
    selector: 'ImportExpression[source.value=/^(ajv|semver|write-file-atomic|yaml)/]',
    message: 'Import on demand a module of ours, which imports this package statically.',
  },
]
/** What is filled into a text that is written must not begin a line, or act on a terminal. */
const WRITTEN = [
  {
    selector:
      'CallExpression[callee.property.name=/^(out|err)$/] > :matches(TemplateLiteral[expressions.length>0], BinaryExpression)',
    message: 'Write line`…` (domain/printable.ts), or lines(…) of what a renderer drew.',
  },
]
const OUTSIDE_REQUESTS = [
  {
    selector: 'TSAsExpression TSTypeReference[typeName.name=/^(Read|Write)Request$/]',
    message: 'Only server/requests.ts makes a request: what is not there cannot be sent.',
  },
]
const IN_PURE_STAGES = [
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'The clock is handed in.',
  },
  {
    selector: 'CallExpression[callee.name="Date"]',
    message: 'The clock is handed in.',
  },
]
const AMBIENT_INPUTS = [
  ['Date', 'now', 'The clock is handed in.'],
  ['Math', 'random', 'Randomness is handed in.'],
].map(([object, property, message]) => ({ object, property, message }))
/** The world, its clock and chance, and the ways around these names. */
const AMBIENT_GLOBALS = [
  ...['globalThis', 'global', 'process', 'performance', 'crypto'],
  ...['fetch', 'WebSocket', 'EventSource', 'BroadcastChannel'],
  ...['setTimeout', 'setInterval', 'setImmediate'],
]

export default defineConfig(
  globalIgnores(['dist/', '.cache/', 'coverage/', '**/*.generated.ts']),
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [typescript.configs.strictTypeChecked, typescript.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Numbers read well in a message; what stringifies badly stays forbidden.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => stream.end()` is clear enough.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // An index signature read with brackets shows that it may be absent.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // A function of an interface may be async for the sake of its other implementations.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.test.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...IN_SOURCE, ...OUTSIDE_REQUESTS],
    },
  },
  {
    files: [
      'src/{domain,documents,plan,safety,twin,drift,render}/**/*.ts',
      'src/server/{requests,rights}.ts',
    ],
    ignores: ['src/**/*.test.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...IN_SOURCE, ...OUTSIDE_REQUESTS, ...IN_PURE_STAGES],
      'no-restricted-properties': ['error', ...AMBIENT_INPUTS],
      'no-restricted-globals': ['error', ...AMBIENT_GLOBALS],
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:crypto', 'crypto'].map((name) => ({
            name,
            allowImportNames: ['createHash'],
            message: 'Randomness is handed in.',
          })),
        },
      ],
    },
  },
  {
    files: ['src/server/requests.ts'],
    rules: { 'no-restricted-syntax': ['error', ...IN_SOURCE, ...IN_PURE_STAGES] },
  },
  {
    // `unreachable` reports a bug of ours, not a fault to explain.
    files: ['src/domain/errors.ts'],
    rules: { 'no-restricted-syntax': ['error', ...IN_PURE_STAGES] },
  },
  {
    files: ['src/cli/**/*.ts'],
    ignores: ['src/**/*.test.ts'],
    rules: {
      'no-console': 'off',
      'no-restricted-syntax': ['error', ...IN_SOURCE, ...OUTSIDE_REQUESTS, ...WRITTEN],
    },
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      // A test that asserts on an index says more when it fails than one that guards it.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `expect(object.method)` and `expect.any(…)` are what these report.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable' } },
  },
)
