/** The states of a cluster for which every view is rendered. */
import type { LiveState } from '../../src/domain/live.ts'
import { BUILTIN, ROOT_NAMESPACE, UNKNOWN_HASH, UNVERSIONED } from '../../src/domain/names.ts'
import {
  builtinEntry,
  catalogEntry,
  connectionPath,
  liveConnection,
  liveMount,
  liveNode,
  liveState,
  mountPath,
  nodeAddress,
  plugin,
  sha256Of,
  version,
} from '../builders/live.ts'
import { finding, plan, planCluster, step, upgradePlan } from '../builders/plan.ts'

const KV = plugin('secret/my-kv')
const OLD = version('v0.16.2')
const NEW = version('v0.21.0')
const THREE = [liveNode(1), liveNode(2), liveNode(3)]
const VAULT = [
  liveNode(1, { version: '1.21.4' }),
  liveNode(2, { state: 'forwarding', version: '1.21.4' }),
  liveNode(3, { state: 'forwarding', version: '1.21.4' }),
]
const TEAMS = [mountPath('team-a/'), mountPath('team-b/')]
const THOUSAND = Array.from({ length: 1000 }, (_, index) =>
  mountPath(`app-${String(index + 1).padStart(4, '0')}/`),
)
const upgrade = { plugin: KV, from: OLD, to: NEW, mounts: TEAMS, nodes: THREE }

export const PLANS = {
  upgrade: upgradePlan(upgrade),

  blocked: upgradePlan(upgrade, {
    findings: [
      finding({
        rule: 'env-unobservable',
        severity: 'note',
        subject: 'secret/my-kv v0.21.0',
        message: 'servers never return env, so a difference in HTTPS_PROXY cannot be seen',
        fix: 'register it again if in doubt',
      }),
      finding({
        at: 'lockstep.yaml:12:14',
        mounts: [1, 2, 3, 4, 5].map((number) => mountPath(`legacy-${number}/`)),
        nodes: [nodeAddress(2)],
      }),
      finding({
        rule: 'data-downgrade',
        subject: 'secret/my-kv',
        message: 'v0.16.2 is not known to read what v0.21.0 has written',
        fix: 'declare data.downgrade_to, or allow it',
        allowed: 'roles re-created by CHG-1432',
      }),
      finding({
        rule: 'sha256-changed',
        subject: 'secret/my-kv v0.21.0',
        message: `is registered with ${sha256Of(KV, OLD)}, not ${sha256Of(KV, NEW)}`,
        fix: 'give the new binary its own version',
        at: 'lockstep.yaml:8:7',
      }),
      finding({
        rule: 'siblings',
        severity: 'warning',
        subject: 'secret/my-kv',
        message: 'its mounts share one process: requests to all may fail for half a second',
        fix: 'apply when that is bearable',
      }),
    ],
    rehearsal: {
      stopping_points: 7,
      safe: 5,
      unsafe: [
        {
          after: 'tune team-a/',
          kind: 'entry-missing',
          problem: 'team-a/ does not start: v0.16.2 is not registered',
          mounts: [mountPath('team-a/')],
          nodes: [],
        },
        {
          after: 'deregister secret/my-kv v0.16.2',
          kind: 'entry-missing',
          problem: 'legacy-1/ does not start: v0.16.2 is not registered',
          mounts: [mountPath('legacy-1/')],
          nodes: [],
        },
      ],
    },
  }),

  empty: plan(),

  unreachable: plan({
    cluster: planCluster([liveNode(1), liveNode(2), liveNode(3, { state: 'unreachable' })]),
  }),

  vault: upgradePlan(
    { ...upgrade, nodes: VAULT },
    { cluster: planCluster(VAULT, { product: 'vault', server_version: '1.21.4' }) },
  ),

  thousand: upgradePlan({ ...upgrade, mounts: THOUSAND }),

  /** One step of each other kind, nodes with different changes, and an entry that is replaced. */
  mixed: plan({
    cluster: planCluster([liveNode(1), liveNode(2), liveNode(3)], { lock: 'locks/lockstep' }),
    desired: {
      version: 1,
      plugins: {},
      allow: [
        { rule: 'data-downgrade', subject: 'auth/jwt', because: 'CHG-1432: tried in staging' },
        { rule: 'siblings', subject: 'auth/jwt', because: 'no `traffic`', until: '2026-12-31' },
      ],
    },
    changes: [
      {
        subject: 'auth/jwt unversioned',
        kind: 'entry',
        action: 'change',
        fields: [
          { name: 'command', from: 'jwt_custom', to: 'jwt_custom' },
          { name: 'sha256', from: sha256Of(KV, OLD), to: sha256Of(KV, NEW) },
          { name: 'args', from: null, to: '--log-json' },
        ],
        why: 'registered with another hash',
      },
      {
        subject: 'auth/jwt/',
        kind: 'mount',
        action: 'change',
        fields: [
          { name: 'running', node: nodeAddress(2), from: 'down', to: sha256Of(KV, NEW) },
          { name: 'running', node: nodeAddress(3), from: 'builtin', to: sha256Of(KV, NEW) },
        ],
        why: 'two nodes are behind',
      },
      {
        subject: 'db/config/orders',
        kind: 'connection',
        action: 'change',
        fields: [{ name: 'version', from: 'v0.6.0', to: 'v0.7.0' }],
        why: 'uses v0.6.0, to use v0.7.0',
      },
      {
        subject: 'team-new/',
        kind: 'mount',
        action: 'add',
        fields: [
          { name: 'plugin', from: null, to: 'secret/my-kv' },
          { name: 'version', from: null, to: 'v0.21.0' },
        ],
        why: 'nothing is mounted there',
      },
    ],
    steps: [
      step(
        'register auth/jwt unversioned',
        {
          kind: 'register',
          plugin: plugin('auth/jwt'),
          version: UNVERSIONED,
          entry: { command: 'jwt_custom', sha256: sha256Of(KV, NEW), args: ['--log-json'] },
          env: [],
        },
        'registered with another hash',
      ),
      step(
        `reload auth/jwt on ${nodeAddress(2)}`,
        {
          kind: 'reload',
          node: nodeAddress(2),
          namespace: ROOT_NAMESPACE,
          mounts: [mountPath('auth/jwt/')],
        },
        'it is down there',
      ),
      step(
        'repoint db/config/orders',
        {
          kind: 'repoint',
          connection: connectionPath('db/config/orders'),
          namespace: ROOT_NAMESPACE,
          version: version('v0.7.0'),
        },
        'uses v0.6.0, to use v0.7.0',
      ),
      step(
        'enable team-new/',
        {
          kind: 'enable',
          mount: mountPath('team-new/'),
          namespace: ROOT_NAMESPACE,
          plugin: KV,
          version: NEW,
        },
        'nothing is mounted there; to run v0.21.0',
      ),
    ],
    rehearsal: { stopping_points: 4, safe: 4, unsafe: [] },
  }),
}

const KV_ENTRIES = [catalogEntry(KV, OLD), catalogEntry(KV, NEW)]
const kvMount = (path: string, nodes = THREE) =>
  liveMount(mountPath(path), { plugin: KV, version: NEW, nodes })

export const STATES = {
  steady: liveState({
    catalog: [
      builtinEntry(plugin('auth/jwt'), version('v2.7.2+builtin.bao')),
      catalogEntry(plugin('database/redis'), version('v0.7.0')),
      ...KV_ENTRIES,
    ],
    mounts: [
      liveMount(mountPath('auth/jwt/'), {
        plugin: plugin('auth/jwt'),
        version: version('v2.7.2+builtin.bao'),
        nodes: THREE,
      }),
      kvMount('team-a/'),
      kvMount('team-b/'),
    ],
    connections: [
      liveConnection(connectionPath('db/config/orders'), {
        plugin: plugin('database/redis'),
        version: version('v0.7.0'),
      }),
    ],
  }),

  /**
   * A node that is behind, a mount that is down, an unregistered version, a lost node, and a
   * missing right.
   */
  troubled: liveState({
    nodes: [
      ...THREE,
      liveNode(4, {
        role: 'unknown',
        state: 'unreachable',
        version: '',
        detail: 'connect ECONNREFUSED 10.0.0.4:8200',
      }),
    ],
    catalog: [catalogEntry(KV, NEW)],
    mounts: [
      liveMount(mountPath('team-a/'), {
        plugin: KV,
        version: NEW,
        nodes: THREE,
        except: {
          [nodeAddress(3)]: { running_version: OLD, running_sha256: sha256Of(KV, OLD) },
        },
      }),
      liveMount(mountPath('team-b/'), {
        plugin: KV,
        version: NEW,
        nodes: THREE,
        except: { [nodeAddress(2)]: { answers: 'no', detail: 'backend is nil' } },
      }),
      liveMount(mountPath('team-c/'), { plugin: KV, version: OLD, nodes: THREE }),
      liveMount(mountPath('team-d/'), {
        plugin: KV,
        version: NEW,
        nodes: THREE,
        except: {
          [nodeAddress(1)]: { answers: 'unchecked' },
          [nodeAddress(2)]: {
            running_version: UNVERSIONED,
            running_sha256: UNKNOWN_HASH,
            answers: 'no',
          },
          [nodeAddress(3)]: { running_sha256: BUILTIN },
        },
      }),
    ],
    connections: [
      liveConnection(connectionPath('db/config/orders'), {
        plugin: plugin('database/redis'),
        version: version('v0.7.0'),
      }),
    ],
    unreadable: [
      { what: 'mounts', path: 'ns1/sys/mounts', node: nodeAddress(1), reason: 'HTTP 403' },
      { what: 'catalog-entry', path: 'sys/plugins/catalog/secret/x', reason: 'HTTP 500 \u001b[2J' },
    ],
  }),

  vault: liveState({
    product: 'vault',
    server_version: '1.21.4',
    nodes: VAULT,
    catalog: KV_ENTRIES,
    mounts: [kvMount('team-a/', VAULT), kvMount('team-b/', VAULT)],
    pins: [{ plugin: KV, version: NEW }],
  }),

  thousand: liveState({
    catalog: KV_ENTRIES,
    mounts: THOUSAND.map((path) => kvMount(path)),
  }),
} satisfies Record<string, LiveState>
