/** What a version says beside its command and hash: arguments, environment, whose data it reads. */
import validRange from 'semver/ranges/valid.js'
import type { DataCompatibility, DesiredVersion, EnvironmentVariable } from '../domain/desired.ts'
import type { Binary } from '../documents/desired-state.generated.ts'
import { compareText } from '../domain/names.ts'
import { placeOf, type InputFile, type Report } from './input-file.ts'
import type { Sound } from './shape/shape.ts'
import { show } from './wording.ts'
import type { Path } from './yaml/yaml-tree.ts'

export function readDetails(
  file: InputFile,
  path: Path,
  binary: Sound<Binary>,
  report: Report,
): Pick<DesiredVersion, 'args' | 'env' | 'data'> {
  return {
    args: (binary.args ?? []).flatMap((argument) => argument ?? []),
    env: readEnvironment(binary.env ?? {}),
    data: readData(file, path, binary, report),
  }
}

function readEnvironment(env: NonNullable<Sound<Binary>['env']>): readonly EnvironmentVariable[] {
  const variables = Object.entries(env).flatMap(([name, given]): EnvironmentVariable[] => {
    if (typeof given === 'string') return [{ name, value: given }]
    return given?.from === undefined ? [] : [{ name, from: given.from }]
  })
  return variables.sort((a, b) => compareText(a.name, b.name))
}

function readData(
  file: InputFile,
  path: Path,
  { data = {} }: Sound<Binary>,
  report: Report,
): DataCompatibility {
  const read = (key: 'upgrade_from' | 'downgrade_to'): string | undefined => {
    const range = data[key]
    if (range === undefined) return undefined
    // Nothing at all is a range too, that of every version: not what anybody means by it.
    if (range.trim() !== '' && validRange(range) !== null) return range
    report({
      message: `${key}: ${range.trim() === '' ? 'nothing' : show(range)} is not a range of versions`,
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
