/** Commands on three simulated nodes: what each may not say or leave behind. */
import { createTwin, type Twin } from '../../src/twin/cluster/twin.ts'
import { startTwinServer } from '../../src/twin/http/http-server.ts'
import { twinFromLive } from '../../src/twin/rehearsal/from-live.ts'
import { commandOf, sha256Of } from '../builders/live.ts'
import { cluster, KV, NEW, OLD, ONE, PATH, running, THREE, TWO } from '../drift/one-mount.ts'
import { type CommandTrial, type Sampling, tryCommand } from './try-commands.ts'
import type { Counts } from './try-answers.ts'
import {
  type ApplyState,
  whyApplyFalse,
  whyDoctorFalse,
  whyDriftFalse,
  whyImportFalse,
  whyPlanFalse,
  whyStatusFalse,
} from './why-false.ts'

const TOKEN = 'the-token-of-the-twin'
const NODES = [ONE, TWO, THREE]
const binary = (of: typeof OLD) => ({ command: commandOf(KV, of), sha256: sha256Of(KV, of) })
const FILE = {
  version: 1,
  plugins: {
    [KV]: {
      use: NEW,
      versions: {
        [OLD]: binary(OLD),
        [NEW]: { ...binary(NEW), data: { upgrade_from: '>=0.16.0', downgrade_to: '>=0.16.0' } },
      },
    },
  },
}

const EXPECTED = { plugin: KV, mount: PATH, desired: sha256Of(KV, NEW) }

/**
 * Tries `count` mutations of each command that reads, and `applyCount` of an apply, which asks far
 * more; adds up what came of them.
 */
export async function trySimulated({
  applyCount,
  ...sampling
}: Sampling & { readonly applyCount: number }): Promise<Counts> {
  const own: { twin: Twin } = { twin: drifted(TWO) }
  // One server for all runs; each has the twin that its trial made.
  const server = await startTwinServer(
    {
      ...own.twin,
      active: () => own.twin.active(),
      send: (node, request) => own.twin.send(node, request),
    },
    { token: TOKEN },
  )
  try {
    const target = { addresses: server.addresses, token: TOKEN, isSimulated: true }
    const sum = { tried: 0, clean: 0, wrong: [] as string[], crashed: [] as string[] }
    for (const trial of trialsOn(own)) {
      const { tried, clean, wrong, crashed } = await tryCommand(target, trial, {
        ...sampling,
        ...(trial.args[0] === 'apply' && { count: applyCount }),
      })
      sum.tried += tried
      sum.clean += clean
      sum.wrong.push(...wrong)
      sum.crashed.push(...crashed)
    }
    return sum
  } finally {
    await server.close()
  }
}

function trialsOn(own: { twin: Twin }): readonly CommandTrial[] {
  const on = (make: () => Twin) => () => {
    own.twin = make()
    return Promise.resolve()
  }
  const reading = (
    args: readonly string[],
    node: typeof ONE,
    whyFalse: CommandTrial['whyFalse'],
  ): CommandTrial => ({
    name: `${args.join(' ')}, the mount of node ${NODES.indexOf(node) + 1} drifted`,
    args,
    file: FILE,
    prepare: on(() => drifted(node)),
    whyFalse,
  })
  const drift = ['drift', '-f', 'FILE']
  const plan = ['plan', '--detailed-exitcode', '-f', 'FILE']
  return [
    ...[ONE, TWO].flatMap((node) => [
      reading(drift, node, whyDriftFalse),
      reading([...drift, '--json'], node, whyDriftFalse),
      reading(plan, node, whyPlanFalse),
      reading([...plan, '--json'], node, whyPlanFalse),
    ]),
    reading(['status'], TWO, whyStatusFalse(EXPECTED)),
    reading(['status', '--json'], TWO, whyStatusFalse(EXPECTED)),
    reading(['import'], TWO, whyImportFalse(EXPECTED)),
    reading(['doctor', '--json', '-f', 'FILE'], TWO, whyDoctorFalse),
    {
      name: 'apply of an upgrade',
      args: ['apply', '--auto-approve', '-f', 'FILE'],
      file: FILE,
      prepare: on(notUpgraded),
      whyFalse: whyApplyFalse(() => Promise.resolve(stateOf(own.twin))),
    },
  ]
}

function drifted(node: typeof ONE): Twin {
  return twinFromLive(cluster(NEW, { [node]: running(OLD) }))
}

/** Every node has both files; only the old version is registered. */
function notUpgraded(): Twin {
  const files = Object.fromEntries(
    [OLD, NEW].map((of) => [commandOf(KV, of), { sha256: sha256Of(KV, of) }]),
  )
  return createTwin({
    product: 'openbao',
    server_version: '2.7.2',
    cluster: { name: 'lab', id: 'id' },
    nodes: NODES.map((address) => ({ address, files })),
    catalog: [{ plugin: KV, version: OLD, ...binary(OLD) }],
    mounts: [{ path: PATH, plugin: KV, configured_version: OLD }],
  })
}

function stateOf(twin: Twin): ApplyState {
  const hashes = NODES.map((node) => twin.running(node, PATH))
  const all = (of: typeof OLD): boolean =>
    hashes.every(
      (one) =>
        one?.running_sha256 === sha256Of(KV, of) && one.configured_version === of && one.answers,
    )
  const isRegistered = twin.entry(KV, NEW)?.sha256 === sha256Of(KV, NEW)
  if (all(NEW) && isRegistered) return 'upgraded'
  if (!all(OLD)) return 'between'
  return twin.entry(KV, NEW) === undefined ? 'untouched' : 'registered'
}
