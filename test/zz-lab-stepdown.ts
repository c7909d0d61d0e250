import { startCluster } from './cluster/cluster.ts'
const c = await startCluster({ plugins: [] })
const watch = async (ms: number) => {
  const t0 = Date.now(); let last = ''
  while (Date.now() - t0 < ms) {
    const all = await Promise.all([0,1,2].map(async (i) => {
      try { const r = await c.request<any>(i, 'GET', 'sys/ha-status', {timeout: 2000})
      return r.status + ':' + (r.body?.data?.nodes ?? []).map((n: any) => n.api_address.slice(-3) + (n.active_node ? 'A' : 's')).join(',') } catch { return 'X' } }))
    const raft = await c.request<any>(0, 'GET', 'sys/storage/raft/configuration', {timeout: 2000}).then(r => r.status + ' ' + (r.body?.data?.config?.servers ?? []).length).catch(() => 'x')
    const s = all.join(' | ') + ' raft ' + raft
    if (s !== last) console.log(Date.now() - t0, s); last = s
    await new Promise(r => setTimeout(r, 150))
  }
}
for (let round = 0; round < 2; round++) {
  const before = await c.activeIndex()
  console.log('stepdown', before, (await c.request(before, 'PUT', 'sys/step-down')).status)
  await watch(15_000)
}
const active = await c.activeIndex(); const sb = (active + 1) % 3
console.log('stop standby', sb); await c.node(sb).stop(); await watch(20_000)
console.log('restart'); const p = c.node(sb).restart(); await watch(12_000); await p
await c.stop()
