import { expect, test } from 'vitest'
import { compileValidator } from './compile-validator.ts'

// After a change of the schema: npx vitest run test/desired/shape-validator.test.ts --update
test('the validator is the one that the schema asks for', async () => {
  const text = compileValidator()

  await expect(text).toMatchFileSnapshot('../../src/desired/shape-validator.generated.ts')
})
