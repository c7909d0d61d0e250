import { describe, expect, test } from 'vitest'
import { createFolder, DIGEST, OTHER_DIGEST, withBinary, withPlugin } from './desired-folder.ts'

/** The text of a file, and each of its problems with its place and hint. */
type Case = readonly [name: string, text: string, ...problems: string[]]

const TOKEN_REFUSED =
  'the token or a secret of the login of this program, and no plugin gets that\n    if the plugin needs a token, create one for the plugin and name another variable that holds it'

const MISALIGNED = 'this line is not indented as the lines that it belongs with'

const YAML: readonly Case[] = [
  ['an empty file', '', 'a.yaml:1:1: the file is empty\n    begin it with version: 1'],
  ['only a comment', '# later\n', 'a.yaml:1:1: the file is empty\n    begin it with version: 1'],
  [
    'a list',
    '- version: 1\n',
    'a.yaml:1:1: the file must be a mapping of keys to values, not a list',
  ],
  ['a text', 'hello', 'a.yaml:1:1: the file must be a mapping of keys to values, not text'],
  [
    'a quote left open',
    'version: 1\ncluster: { name: "prod }\n',
    'a.yaml:2:18: the quote that begins here is not closed on its line\n    add the quote at the end of the text',
  ],
  [
    'a colon inside a text',
    'version: 1\ncluster:\n  name: a: b\n',
    'a.yaml:3:9: not valid YAML: Nested mappings are not allowed in compact mappings\n    a text that has a colon and a space in it must be in quotes',
  ],
  [
    'a tab',
    'version: 1\ncluster:\n\tname: a\n',
    'a.yaml:3:1: not valid YAML: Tabs are not allowed as indentation\n    indent with spaces',
  ],
  [
    'a bracket left open',
    'version: 1\nplugins: {\n',
    'a.yaml:2:10: this { is not closed\n    add the }, or indent the lines that belong to it',
  ],
  [
    'a quote left open, closed by the next one lines below',
    'version: 1\nmounts:\n  a/: { because: "no end }\n  b/: { because: "x" }\n',
    'a.yaml:3:18: the quote that begins here is not closed on its line\n    add the quote at the end of the text',
  ],
  [
    'a bracket left open, with more lines below',
    'version: 1\nplugins:\n  secret/kv: { use: v1.0.0\nmounts:\n  a/: {}\n',
    'a.yaml:3:14: this { is not closed\n    add the }, or indent the lines that belong to it',
  ],
  ...(
    [
      ['between two texts', 'a: { b: c d: e }', 10],
      ['after a quoted text', 'a: { b: "c" d: e }', 12],
      ['before a key on the next line', 'a: { b: c\n  d: e }', 10],
      ['between mappings', 'a: [{ b: c } { d: e }]', 13],
      ['between texts of a list', 'a: ["b" "c"]', 8],
    ] as const
  ).map(([name, line, column]): Case => [
    `a comma left out ${name}`,
    `version: 1\n${line}\nb: c\n`,
    `a.yaml:2:${column}: a comma is missing here\n    inside { } and [ ], put a comma between two items`,
  ]),
  ...(
    [
      ['below a value', 'a:\n  b: c\n   d: e\n', '4:4', 'this line is indented too far'],
      ['at the top', ' a:\n  b: c\n', '2:2', 'this line is indented too far'],
      ['below a quoted value', 'a:\n  b: "c"\n   d: e\n', '4:4', MISALIGNED],
      ['too little', 'a:\n   b: c\n  d: e\n', '4:3', MISALIGNED],
    ] as const
  ).map(([name, text, place, message]): Case => [
    `a line indented wrongly, ${name}`,
    `version: 1\n${text}`,
    `a.yaml:${place}: ${message}\n    begin all keys of one mapping in the same column`,
  ]),
  [
    'a saved plan',
    '{"format": 1, "plan_id": "x", "cluster": {"name": "hidden"}}',
    'a.yaml:1:1: this is a saved plan, not a file of desired state\n    apply it with lockstep apply FILE, without -f; show it with lockstep show FILE',
  ],
  [
    'another kind of document',
    'apiVersion: v1\nkind: Secret\nhidden: hidden\n',
    'a.yaml:1:1: this is not a file of desired state: none of its keys is known\n    begin the file with version: 1, or give another file with -f',
  ],
  [
    'a merge conflict',
    'version: 1\nplugins:\n<<<<<<< HEAD\n  secret/a: {}\n=======\n  secret/b: {}\n>>>>>>> b\n',
    'a.yaml:3:1: a merge conflict was not resolved here\n    choose one of the two sides, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>',
  ],
  ...['plugin "secret" "kv" {\n  version = "v1"\n}\n', 'version = 1\n', 'plugins {\n}\n'].map(
    (text): Case => [
      `HCL: ${JSON.stringify(text)}`,
      `# ours\n\n${text}`,
      'a.yaml:3:1: this is HCL, not YAML\n    write key: value; begin with version: 1',
    ],
  ),
  [
    'a second document',
    'version: 1\n---\nversion: 1\n',
    'a.yaml:2:1: a second YAML document begins here\n    put each document in its own file',
  ],
  [
    'a directive',
    '%YAML 1.1\n---\nversion: 1\n',
    'a.yaml:1:1: YAML directives are not accepted\n    leave the line out',
  ],
  [
    'an anchor and its aliases',
    'version: 1\nplugins:\n  secret/a: &a {}\n  secret/b: *a\n  secret/c: *a\n',
    'a.yaml:3:13: YAML anchors (&name) are not accepted\n    write the value out; a text that begins with & must be in quotes',
    'a.yaml:4:13: YAML aliases (*name) are not accepted (and 1 more)\n    write the value out; a text that begins with * must be in quotes',
  ],
  [
    'a tag',
    'version: !!int 1\n',
    'a.yaml:1:10: YAML tags (!name) are not accepted\n    write the value without it; a text that begins with ! must be in quotes',
  ],
  [
    'a merge key',
    'version: 1\n<<: { plugins: {} }\n',
    'a.yaml:2:1: YAML merge keys are not accepted: <<\n    write the keys out',
  ],
  [
    'a key given twice',
    'version: 1\nplugins: {}\nplugins: {}\n',
    'a.yaml:3:1: plugins is given twice, first at a.yaml:2:1',
  ],
  [
    'a key that is a mapping',
    'version: 1\n? { a: b }\n: c\n',
    'a.yaml:2:3: a key must be text, not a mapping or list',
  ],
  [
    'a key that is no text',
    'version: 1\nmounts:\n  true: { plugin: secret/kv }\nplugins: { secret/kv: {} }\n',
    'a.yaml:3:3: the key true is not read as text; put it in quotes',
  ],
  ['a value without a key', 'version: 1\n: b\n', 'a.yaml:2:1: there is a value without a key'],
]

const SHAPE: readonly Case[] = [
  [
    'no version',
    'plugins: {}\n',
    'a.yaml:1:1: version is missing\n    begin the file with version: 1',
  ],
  [
    'another version',
    'version: 2\n',
    'a.yaml:1:10: version must be 1, the version of this file format, not 2',
  ],
  [
    'the version as text',
    'version: "1"\n',
    'a.yaml:1:10: version must be 1, the version of this file format, not the text "1"',
  ],
  [
    'unknown keys everywhere',
    withPlugin('    overide: builtin\nmount: {}\nzzz: 1\n'),
    'a.yaml:7:5: unknown key overide\n    did you mean overrides?',
    'a.yaml:8:1: unknown key mount\n    did you mean mounts?',
    'a.yaml:9:1: unknown key zzz\n    known here: version, cluster, plugins, mounts, connections, allow, ignore',
  ],
  [
    'wrong types',
    withPlugin('mounts: [a]\nallow: {}\nconnections:\ncluster: { name: 5, binary_check: x }\n'),
    'a.yaml:7:9: mounts must be a mapping of keys to values, not a list',
    'a.yaml:8:8: allow must be a list, not a mapping',
    'a.yaml:9:1: connections is empty; it must be a mapping of keys to values',
    'a.yaml:10:18: 5 is read as a number; put it in quotes',
    'a.yaml:10:35: binary_check must be a list, not text',
  ],
  [
    'yes for true',
    withPlugin('mounts: { a: { plugin: secret/kv, canary: yes, enable: perhaps } }\n'),
    'a.yaml:7:43: canary must be true or false, not the text yes\n    write true',
    'a.yaml:7:56: enable must be true or false, not the text perhaps',
  ],
  [
    'another override',
    withPlugin('    overrides: true\n'),
    'a.yaml:7:16: overrides must be builtin, not true',
  ],
  [
    'keys missing',
    `${withBinary('{ args: [] }')}mounts: { a/: {} }\nallow: [{ rule: x }]\ncluster: { lock: {} }\n`,
    "a.yaml:5:7: command and sha256 are missing from v0.21.0\n    say the file's name in the plugin directory",
    'a.yaml:6:11: plugin is missing from a/\n    say which plugin runs there, e.g. plugin: secret/my-kv',
    'a.yaml:7:9: subject and because are missing from item 1 of allow',
    'a.yaml:8:12: kv is missing from lock\n    name a secret of a KV version 2 mount, e.g. kv: secret/lockstep',
  ],
  [
    'empty texts and lists',
    withPlugin('cluster: { name: "", binary_check: [], nodes: [] }\n'),
    'a.yaml:7:12: name is empty',
    'a.yaml:7:22: binary_check is empty',
    "a.yaml:7:47: nodes is empty; say discover, or list each node's own address",
  ],
  [
    'names that are no plugin',
    'version: 1\nplugins: { secrets/kv: {}, kv: {} }\nmounts: { a: { plugin: kv } }\n',
    'a.yaml:2:12: secrets/kv is not a plugin\n    did you mean secret/kv?',
    'a.yaml:2:28: kv is not a plugin\n    write type/name, where type is secret, auth or database',
    'a.yaml:3:24: kv is not a plugin\n    write type/name, where type is secret, auth or database',
  ],
]

const SHA256 = 'sha256 must be 64 hex digits, { sums: FILE } or { binary: FILE }'
const ENV = 'must be text, or { from: NAME }'
const VERIFY = 'of verify must be { read: PATH } or { run: [COMMAND] }'

const CHOICES: readonly Case[] = [
  [
    'a hash that is read as a number',
    withBinary(`{ command: kv, sha256: ${'1'.repeat(64)} }`),
    `a.yaml:5:39: ${SHA256}; ${'1'.repeat(64)} is read as a number: put it in quotes`,
  ],
  [
    'an unknown source of the hash',
    withBinary('{ command: kv, sha256: { sum: x } }'),
    `a.yaml:5:41: ${SHA256}; unknown key sum\n    did you mean sums?`,
  ],
  [
    'two sources of the hash',
    withBinary('{ command: kv, sha256: { sums: x, binary: y } }'),
    `a.yaml:5:39: ${SHA256}; give one of them`,
  ],
  [
    'a hash that is empty',
    withBinary('{ command: kv, sha256: }'),
    `a.yaml:5:31: ${SHA256}; it is empty`,
  ],
  [
    'values of the environment',
    withBinary(
      `{ command: kv, sha256: ${DIGEST}, env: { A: 1, B: no, C: false, D: [x], E: { form: X }, F: { from: a-b }, 2G: x } }`,
    ),
    `a.yaml:5:115: A ${ENV}; its value is read as a number: put it in quotes`,
    `a.yaml:5:128: C ${ENV}; its value is read as true or false: put it in quotes`,
    `a.yaml:5:138: D ${ENV}; it is a list`,
    `a.yaml:5:148: E ${ENV}\n    did you mean from?`,
    'a.yaml:5:170: from must be the name of an environment variable',
    'a.yaml:5:177: this cannot be the name of an environment variable\n    write NAME: value, the name of letters, digits and _, not beginning with a digit',
  ],
  [
    'two faults in one choice',
    withPlugin('mounts: { a: { plugin: secret/kv, verify: [{ read: , x: 1 }] } }\n'),
    `a.yaml:7:54: item 1 ${VERIFY}; unknown key x`,
  ],
  [
    'nodes',
    withPlugin('cluster: { nodes: all }\n'),
    "a.yaml:7:19: nodes must be discover, or a list of each node's own address, not all",
  ],
  [
    'checks',
    withPlugin(
      'mounts:\n  a:\n    plugin: secret/kv\n    verify: [config, { raed: x }, { run: [] }, { read: a, run: [b] }, {}]\n',
    ),
    `a.yaml:10:14: item 1 ${VERIFY}, not config`,
    `a.yaml:10:24: item 2 ${VERIFY}; unknown key raed\n    did you mean read?`,
    `a.yaml:10:42: item 3 ${VERIFY}; run is empty`,
    `a.yaml:10:48: item 4 ${VERIFY}; give one of them`,
    `a.yaml:10:71: item 5 ${VERIFY}; it is empty`,
  ],
]

const IN_FULL = 'is not a semantic version\n    did you mean'

const VERSIONS: readonly Case[] = [
  [
    'numbers where a version is meant',
    'version: 1\nplugins:\n  secret/kv:\n    use: 1.10\n    retire: [0.5, 3]\n    versions:\n      1.10: { command: kv, sha256: ' +
      `${DIGEST} }\n`,
    'a.yaml:4:10: 1.10 is read as the number 1.1; write v1.10.0 in full',
    'a.yaml:5:14: 0.5 is read as a number; write v0.5.0 in full',
    'a.yaml:5:19: 3 is read as a number; write v3.0.0 in full',
    'a.yaml:7:7: 1.10 is read as the number 1.1; write v1.10.0 in full',
  ],
  [
    'versions that are none',
    `version: 1\nplugins:\n  secret/kv:\n    use: v1.2\n    retire: [latest]\n    versions:\n      v1.2: { command: kv, sha256: ${DIGEST} }\n`,
    `a.yaml:4:10: use: v1.2 ${IN_FULL} v1.2.0?`,
    'a.yaml:5:14: latest is not a semantic version\n    write v1.2.3, in full',
    `a.yaml:7:7: v1.2 ${IN_FULL} v1.2.0?`,
  ],
  [
    'versions of the server itself',
    `version: 1\nplugins:\n  secret/kv:\n    use: v1.0.0+builtin\n    retire: [builtin]\n    versions:\n      v2.0.0+builtin.bao: { command: kv, sha256: ${DIGEST} }\n      builtin: { command: kv, sha256: ${DIGEST} }\n`,
    'a.yaml:4:10: use: v1.0.0+builtin is reserved: +builtin marks the plugins compiled into the server\n    write use: builtin for the plugin compiled into the server',
    'a.yaml:5:14: builtin cannot be retired: it is compiled into the server',
    'a.yaml:7:7: v2.0.0+builtin.bao is reserved: +builtin marks the plugins compiled into the server',
    'a.yaml:8:7: builtin cannot be listed under versions: it is compiled into the server',
  ],
  [
    'two spellings of one version',
    withPlugin(`      0.21.0: { command: kv, sha256: ${DIGEST} }\n    retire: [v0.1.0, 0.1.0]\n`),
    'a.yaml:7:7: version v0.21.0 is given twice, first at a.yaml:6:7',
    'a.yaml:8:22: version v0.1.0 is given twice, first at a.yaml:8:14',
  ],
  [
    'a version that is not listed',
    withPlugin('mounts:\n  a: { plugin: secret/kv, use: v0.22.0 }\n').replace(
      'use: v0.21.0',
      'use: 0.21.1',
    ),
    'a.yaml:4:10: use: 0.21.1 is not among the versions of secret/kv\n    listed: v0.21.0; to use another, add it under versions with its command and sha256',
    'a.yaml:8:32: use: v0.22.0 is not among the versions of secret/kv\n    listed: v0.21.0; to use another, add it under versions with its command and sha256',
  ],
  [
    'unversioned without its entry',
    withPlugin('mounts: { a: { plugin: secret/kv, use: unversioned } }\n'),
    'a.yaml:7:40: use: unversioned is not among the versions of secret/kv\n    listed: v0.21.0; to use another, add it under versions with its command and sha256',
  ],
  [
    'a version of a plugin that lists none',
    'version: 1\nplugins: { secret/kv: { use: v1.0.0 } }\n',
    'a.yaml:2:30: use: v1.0.0 is not among the versions of secret/kv\n    none is listed; to use another, add it under versions with its command and sha256',
  ],
  [
    'a word that is nearly one of ours',
    withPlugin('mounts: { a: { plugin: secret/kv, use: buildin } }\n'),
    'a.yaml:7:40: use: buildin is not a semantic version\n    did you mean builtin?',
  ],
]

const BINARIES: readonly Case[] = [
  [
    'a hash that is too short',
    withBinary(`{ command: kv, sha256: ${DIGEST.slice(1)} }`),
    'a.yaml:5:39: sha256 has 63 characters; it needs 64 hex digits',
  ],
  [
    'a hash that is not hex',
    withBinary(`{ command: kv, sha256: ${DIGEST.slice(1)}x }`),
    'a.yaml:5:39: sha256 has x in it; it needs 64 hex digits',
  ],
  [
    'a command of spaces',
    withBinary(`{ command: " ", sha256: ${DIGEST} }`),
    'a.yaml:5:27: command is empty',
  ],
  [
    'a command with a space',
    withBinary(`{ command: kv --x, sha256: ${DIGEST} }`),
    "a.yaml:5:27: command: kv --x has a space or tab in it\n    give the file's name alone, and what follows it as args: [ … ]",
  ],
  [
    'a command with a tab',
    withBinary(`{ command: "kv\\t--x", sha256: ${DIGEST} }`),
    "a.yaml:5:27: command: kv\\t--x has a space or tab in it\n    give the file's name alone, and what follows it as args: [ … ]",
  ],
  [
    'a command with a path',
    withBinary(`{ command: plugins/kv, sha256: ${DIGEST} }`),
    "a.yaml:5:27: command: plugins/kv has a path separator in it\n    give the file's name alone: every node looks for it in its plugin directory",
  ],
  [
    'one command with two hashes',
    withPlugin(`      v0.22.0: { command: kv, sha256: ${OTHER_DIGEST} }\n`),
    'a.yaml:7:39: kv has another SHA-256 here (bbbbbbbbbbbb…) than aaaaaaaaaaaa… at a.yaml:6:39\n    one file in the plugin directory has one hash: give each version its own file',
  ],
  [
    'the token for a plugin',
    withBinary(
      `{ command: kv, sha256: ${DIGEST}, env: { A: { from: BAO_TOKEN }, B: { from: vault_token }, C: { from: KV_TOKEN } } }`,
    ),
    `a.yaml:5:123: A: BAO_TOKEN holds ${TOKEN_REFUSED}`,
    `a.yaml:5:147: B: vault_token holds ${TOKEN_REFUSED}`,
  ],
  [
    'ranges that are none',
    withBinary(
      `{ command: kv, sha256: ${DIGEST}, data: { upgrade_from: newer, downgrade_to: "" } }`,
    ),
    'a.yaml:5:127: upgrade_from: newer is not a range of versions\n    write for example ">=0.18.0", ">=0.18.0 <0.21.0" or "0.20.x || 0.21.x"',
    'a.yaml:5:148: downgrade_to: nothing is not a range of versions\n    write for example ">=0.18.0", ">=0.18.0 <0.21.0" or "0.20.x || 0.21.x"',
  ],
]

const MOUNT_PATH_HINT = 'write it as the server lists it, e.g. team-a/ or auth/jwt/'

const MOUNTS: readonly Case[] = [
  [
    'a plugin that no file lists',
    withPlugin('mounts:\n  a: { plugin: secret/kw }\n  auth/b: { plugin: auth/other }\n'),
    'a.yaml:8:16: secret/kw is not listed under plugins\n    did you mean secret/kv?',
    'a.yaml:9:21: auth/other is not listed under plugins\n    add it: plugins: { auth/other: … }',
  ],
  [
    'one path written in two ways',
    withPlugin('mounts:\n  a: { plugin: secret/kv }\n  a/: { plugin: secret/kv }\n'),
    'a.yaml:9:3: mount a/ is given twice, first at a.yaml:8:3',
  ],
  [
    'paths that are none',
    withPlugin('mounts:\n  /a: { plugin: secret/kv }\n  "": { plugin: secret/kv }\n'),
    `a.yaml:8:3: /a cannot be a mount's path: it has an empty segment: a slash at its beginning, or two in a row\n    ${MOUNT_PATH_HINT}`,
    `a.yaml:9:3:  cannot be a mount's path: it is empty\n    ${MOUNT_PATH_HINT}`,
  ],
  [
    'paths that a URL resolves to another one, or that nobody can see',
    withPlugin(
      'mounts:\n  x/../viatraverse/: { plugin: secret/kv, enable: true }\n  "a\\u202Eb/": { plugin: secret/kv }\n  sys/raw/: { plugin: secret/kv }\n  a/tune/: { plugin: secret/kv }\n',
    ),
    `a.yaml:8:3: x/../viatraverse/ cannot be a mount's path: it has the segment "..", which servers resolve to another path\n    ${MOUNT_PATH_HINT}`,
    `a.yaml:9:3: a\\u{202e}b/ cannot be a mount's path: it has the character U+202E in it\n    ${MOUNT_PATH_HINT}`,
    `a.yaml:10:3: sys/raw/ cannot be a mount's path: it belongs to the server itself\n    ${MOUNT_PATH_HINT}`,
    `a.yaml:11:3: a/tune/ cannot be a mount's path: it ends in tune/, which servers read as the tuning of the mount above it\n    ${MOUNT_PATH_HINT}`,
  ],
  [
    'plugins that no catalog can hold',
    'version: 1\nplugins: { secret/x..: {}, "secret/a b": {}, secret/../y: {} }\nmounts: { a: { plugin: secret//z } }\n',
    'a.yaml:2:12: secret/x.. cannot be a plugin: its name has two dots in a row, which no plugin’s name may have\n    write it as the catalog lists it, e.g. secret/my-kv',
    'a.yaml:2:46: secret/../y cannot be a plugin: its name has the segment "..", which servers resolve to another path\n    write it as the catalog lists it, e.g. secret/my-kv',
    'a.yaml:3:24: secret//z cannot be a plugin: its name has an empty segment: a slash at its beginning, or two in a row\n    write it as the catalog lists it, e.g. secret/my-kv',
  ],
  [
    'a database plugin',
    withPlugin('mounts:\n  db: { plugin: database/redis }\n', 'database/redis'),
    'a.yaml:8:17: db/ cannot be a mount of database/redis: databases have their version at each connection\n    write connections: { <mount>/config/<name>: … } instead',
  ],
  [
    'an auth plugin elsewhere than below auth/',
    withPlugin('mounts:\n  jwt: { plugin: auth/jwt }\n  auth/: { plugin: auth/jwt }\n', 'auth/jwt'),
    "a.yaml:8:3: jwt/ is not an auth method's path, but auth/jwt is an auth plugin\n    did you mean auth/jwt/?",
    `a.yaml:9:3: auth/ cannot be a mount's path: it names no auth method\n    ${MOUNT_PATH_HINT}`,
  ],
  [
    'a secret plugin below auth/',
    withPlugin('mounts:\n  auth/kv: { plugin: secret/kv }\n'),
    "a.yaml:8:3: auth/kv/ is an auth method's path, but secret/kv is a secret plugin",
  ],
  [
    'enable without a version',
    'version: 1\nplugins: { secret/kv: {} }\nmounts: { a: { plugin: secret/kv, enable: true } }\n',
    'a.yaml:3:43: enable: true needs `use`: the version that the new mount runs\n    say use: here or for secret/kv',
  ],
  [
    'checks that leave the mount',
    withPlugin(
      'mounts:\n  a:\n    plugin: secret/kv\n    verify: [{ read: /sys }, { read: a/../b }, { read: "a?b=c" }]\n',
    ),
    'a.yaml:10:22: read: /sys begins with a slash\n    write a path below the mount, e.g. config',
    'a.yaml:10:38: read: a/../b leaves the mount\n    write a path below the mount, e.g. config',
    'a.yaml:10:56: read: a?b=c has a question mark in it\n    write a path below the mount, e.g. config',
  ],
  [
    'connections',
    withPlugin(
      'connections:\n  db/orders: { plugin: secret/kv }\n  db/config/a: { plugin: database/redis }\n  db/config/b: { plugin: secret/kv, use: v0.2.0 }\n  db/config/c: {}\n',
    ),
    "a.yaml:8:3: db/orders is not a connection's path\n    write <mount>/config/<name>, e.g. db/config/orders",
    'a.yaml:8:24: secret/kv is not a database plugin, so it has no connections\n    write mounts: { <path>: … } for a secrets engine or auth method',
    'a.yaml:9:26: database/redis is not listed under plugins\n    add it: plugins: { database/redis: … }',
    'a.yaml:10:26: secret/kv is not a database plugin, so it has no connections\n    write mounts: { <path>: … } for a secrets engine or auth method',
    'a.yaml:10:42: use: v0.2.0 is not among the versions of secret/kv\n    listed: v0.21.0; to use another, add it under versions with its command and sha256',
    'a.yaml:11:3: plugin is missing from db/config/c\n    say which plugin runs there, e.g. plugin: database/redis',
  ],
]

const ADDRESS = 'is not an address\n    write https://host:port or http://host:port'

const CLUSTER: readonly Case[] = [
  [
    'addresses',
    'version: 1\ncluster:\n  address: vault:8200\n  nodes: [https://a/v1, "ftp://a", https://b, https://b/, https://u:hidden@c]\n',
    `a.yaml:3:12: vault:8200 ${ADDRESS}`,
    'a.yaml:4:11: https://a/v1 has more than an address in it\n    write https://a',
    `a.yaml:4:25: ftp://a ${ADDRESS}`,
    'a.yaml:4:47: node https://b is given twice, first at a.yaml:4:36',
    'a.yaml:4:59: an address must have no user or password in it',
  ],
  [
    'a check of the binaries that names no file',
    'version: 1\ncluster: { binary_check: [sha256sum, /opt/kv] }\n',
    'a.yaml:2:26: binary_check must contain {command} in place of the file name\n    for example [ssh, "{host}", sha256sum, "/opt/plugins/{command}"]',
  ],
  [
    'a lock that is no secret',
    'version: 1\ncluster: { lock: { kv: lockstep } }\n',
    'a.yaml:2:24: lockstep is not a path of a secret\n    write <mount>/<path>, e.g. secret/lockstep',
  ],
  [
    'days that are none',
    'version: 1\nallow:\n  - { rule: a, subject: b, because: c, until: 2026-02-29 }\n  - { rule: a, subject: b, because: c, until: 2026-1-1 }\nignore:\n  - { class: a, subject: b, because: c, until: 2026-13-01 }\n',
    'a.yaml:3:47: until: 2026-02-29 is not a day of the calendar\n    write it as YYYY-MM-DD',
    'a.yaml:4:47: until: 2026-1-1 is not a day of the calendar\n    write it as YYYY-MM-DD',
    'a.yaml:6:48: until: 2026-13-01 is not a day of the calendar\n    write it as YYYY-MM-DD',
  ],
]

describe.each([
  ['YAML', YAML],
  ['the shape', SHAPE],
  ['one of several forms', CHOICES],
  ['versions', VERSIONS],
  ['binaries', BINARIES],
  ['mounts and connections', MOUNTS],
  ['the cluster, and what is accepted', CLUSTER],
])('%s', (_group, cases) => {
  test.each(cases)('%s', async (_name, text, ...problems) => {
    const folder = await createFolder({ 'a.yaml': text })

    expect(await folder.problems()).toEqual(problems)
  })
})

test('checks rules and classes against the known names', async () => {
  const folder = await createFolder({
    'a.yaml':
      'version: 1\nallow: [{ rule: data-downgrad, subject: a, because: b }]\nignore: [{ class: x, subject: a, because: b }]\n',
  })

  const problems = await folder.problems(['a.yaml'], {
    rules: new Set(['version-in-use', 'data-downgrade']),
    classes: new Set(['unmanaged', 'node-skew']),
  })

  expect(problems).toEqual([
    'a.yaml:2:17: there is no rule data-downgrad\n    did you mean data-downgrade?',
    'a.yaml:3:19: there is no class x\n    there are node-skew, unmanaged',
  ])
})

test('reports a part that could not be read once, and not again at every place that names it', async () => {
  const folder = await createFolder({
    'a.yaml': 'version: 1\nplugins:\n  secret/kv:\n    versions: 5\n    use: v0.21.0\n',
    'b.yaml': 'version: 1\nplugins: []\nmounts: { a: { plugin: secret/kv, use: v0.22.0 } }\n',
    'c.yaml': 'version: 1\nmounts: { b: { plugin: secret/other } }\n',
  })

  expect(await folder.problems(['a.yaml', 'b.yaml', 'c.yaml'])).toEqual([
    'a.yaml:4:15: versions must be a mapping of keys to values, not a number',
    'b.yaml:2:10: plugins must be a mapping of keys to values, not a list',
  ])
})

const SECRET = 'hunter2-hunter2'

test.each([
  `{ TOKEN: *${SECRET} }`,
  `{ TOKEN: !${SECRET} }`,
  `{ TOKEN: "${SECRET} }`,
  `{ TOKEN: "\\${SECRET}" }`,
  `{ TOKEN: { ${SECRET} } }`,
  `{ TOKEN=${SECRET} }`,
  `{ TOKEN: [${SECRET}] }`,
  `{ TOKEN: a ] ${SECRET} }`,
  `{ TOKEN: { from: ${SECRET} } }`,
  `[TOKEN=${SECRET}]`,
  `TOKEN=${SECRET}`,
  `\n          TOKEN: |${SECRET}\n`,
  `\n          TOKEN: ${SECRET}: x\n`,
  `\n          - TOKEN: ${SECRET}\n`,
])('shows the value of an environment variable in no message: %j', async (env) => {
  const folder = await createFolder({
    'a.yaml': `version: 1
plugins:
  secret/kv:
    versions:
      v0.21.0:
        command: kv
        sha256: ${DIGEST}
        env: ${env}`,
  })

  const problems = await folder.problems()

  expect(problems.length).toBeGreaterThan(0)
  expect(problems.join('\n')).not.toContain(SECRET)
})
