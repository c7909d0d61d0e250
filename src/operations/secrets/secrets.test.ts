import { expect, it } from 'vitest'
import { createFolder, withBinary } from '../../../test/desired/desired-folder.ts'
import { gatherSecrets } from './secrets.ts'

it.each([
  { trust: 'trusted', known: ['the-token', 'written', 'in-ci'] },
  // Masking would show the author of an untrusted file whether a guess is right.
  { trust: 'untrusted', known: ['the-token', 'written'] },
] as const)('reads the variables that $trust files name: $known', async ({ trust, known }) => {
  const binary = `{ command: kv, sha256: ${'a'.repeat(64)}, env: { A: written, B: { from: CI } } }`
  const folder = await createFolder({ 'a.yaml': withBinary(binary) })
  const secrets = gatherSecrets({ token: 'the-token', env: { CI: 'in-ci' }, trust })

  secrets.learn({ desired: await folder.load() })

  expect(secrets.known()).toEqual(known)
})
