import { expect, it } from 'vitest'
import {
  catalogEntry,
  liveMount,
  liveNode,
  liveState,
  mountPath,
  plugin,
  version,
} from '../../../test/builders/live.ts'
import { desiredPlugin, desiredVersion, safetyInput } from '../../../test/builders/safety-input.ts'
import type { DesiredPlugin } from '../../domain/desired.ts'
import type { LiveState } from '../../domain/live.ts'
import { rehearse } from './rehearse.ts'

const SHARED = plugin('secret/shared')
const OTHER = plugin('secret/other')
const V1 = version('v1.0.0')
const NODES = [liveNode(1), liveNode(2), liveNode(3)]

function rehearsed(live: LiveState, desired: DesiredPlugin) {
  const { draft } = safetyInput({ live, desired: { plugins: [desired] } })
  const desiredEnd = { entries: [], mounts: [], connections: [] }
  return rehearse({ live, steps: draft.steps, desiredEnd })
}

/** `shared/` and `other/`, each on v1.0.0 of its plugin. */
function twoPlugins(command: string): LiveState {
  return liveState({
    nodes: NODES,
    catalog: [catalogEntry(OTHER, V1, { command }), catalogEntry(SHARED, V1, { command: 'kv' })],
    mounts: [
      liveMount(mountPath('other/'), { plugin: OTHER, version: V1, nodes: NODES }),
      liveMount(mountPath('shared/'), { plugin: SHARED, version: V1, nodes: NODES }),
    ],
  })
}

function upgradeTo(command: string): DesiredPlugin {
  return desiredPlugin(SHARED, {
    use: 'v2.0.0',
    versions: ['v1.0.0', desiredVersion(SHARED, 'v2.0.0', { command })].map((one) =>
      typeof one === 'string' ? desiredVersion(SHARED, one, { command: 'kv' }) : one,
    ),
  })
}

it('is safe throughout where each version has a file of its own', () => {
  expect(rehearsed(twoPlugins('other'), upgradeTo('kv-2'))).toMatchObject({ unsafe: [] })
})

it('finds that the file of the new version takes the place of the one in use', () => {
  const told = rehearsed(twoPlugins('other'), upgradeTo('kv'))

  expect(told?.unsafe[0]).toMatchObject({
    after: 'register secret/shared v2.0.0',
    kind: 'file-differs',
    problem: expect.stringContaining('checksums did not match') as string,
    mounts: ['shared/'],
  })
})

it('finds it of the file of another plugin too', () => {
  const told = rehearsed(twoPlugins('kv-2'), upgradeTo('kv-2'))

  expect(told?.unsafe).toMatchObject([
    { after: 'register secret/shared v2.0.0', kind: 'file-differs', mounts: ['other/'] },
  ])
})

it('keeps of what was wrong before only what stays so', () => {
  // Nothing is registered under the mount's version: it is, and in the end it is not again.
  const live = { ...twoPlugins('other'), catalog: [] }
  const { draft } = safetyInput({ live, desired: { plugins: [upgradeTo('kv-2')] } })
  const [register] = draft.steps.filter(({ id }) => id === 'register secret/shared v1.0.0')
  const withdrawn = {
    ...register!,
    id: 'deregister it again',
    after: [register!.id],
    action: { kind: 'deregister', plugin: SHARED, version: V1 } as const,
  }
  const desiredEnd = { entries: [], mounts: [], connections: [] }

  expect(rehearse({ live, steps: [register!], desiredEnd })?.unsafe).toEqual([])
  expect(rehearse({ live, steps: [register!, withdrawn], desiredEnd })?.unsafe).toMatchObject([
    { after: 'deregister it again', kind: 'entry-missing', mounts: ['shared/'] },
    { after: 'deregister it again', kind: 'unregistered' },
  ])
})

it('is null where nothing is to be done', () => {
  const desiredEnd = { entries: [], mounts: [], connections: [] }
  expect(rehearse({ live: twoPlugins('other'), steps: [], desiredEnd })).toBeNull()
})
