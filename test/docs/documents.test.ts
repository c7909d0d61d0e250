/** The documents say what the program is: its rules, words, exit codes, and what it shows. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { checkout } from '../cli/run-lockstep.ts'
import { processHost } from '../../src/cli/host/host.ts'
import { createProgram } from '../../src/cli/program.ts'
import { EXIT } from '../../src/domain/errors.ts'
import { GLOSSARY } from '../../src/domain/glossary.ts'
import { compareText } from '../../src/domain/names.ts'
import { RULES } from '../../src/safety/rules.ts'
import { DOCUMENTS, EVENTS } from '../json-documents.ts'
import { blocksOf, documents, readDocument } from './pages.ts'

function section(page: string, name: string): string {
  const [, text] = readDocument(page).split(`<!-- ${name} -->\n`)
  return text?.split(`<!-- /${name} -->`)[0] ?? ''
}

/** `npx vitest run --project unit -u` writes the page. */
it('docs/rules.md has every rule', async () => {
  const rows = RULES.map(
    ({ name, severity, title, allowable }) =>
      `| [\`${name}\`](#${name}) | ${severity} | ${title} | ${allowable ? 'yes' : 'no'} |`,
  )
  const sections = RULES.flatMap(({ name, title, explanation, fix }) => [
    `## ${name}`,
    '',
    `${title}.`,
    '',
    explanation,
    '',
    `What to do: ${fix}`,
    '',
  ])
  const page = [
    '# Rules',
    '',
    'Every plan is judged by these rules. An error blocks the plan (exit 3). `lockstep explain NAME` prints one.',
    '',
    'If a finding can be allowed, `allow` in the file or `--allow NAME=SUBJECT` accepts it, with a reason.',
    '',
    '| rule | severity at worst | meaning | can be allowed |',
    '|---|---|---|---|',
    ...rows,
    '',
    ...sections,
  ]
  await expect(`${page.join('\n').trimEnd()}\n`).toMatchFileSnapshot('../../docs/rules.md')
})

it('the README says for each command with --json which document it prints', () => {
  const { commands } = createProgram(
    processHost(),
    { version: '1', args: [] },
    () => undefined,
    () => Promise.resolve(0),
  )
  const withJson = commands
    .filter(({ options }) => options.some(({ long }) => long === '--json'))
    .map((command) => command.name())
  expect(withJson.length).toBeGreaterThan(5)
  expect(withJson.toSorted(compareText)).toEqual(
    [...new Set([...Object.keys(DOCUMENTS), ...EVENTS])].sort(compareText),
  )

  const rows = [
    ...readDocument('README.md').matchAll(/^\| (.*) \| .* \| `(.*\.schema\.json)` \|$/gm),
  ]
  const named = rows.flatMap(([, first = '']) => [...first.matchAll(/`(\w+)/g)])
  expect([...new Set(named.map(([, name = '']) => name))].sort(compareText)).toEqual(
    withJson.toSorted(compareText),
  )
  const schemas = readdirSync(join(checkout, 'schemas'))
  expect(rows.map(([, , schema = '']) => schema).sort(compareText)).toEqual(
    schemas.filter((name) => name !== 'desired-state.schema.json').sort(compareText),
  )
})

it('the README lists every exit code, and so does no table more than there are', () => {
  const codes = [...readDocument('README.md').matchAll(/^\| (\d+) \| /gm)].map(([, code]) =>
    Number(code),
  )
  expect(codes).toEqual(Object.values(EXIT))
  for (const page of documents) {
    for (const [, code] of readDocument(page).matchAll(/\b[Ee]xits? (?:code )?(\d+)\b/g)) {
      expect(Object.values(EXIT), `${page} speaks of exit ${String(code)}`).toContain(Number(code))
    }
  }
})

it('ARCHITECTURE.md has the glossary', () => {
  const rows = GLOSSARY.map(({ word, meaning }) => `| ${word} | ${meaning} |\n`)
  expect(section('ARCHITECTURE.md', 'glossary')).toBe(
    ['| word | meaning |\n', '|---|---|\n', ...rows].join(''),
  )
})

it('the glossary has each word once, in order', () => {
  const words = GLOSSARY.map(({ word }) => word)
  expect(words).toEqual([...new Set(words)].sort(compareText))
})

/** What the README shows is run there, so it is not run twice. */
it('the README shows the file, the plan and the failure of the pages', () => {
  const shown = blocksOf('README.md').flatMap((block) => (block.kind === 'run' ? [] : block.text))
  const run = ['docs/upgrade.md', 'docs/failure.md'].flatMap((page) =>
    blocksOf(page).flatMap((block) => (block.kind === 'run' ? [] : block.text)),
  )
  expect(shown).toHaveLength(3)
  for (const text of shown) expect(run).toContain(text)
})

it.each(documents)('%s links to what is there', (page) => {
  const links = [...readDocument(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '')
  for (const link of links.filter((one) => !/^https?:/.test(one))) {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? page : join(dirname(page), path)
    expect(existsSync(join(checkout, target)), `${page} links to ${link}`).toBe(true)
    if (anchor !== undefined)
      expect(anchorsOf(target), `${page} links to ${link}`).toContain(anchor)
  }
})

it.each(documents)('%s names files that are there', (page) => {
  const named = [
    ...readDocument(page).matchAll(
      /`((?:src|test|schemas|scripts|docs|examples|\.ci)\/[\w./-]+)`/g,
    ),
  ]
  // NAME is whatever the reader chooses.
  for (const path of named.flatMap(([, one = '']) => (one.includes('NAME') ? [] : one))) {
    expect(existsSync(join(checkout, path)), `${page} names ${path}`).toBe(true)
  }
})

it('ARCHITECTURE.md has every stage', () => {
  const [, table = ''] = /## Stages\n([^]*?)\n## /.exec(readDocument('ARCHITECTURE.md')) ?? []
  const named = [...table.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, stage]) => stage ?? '')
  expect(named.sort(compareText)).toEqual(foldersIn('src'))
})

it('every invariant and every decision names a test', () => {
  const invariants = (
    /## Invariants\n([^]*?)\n## /.exec(readDocument('ARCHITECTURE.md'))?.[1] ?? ''
  )
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| invariant '))
  expect(invariants.length).toBeGreaterThan(0)
  for (const line of invariants) expect(line).toMatch(/`[\w./-]+\.test\.ts`/)

  const decisions = documents.filter((path) => path.startsWith('docs/decisions/'))
  expect(decisions.length).toBeGreaterThan(0)
  for (const path of decisions) {
    const parts = readDocument(path).matchAll(/^\*\*(\w+)\.\*\*/gm)
    expect(
      [...parts].map(([, part]) => part),
      path,
    ).toEqual(['Context', 'Choice', 'Cost', 'Test'])
    expect(readDocument(path)).toMatch(/^\*\*Test\.\*\* .*(\.test\.ts|npm run bench)/m)
    expect(readDocument('ARCHITECTURE.md'), path).toContain(`](${path})`)
  }
})

it('the README is short', () => {
  expect(readDocument('README.md').split('\n').length).toBeLessThan(250)
})

function foldersIn(folder: string): string[] {
  return readdirSync(join(checkout, folder), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? entry.name : []))
    .sort(compareText)
}

/** As code hosts make them of headings. */
function anchorsOf(page: string): string[] {
  return [...readDocument(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
