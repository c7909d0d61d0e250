import { describe, expect, it } from 'vitest'
import {
  describeNoAnswer,
  mayBeUnknownToken,
  errorWords,
  isForwarded,
  noAnswerError,
  refusalError,
} from './faults.ts'
import type { MountPath, Namespace, NodeAddress } from '../domain/names.ts'
import { readCatalog, readMountHelp } from './requests.ts'

const node = 'https://10.0.0.1:8200' as NodeAddress

function networkError(code: string): Error {
  return Object.assign(new Error('connect'), { code })
}

describe('requests without an answer', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable', 1],
    ['ENOTFOUND', 'unreachable', 1],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'wrong-certificate-name', 1],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted-certificate', 1],
    ['EPROTO', 'not-tls', 1],
  ])('%s is %s', (code, expected, exitCode) => {
    const error = noAnswerError(node, readCatalog(), networkError(code))
    expect(error).toMatchObject({ code: expected, exitCode })
    expect(error.message).toContain(node)
    expect(error.hint).toBeTruthy()
  })

  it('has words for an error without a message', () => {
    expect(describeNoAnswer(new Error(''))).toBe('no answer')
  })
})

it('shows the words without secrets, and judges by the original words', () => {
  const response = {
    status: 500,
    body: { errors: ['local node not active'] },
    maskedErrors: ['local node not ***'],
  }
  expect(errorWords(response)).toBe('local node not ***')
  expect(isForwarded(response)).toBe(true)
})

describe('refusals', () => {
  const answer = (status: number, ...errors: string[]) => ({ status, body: { errors } })

  it('separates a sealed server from a busy one', () => {
    expect(refusalError(node, readCatalog(), answer(503, 'Vault is sealed')).code).toBe('sealed')
    expect(refusalError(node, readCatalog(), answer(503, 'overloaded')).code).toBe('refused')
  })

  // The answers of OpenBao 2.7.2 for a token that it knows, and for one that it does not know.
  const lacksRight = answer(403, '1 error occurred:\n\t* permission denied\n\n')
  const unknown = answer(403, 'permission denied')
  const unknownToVault = answer(403, '2 errors occurred:\n\t* permission denied\n\t* invalid token')
  const line = 'path "sys/plugins/catalog" { capabilities = ["read"] }'

  it('for a missing right name the right', () => {
    expect(refusalError(node, readCatalog(), lacksRight)).toMatchObject({
      code: 'not-allowed',
      exitCode: 8,
      hint: expect.stringContaining(line) as string,
    })
    expect(mayBeUnknownToken(lacksRight)).toBe(false)
  })

  it.each([unknown, unknownToVault])(
    'for a token that may be unknown name both causes',
    (denied) => {
      const error = refusalError(node, readCatalog(), denied)
      expect(error).toMatchObject({ code: 'bad-token', exitCode: 8 })
      expect(error.message).toContain('GET sys/plugins/catalog')
      expect(error.hint).toContain('expired')
      expect(error.hint).toContain(line)
      expect(mayBeUnknownToken(denied)).toBe(true)
    },
  )

  it('without a token say how to get one', () => {
    const error = refusalError(node, readCatalog(), { ...unknown, withoutToken: true })
    expect(error).toMatchObject({ code: 'no-token', exitCode: 8 })
    expect(error.hint).toContain('BAO_TOKEN')
  })

  it('recognizes a plain request to a TLS port', () => {
    const plain = answer(400, 'Client sent an HTTP request to an HTTPS server.')
    expect(refusalError(node, readCatalog(), plain).code).toBe('wants-tls')
  })

  it('leave out the query', () => {
    const request = readMountHelp('team-a/' as MountPath, '' as Namespace)
    expect(refusalError(node, request, answer(500, 'boom')).message).not.toContain('?')
  })
})

describe('the words of an answer', () => {
  it('are one line, without the servers’ list marks', () => {
    const body = {
      errors: ['1 error occurred:\n\t* cannot reload plugin on "a/": checksums did not match\n\n'],
    }
    expect(errorWords({ status: 400, body })).toBe(
      'cannot reload plugin on "a/": checksums did not match',
    )
  })

  it('have no repetition after a reload of several mounts', () => {
    const of = (mount: string): string =>
      `\t* cannot reload plugin on "${mount}": invalid backend version: 2 errors occurred:\n\t* checksums did not match\n\t* checksums did not match\n\n\n`
    const body = { errors: [`2 errors occurred:\n${of('a/')}${of('b/')}\n`] }
    expect(errorWords({ status: 400, body })).toBe(
      [
        'cannot reload plugin on "a/": invalid backend version: checksums did not match',
        'cannot reload plugin on "b/": invalid backend version: checksums did not match',
      ].join('; '),
    )
  })

  it('are empty for a body without errors', () => {
    expect(errorWords({ status: 500, body: null })).toBe('')
    expect(errorWords({ status: 500, body: { errors: 'text' } })).toBe('')
  })
})
