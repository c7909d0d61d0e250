import { describe, expect, test } from 'vitest'
import { makeScratchFolder } from '../../test/cli/scratch-folder.ts'
import { type HelperResult, readToken } from './read-token.ts'

const HELPER = 'token_helper = "/opt/helper"\n'

/** Reads with these files in the home folder; a helper that runs prints or fails as given. */
async function read(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  result: HelperResult = { kind: 'ok', stdout: 'hvs.helper' },
): Promise<string> {
  await using folder = await makeScratchFolder(files)
  const commands: string[] = []
  const { token } = await readToken({
    home: folder.path,
    variable: (name) => {
      const value = env[name]?.replace('~', folder.path)
      return value === undefined ? undefined : { from: `BAO_${name}`, value }
    },
    runHelper: (command) => {
      commands.push(command.join(' '))
      return Promise.resolve(result)
    },
  })
  expect(commands).toEqual(token === 'hvs.helper' ? ['/opt/helper get'] : [])
  return token
}

test.each([
  [
    'the variable',
    { '.vault': HELPER, '.vault-token': 'hvs.file' },
    { TOKEN: 'hvs.set' },
    'hvs.set',
  ],
  ['the helper of ~/.bao', { '.bao': HELPER, '.vault-token': 'hvs.stale' }, {}, 'hvs.helper'],
  ['the helper of ~/.vault', { '.vault': HELPER, '.vault-token': 'hvs.stale' }, {}, 'hvs.helper'],
  ['the helper, not a named file', { '.bao': HELPER, t: 'x' }, { TOKEN_PATH: '~/t' }, 'hvs.helper'],
  ['the named file', { t: 'hvs.named\n', '.vault-token': 'x' }, { TOKEN_PATH: '~/t' }, 'hvs.named'],
  ['~/.vault-token', { '.vault-token': 'hvs.file\n' }, {}, 'hvs.file'],
  ['nothing', {}, {}, ''],
])('the token is that of %s', async (_, files, env, token) => {
  expect(await read(files, env)).toBe(token)
})

describe('a token helper', () => {
  const ask = (result: HelperResult) => read({ '.bao': HELPER }, {}, result)

  test('that prints two lines is refused, and no line is told', async () => {
    const error = await ask({ kind: 'ok', stdout: 'hvs.one\nhvs.two\n' }).catch(
      (one: unknown) => one,
    )

    expect(error).toMatchObject({ code: 'token-helper', exitCode: 8 })
    expect(String(error)).toContain('printed 2 lines')
    expect(String(error)).not.toContain('hvs.')
  })

  test('that fails is told with its reason', async () => {
    await expect(ask({ kind: 'failed', reason: 'no end within 30 s' })).rejects.toThrow(
      /the token helper \/opt\/helper, named in \S*\.bao, failed: no end within 30 s/,
    )
  })

  test('must be an absolute path', async () => {
    await expect(read({ '.bao': 'token_helper = "helper"\n' })).rejects.toThrow('absolute path')
  })
})

test('a named file that is not there is an error', async () => {
  await expect(read({}, { TOKEN_PATH: '~/none' })).rejects.toMatchObject({
    code: 'bad-token',
    exitCode: 8,
  })
})
