import { expect, it } from 'vitest'
import { processHost } from '../host/host.ts'
import { createProgram } from '../program.ts'
import { describeCommands } from './describe-commands.ts'
import { commandsBelow, quote, shortText } from './script-text.ts'

const commands = commandsBelow(
  describeCommands(
    createProgram(
      processHost(),
      { version: '1', args: [] },
      () => undefined,
      () => Promise.resolve(0),
    ),
  ),
)
const options = commands.flatMap((command) => command.options)

it('an option with a path completes files or folders', () => {
  const paths = options.filter(({ long, value }) => {
    return value !== undefined && /-(file|out|html|cert|key|path|journal|dir)$/.test(long)
  })

  expect(paths.length).toBeGreaterThan(10)
  for (const { long, value } of paths) expect(['file', 'folder'], long).toContain(value?.kind)
})

it('each word of a script needs no quotes in a shell', () => {
  const values = [...options, ...commands.flatMap((command) => command.arguments)]
  const words = values.flatMap(({ value }) => (value?.kind === 'words' ? value.words : []))

  expect(words).toEqual(expect.arrayContaining(['github', 'version-in-use', 'mount-down', 'zsh']))
  for (const word of words) expect(word).toMatch(/^[\w.-]+$/)
})

it('an option that may be repeated is described so', () => {
  expect(options.find(({ long }) => long === '--file')?.isRepeatable).toBe(true)
  expect(options.find(({ long }) => long === '--out')?.isRepeatable).toBe(false)
})

it('texts are shortened and quoted', () => {
  expect(shortText('a file; may be repeated (default: x)')).toBe('a file')
  expect(quote(`a'b\\`)).toBe(`'a'\\''b\\'`)
  expect(quote(`a'b\\`, 'fish')).toBe(`'a\\'b\\\\'`)
})
