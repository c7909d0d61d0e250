import { loadDesiredState } from '../../src/desired/load-desired-state.ts'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
const dir = mkdtempSync('/tmp/des-')
process.chdir(dir)
const H = 'a'.repeat(64)
const P = `version: 1\nplugins:\n  secret/kv:\n    use: v0.21.0\n    versions:\n      v0.21.0: { command: kv-0.21.0, sha256: ${H} }\n`
const cases = ['', '# only\n', 'a', '[]', 'version: 2', 'plugins: {}', '---\n---\n', 'version: 1\n\ta: b', 'version: 1\nfoo: "abc', 'version: 1\nplugin: {}\n', 'version: 1\nversion: 1\n', 'version: 1\na: &x 1\nb: *x\nc: *x\nd: !!str 1\n<<: {a: b}\n','version: 1\n<<: {a: b}', '%YAML 1.1\n---\nversion: 1',
 P+'    retire: [1.10, builtin, v1.2, 0.18.0, v0.18.0, v1.0.0+builtin]\n', P.replace('use: v0.21.0','use: 0.21'), P.replace('use: v0.21.0','use: v0.22.0'), P.replace('      v0.21.0:','      1.10:'), P.replace(H,H.slice(1)), P.replace(H,'zz'), P.replace(H,'{ sum: x }'), P.replace(H,'{ sums: x, binary: y }'), P.replace(H,'{ sums: x }'), P.replace(H,'{ binary: x }'), P.replace(H,'123'), P.replace('kv-0.21.0','../kv'),
 P+'mounts:\n  a: {}\n  a/: { plugin: secret/kx }\n  b: { plugin: secret/kv, use: unversioned, canary: yes, verify: [{ read: /x }, { reed: x }, {run: []}, foo] }\n  auth/c: { plugin: secret/kv, enable: true }\n',
 P+'cluster: { address: "https://u:p@h:1", nodes: [https://h/x, h, 1, https://h, https://h/], binary_check: [a], lock: {}, name: "" }\n',
 P+'cluster: { address: "u:p@h:1", nodes: foo, lock: {kv: a} }\n',
 P+'allow: [{ rule: x, until: 2026-02-30 }, 1]\n',
 P.replace(' }', ', env: { A: 1, B: true, 2C: x, D: { form: X }, E: { from: s3cret-x } }, args: [1, a], data: { upgrade_from: 1.10, downgrade_to: foo } }'),
 P+'connections:\n  db/x: { plugin: secret/kv }\n  db/config/y: { plugin: database/foo, use: 1.2.3 }\n',
 'plugins:\n  secrets/kv: {}\n  kv: {}\n? [a]\n: b\nmounts:\n  x: { plugin: secret }\n',
 'KEY: |s3cret\n  x', 'KEY: "\\q"', 'a: b: c', 'a: {b', 'a: @x', 'key: } s3cret', '- a\n b: c','a: "x" y\n','a: [1, 2\nb: c\n', 'a:\n  - b\n c: d',
 '['.repeat(1e5), "- ".repeat(1e5), 'a: '.repeat(1e5), '&a '.repeat(1e5),
]
for (const c of cases) {
  writeFileSync('f.yaml', c)
  console.log('=====', JSON.stringify(c.slice(0, 300)))
  const t=performance.now()
  try { console.log(JSON.stringify(await loadDesiredState(['f.yaml'], { rules: new Set(['data-downgrade']) })).slice(0,300)) } catch (e) { console.log((e as Error).name === 'InputError' ? (e as Error).message : e) }
  const d=performance.now()-t; if (d>100) console.log('MS',d)
}
