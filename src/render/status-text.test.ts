import { describe, expect, it } from 'vitest'
import { STATES } from '../../test/render/cases.ts'
import { liveNode, liveState } from '../../test/builders/live.ts'
import type { Namespace } from '../domain/names.ts'
import { createPalette } from './palette.ts'
import { renderStatus } from './status-text.ts'

const palette = createPalette(false)
const lastLine = (text: string) => text.split('\n').at(-1)

describe('renderStatus', () => {
  it('draws a table if it fits, and else blocks', () => {
    const wide = renderStatus(STATES.steady, { palette, width: Infinity })
    const needed = Math.max(...wide.split('\n').map((line) => line.length))

    expect(renderStatus(STATES.steady, { palette, width: needed })).toBe(wide)
    expect(renderStatus(STATES.steady, { palette, width: needed - 1 })).not.toContain('MOUNT')
  })

  it('names every mount of a thousand', () => {
    for (const width of [80, Infinity]) {
      const text = renderStatus(STATES.thousand, { palette, width })

      expect(STATES.thousand.mounts.filter(({ path }) => !text.includes(path))).toEqual([])
    }
  })

  it('has no column for a forwarding node', () => {
    const text = renderStatus(STATES.vault, { palette, width: Infinity })

    expect(text).toContain('node2  standby  http://node2:8200  (forwards to the active node)')
    expect(text).not.toMatch(/^MOUNT.*node2/m)
  })

  it('says below the nodes that no second list confirms them if the storage is not Raft', () => {
    const live = { ...STATES.steady, members_unconfirmed: true } as const
    const [nodes = ''] = renderStatus(live, { palette, width: 80 }).split('\n\n')

    expect(lastLine(nodes)).toBe(
      'Only sys/ha-status lists the nodes: the storage is not Raft, so no second list confirms them.',
    )
    expect(renderStatus(STATES.steady, { palette, width: 80 })).not.toContain('ha-status')
  })

  it('says "each as configured" only if everything was read', () => {
    const unseen = { ...STATES.steady, nodes: [liveNode(1), liveNode(2, { state: 'sealed' })] }

    expect(lastLine(renderStatus(STATES.steady, { palette, width: 80 }))).toBe(
      '3 mounts on 3 nodes, each as configured.',
    )
    expect(lastLine(renderStatus(unseen, { palette, width: 80 }))).toBe(
      '3 mounts on 1 node: 1 node could not be reached.',
    )
  })

  it('warns of a mount whose version costs the cluster its leader, shown or hidden', () => {
    const live = { ...STATES.steady, namespaces: ['', 'ns1/'] as Namespace[] }
    const options = { palette, width: 200 }
    const warning = 'Do not change the leader: auth/jwt/ is configured for a builtin’s version'

    expect(renderStatus(live, options)).toContain(warning)
    expect(renderStatus({ ...live, mounts: [] }, { ...options, whole: live })).toContain(warning)
    expect(renderStatus(STATES.steady, options)).not.toContain('Do not change the leader')
  })

  it('warns of a standby that stopped serving if there are namespaces', () => {
    const nodes = [liveNode(1), liveNode(2, { state: 'not-ready' })]
    const live = { ...STATES.steady, mounts: [], nodes }
    const beside = { ...live, namespaces: ['', 'ns1/'] as Namespace[] }

    expect(renderStatus(beside, { palette, width: 80 })).toContain(
      'If node2 does not serve again in a moment',
    )
    expect(renderStatus(live, { palette, width: 80 })).not.toContain('serve again')
  })

  it('says that there are no mounts', () => {
    expect(lastLine(renderStatus(liveState(), { palette, width: 80 }))).toBe('0 mounts on 3 nodes.')
  })
})
