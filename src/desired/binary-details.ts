/** Reads the other parts of a version: arguments, environment, and whose data it reads. */
import validRange from 'semver/ranges/valid.js'
import type { DataCompatibility, DesiredVersion, EnvironmentVariable } from '../domain/desired.ts'
import type { Binary } from '../documents/desired-state.generated.ts'
import { compareText } from '../domain/names.ts'
import { isTokenVariable } from '../domain/token-variables.ts'
import { placeOf, type InputFile, type Report } from './input-file.ts'
import type { Checked } from './shape/shape.ts'
import { showText } from './wording.ts'
import type { Path } from './yaml/yaml-tree.ts'

export function readDetails(
  file: InputFile,
  path: Path,
  binary: Checked<Binary>,
  report: Report,
): Pick<DesiredVersion, 'args' | 'env' | 'data'> {
  return {
    args: (binary.args ?? []).flatMap((argument) => argument ?? []),
    env: readEnvironment(file, path, binary.env ?? {}, report),
    data: readData(file, path, binary, report),
  }
}

function readEnvironment(
  file: InputFile,
  path: Path,
  env: NonNullable<Checked<Binary>['env']>,
  report: Report,
): readonly EnvironmentVariable[] {
  const variables = Object.entries(env).flatMap(([name, given]): EnvironmentVariable[] => {
    if (typeof given === 'string') return [{ name, value: given }]
    if (given?.from === undefined) return []
    if (!isTokenVariable(given.from)) return [{ name, from: given.from }]
    // The author of the file would get the token of the person who applies it: the plugin could
    // send it away.
    report({
      message: `${name}: ${given.from} holds the token or a secret of the login of this program, and no plugin gets that`,
      source: placeOf(file, ...path, 'env', name, 'from').value,
      hint: 'if the plugin needs a token, create one for the plugin and name another variable that holds it',
    })
    return []
  })
  return variables.sort((a, b) => compareText(a.name, b.name))
}

function readData(
  file: InputFile,
  path: Path,
  { data = {} }: Checked<Binary>,
  report: Report,
): DataCompatibility {
  const read = (key: 'upgrade_from' | 'downgrade_to'): string | undefined => {
    const range = data[key]
    if (range === undefined) return undefined
    // An empty range means every version, which is certainly not intended.
    if (range.trim() !== '' && validRange(range) !== null) return range
    report({
      message: `${key}: ${range.trim() === '' ? 'nothing' : showText(range)} is not a range of versions`,
      source: placeOf(file, ...path, 'data', key).value,
      hint: 'write for example ">=0.18.0", ">=0.18.0 <0.21.0" or "0.20.x || 0.21.x"',
    })
    return undefined
  }
  const upgradeFrom = read('upgrade_from')
  const downgradeTo = read('downgrade_to')
  return {
    ...(upgradeFrom !== undefined && { upgradeFrom }),
    ...(downgradeTo !== undefined && { downgradeTo }),
  }
}
