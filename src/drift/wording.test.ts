import { describe, expect, it } from 'vitest'
import { desiredMount, desiredPlugin, desiredState } from '../../test/drift/desired-state.ts'
import { KV, PATH } from '../../test/drift/one-mount.ts'
import { applyCommand } from './wording.ts'

const inFile = (file: string) => ({
  ...desiredPlugin(KV),
  source: { file, line: 1, column: 1 },
})

describe('applyCommand', () => {
  it('names each file once, sorted', () => {
    const desired = desiredState({
      plugins: [inFile('b.yaml'), inFile('a.yaml')],
      mounts: [desiredMount(PATH, KV, { source: { file: 'a.yaml', line: 9, column: 1 } })],
    })

    expect(applyCommand(desired)).toBe('`lockstep apply -f a.yaml -f b.yaml`')
  })

  it('quotes what a shell would read', () => {
    const desired = desiredState({ plugins: [inFile("it's.yaml")] })

    expect(applyCommand(desired)).toBe("`lockstep apply -f 'it'\\''s.yaml'`")
  })

  it('does not spell out a directory', () => {
    const plugins = ['a', 'b', 'c', 'd'].map((name) => inFile(`conf/${name}.yaml`))

    expect(applyCommand(desiredState({ plugins }))).toBe('`lockstep apply` with the same files')
  })
})
