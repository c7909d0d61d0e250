/** The README's tables are the program's own: a rule that is not in it is not known to users. */
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { EXIT } from '../../src/domain/errors.ts'
import { RULES } from '../../src/safety/rules.ts'

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')

function section(name: string): string {
  const [, text] = readme.split(`<!-- ${name} -->\n`)
  return text?.split(`<!-- /${name} -->`)[0] ?? ''
}

it('lists every rule with its severity, what it means and whether it can be allowed', () => {
  const rows = RULES.map(
    ({ name, severity, title, allowable }) =>
      `| \`${name}\` | ${severity} | ${title} | ${allowable ? 'yes' : 'no'} |\n`,
  )
  const table = [
    '| rule | severity at worst | meaning | can be allowed |\n',
    '|---|---|---|---|\n',
    ...rows,
  ]
  expect(section('rules')).toBe(table.join(''))
})

it('lists every exit code', () => {
  const codes = [...readme.matchAll(/^\| (\d+) \| /gm)].map(([, code]) => Number(code))
  expect(codes).toEqual(Object.values(EXIT))
})
