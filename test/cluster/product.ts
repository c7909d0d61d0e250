/** Which of the two servers a program is: they differ, and the real tests run on either. */
import { execa } from 'execa'

export type Product = 'openbao' | 'vault'

export interface ServerIdentity {
  readonly product: Product
  /** Without a `v`, as `sys/health` answers it. */
  readonly version: string
}

/** Asks the program itself: `OpenBao v2.7.2 (…` or `Vault v1.21.4 (…`. */
export async function identifyServer(program: string): Promise<ServerIdentity> {
  const { stdout } = await execa(program, ['version'], { stdin: 'ignore' })
  const found = /^(OpenBao|Vault) v([^\s,]+)/m.exec(stdout)
  if (found === null) throw new Error(`${program} is neither OpenBao nor Vault: ${stdout}`)
  return { product: found[1] === 'Vault' ? 'vault' : 'openbao', version: found[2] ?? '' }
}
