/** How `doctor` shows its checks. */
import { expect, it } from 'vitest'
import type { DoctorCheck, DoctorReport } from '../../src/documents/doctor.generated.ts'
import { renderDoctor } from '../../src/render/doctor-text.ts'
import { createPalette, terminalText } from '../../src/render/palette.ts'
import { nodeAddress } from '../builders/live.ts'

const check = (
  name: DoctorCheck['check'],
  result: DoctorCheck['result'],
  message: string,
): DoctorCheck => ({ check: name, result, message, details: [] })

const TROUBLED: DoctorReport = {
  format: 1,
  checked_at: '2026-05-01T10:00:00.000Z',
  address: nodeAddress(1),
  cluster: { id: 'id', name: 'prod\u001b[31m-eu', product: 'openbao', server_version: '2.7.2' },
  exit_code: 3,
  checks: [
    check('file', 'ok', 'The file is valid: 1 plugin, 2 mounts.'),
    {
      ...check('clock', 'warning', 'The clocks of this machine and of the servers differ.'),
      details: [`This clock is 1.0 h ahead of that of ${nodeAddress(1)}.`],
      fix: 'Set the clock that is wrong, for example with NTP.',
    },
    check('token', 'unknown', 'No server\ntold \u202ewhat the token is.'),
    {
      ...check('plan', 'failed', 'A plan made now is blocked by 1 finding.'),
      details: ['version-in-use secret/my-kv: mounts run this version, and it is to be retired.'],
      fix: 'See each finding with its fix: `lockstep plan`.',
      exit_code: 3,
    },
    check('lock', 'skipped', 'Not checked: there is no file.'),
    check('journal', 'skipped', 'Not checked: there is no file.'),
  ],
}

/** Update them with `npx vitest run --project unit test/render/doctor.test.ts -u`. */
async function expectGolden(text: string, name: string): Promise<void> {
  await expect(`${terminalText(text)}\n`).toMatchFileSnapshot(`../golden/doctor-${name}.txt`)
}

it.each([
  ['troubled', { palette: createPalette(false), width: Infinity }],
  ['troubled-narrow', { palette: createPalette(false), width: 70 }],
  ['troubled-colour', { palette: createPalette(true), width: 100 }],
] as const)('%s', async (name, options) => {
  await expectGolden(renderDoctor(TROUBLED, options), name)
})

it('says whether an apply would stop only if a plan was checked', () => {
  const conclusion = (checks: readonly DoctorCheck[]) =>
    renderDoctor(
      { ...TROUBLED, exit_code: 0, checks: [...checks] },
      { palette: createPalette(false), width: Infinity },
    )
      .split('\n')
      .at(-1)

  expect(conclusion([check('plan', 'ok', 'x.')])).toBe(
    'Nothing was found that would stop an apply.',
  )
  expect(conclusion([check('plan', 'skipped', 'x.')])).toBe(
    'Nothing failed, and no plan was checked: give a file with -f.',
  )
})
