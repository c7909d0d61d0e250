import { describe, expect, test } from 'vitest'
import {
  builtinEntry,
  mountPath,
  nodeAddress,
  plugin,
  sha256Of,
  version,
} from '../../../test/builders/live.ts'
import {
  desiredPlugin,
  desiredVersion,
  entryOf,
  mountOf,
  only,
  safetyInput,
} from '../../../test/builders/safety-input.ts'
import type { DesiredVersion } from '../../domain/desired.ts'
import { type Sha256, UNKNOWN_HASH } from '../../domain/names.ts'
import { draftPlan } from '../../plan/make-plan.ts'
import { NO_PAST } from '../../plan/past.ts'
import { dataDowngrade } from './data-downgrade.ts'
import { dataUpgrade } from './data-upgrade.ts'

const KV = 'secret/my-kv'
const NODE2 = 'http://node2:8200'

function goingBack(newer: readonly DesiredVersion[], mount = mountOf('team-a/', KV, 'v0.21.0')) {
  return safetyInput({
    desired: {
      plugins: [desiredPlugin(KV, { use: 'v0.16.2', versions: ['v0.16.2', ...newer] })],
    },
    live: {
      catalog: ['v0.16.2', 'v0.21.0', 'v0.22.0'].map((of) => entryOf(KV, of)),
      mounts: [mount],
    },
  })
}

test('accepts a downgrade that the newer version declares', () => {
  const data = { downgradeTo: '>=0.16.0' }

  expect(dataDowngrade.judge(goingBack([desiredVersion(KV, 'v0.21.0', { data })]))).toEqual([])
})

test('gives an error for an undeclared downgrade', () => {
  const found = only(dataDowngrade.judge(goingBack([])))

  expect(found.severity).toBeUndefined()
  expect(found).toMatchObject({
    subject: KV,
    message: `team-a/ changes from ${KV} v0.21.0 to v0.16.2, but the file does not declare that v0.16.2 reads the data of v0.21.0.`,
    mounts: ['team-a/'],
  })
})

test('gives an error for a downgrade outside the declared range', () => {
  const data = { downgradeTo: '>=0.20.0' }

  expect(
    only(dataDowngrade.judge(goingBack([desiredVersion(KV, 'v0.21.0', { data })]))).message,
  ).toContain('but the file declares that only >=0.20.0 reads the data of v0.21.0')
})

test('requires the declaration of every newer version that runs on some node', () => {
  const data = { downgradeTo: '>=0.16.0' }
  const newest = {
    running_version: version('v0.22.0'),
    running_sha256: entryOf(KV, 'v0.22.0').sha256,
  }
  const skewed = mountOf('team-a/', KV, 'v0.21.0', { except: { [NODE2]: newest } })

  const found = dataDowngrade.judge(goingBack([desiredVersion(KV, 'v0.21.0', { data })], skewed))

  expect(only(found)).toMatchObject({
    message: expect.stringContaining('from secret/my-kv v0.22.0'),
    nodes: [NODE2],
  })
})

test('finds nothing for an upgrade', () => {
  expect(dataDowngrade.judge(goingBack([], mountOf('team-a/', KV, 'v0.1.0')))).toEqual([])
})

test('judges the configured version if the mount is down on every node', () => {
  const nothing = {
    running_sha256: UNKNOWN_HASH,
    running_version: version(''),
    answers: 'no' as const,
  }
  const except = Object.fromEntries([1, 2, 3].map((n) => [nodeAddress(n), nothing]))
  const mount = mountOf('team-a/', KV, 'v0.21.0', { except })

  expect(only(dataDowngrade.judge(goingBack([], mount))).message).toContain(
    'team-a/ changes from secret/my-kv v0.21.0 to v0.16.2',
  )
})

test('judges a version that an earlier run had the mount run, too', () => {
  const data = { downgradeTo: '>=0.16.0' }
  const input = goingBack([
    desiredVersion(KV, 'v0.21.0', { data }),
    desiredVersion(KV, 'v0.22.0', { data: { downgradeTo: '>=0.21.0' } }),
  ])
  const ran = new Map([[mountPath('team-a/'), new Set([version('v0.21.0'), version('v0.22.0')])]])
  const draft = draftPlan(input.desired, input.live, { ...NO_PAST, ran })

  expect(only(dataDowngrade.judge({ ...input, draft })).message).toBe(
    `team-a/ ran ${KV} v0.22.0 in an earlier run and changes to v0.16.2, but the file declares that only >=0.21.0 reads the data of v0.22.0.`,
  )
})

describe('if versions cannot be compared, the binary that a run replaced is the older one:', () => {
  const older = desiredVersion(KV, 'unversioned')
  const newer = sha256Of(plugin(KV), version('v9.9.9'))
  const running = Object.fromEntries(
    [1, 2, 3].map((n) => [nodeAddress(n), { running_sha256: newer }]),
  )
  const replaced = safetyInput({
    desired: { plugins: [desiredPlugin(KV, { use: 'unversioned', versions: [older] })] },
    live: {
      catalog: [entryOf(KV, 'unversioned', { sha256: newer })],
      mounts: [mountOf('team-a/', KV, 'unversioned', { except: running })],
    },
  })
  const judged = (input: typeof replaced, past: Partial<typeof NO_PAST>) => {
    const draft = draftPlan(input.desired, input.live, { ...NO_PAST, ...past })
    return {
      down: dataDowngrade.judge({ ...input, draft }),
      up: dataUpgrade.judge({ ...input, draft }),
    }
  }
  const standing = (...binaries: readonly Sha256[]) => ({
    unversioned: new Map([[plugin(KV), binaries]]),
  })

  test('a change back to it is an error that can be allowed', () => {
    const { down, up } = judged(replaced, standing(older.sha256, newer))

    expect(only(down)).toMatchObject({
      subject: KV,
      message: expect.stringContaining('is the older binary by the journals') as string,
      fix: expect.stringContaining(`--allow data-downgrade=${KV}`) as string,
      mounts: ['team-a/'],
    })
    expect(up).toEqual([])
  })

  test.each([[[]], [[newer, older.sha256]], [[newer]]])(
    'without such a journal the direction is unknown: %j',
    (binaries) => {
      const { down, up } = judged(replaced, standing(...binaries))

      expect(down).toEqual([])
      expect(only(up)).toMatchObject({ severity: 'warning' })
    },
  )

  test('a change from a version back to the builtin is an error, too', () => {
    const JWT = 'auth/jwt'
    const input = safetyInput({
      desired: {
        plugins: [
          desiredPlugin(JWT, { use: 'builtin', versions: [desiredVersion(JWT, 'v0.26.1')] }),
        ],
      },
      live: {
        catalog: [
          builtinEntry(plugin(JWT), version('v2.7.2+builtin.bao')),
          entryOf(JWT, 'v0.26.1'),
        ],
        mounts: [mountOf('auth/jwt/', JWT, 'v0.26.1')],
      },
    })
    const ran = (...versions: readonly string[]) => ({
      ran: new Map([[mountPath('auth/jwt/'), new Set(versions.map(version))]]),
    })

    const back = judged(input, ran('', 'v0.26.1'))
    const unknown = judged(input, ran('v0.26.1'))

    expect(only(back.down)).toMatchObject({ mounts: ['auth/jwt/'] })
    expect(back.up).toEqual([])
    expect(unknown.down).toEqual([])
    expect(only(unknown.up)).toMatchObject({ severity: 'warning' })
  })
})
