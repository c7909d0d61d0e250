/** `lockstep doctor`: checks what an apply from this machine needs. Changes nothing. */
import { existsSync } from 'node:fs'
import type { ExitCode } from '../../domain/errors.ts'
import { jsonText, lines } from '../../domain/printable.ts'
import { diagnose } from '../../operations/doctor/diagnose.ts'
import { renderDoctor } from '../../render/doctor-text.ts'
import { viewOf } from '../host/colour.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import { type CommonOptions, DEFAULT_FILE } from '../options.ts'
import { openSession } from '../session.ts'

export type DoctorOptions = CommonOptions & { readonly json?: boolean; readonly journal?: string }

export async function doctor(options: DoctorOptions, host: Host): Promise<ExitCode> {
  const hasFile = options.file !== undefined || existsSync(DEFAULT_FILE)
  const { report, exitCode } = await diagnose({
    load: () => (hasFile ? loadDesired(options, host) : Promise.resolve(undefined)),
    open: (desired, onCertificate) => openSession({ ...options, onCertificate }, host, desired),
    world: host,
  })
  const text =
    options.json === true ? jsonText(report, 2) : renderDoctor(report, viewOf(options, host))
  host.out(lines(text))
  return exitCode
}
