/**
 * `lockstep verify`: makes the file's `verify` checks alone, of each mount on every node that runs
 * it. Changes nothing but what the checks themselves do.
 */
import { createVerify } from '../../apply/verify.ts'
import type { StepVerification } from '../../documents/plan.generated.ts'
import { count } from '../../domain/count.ts'
import type { DesiredMount } from '../../domain/desired.ts'
import { EXIT, type ExitCode } from '../../domain/errors.ts'
import type { LiveState } from '../../domain/live.ts'
import type { Namespace, NodeAddress } from '../../domain/names.ts'
import { line } from '../../domain/printable.ts'
import { shellWords } from '../../domain/shell-words.ts'
import { verificationOf } from '../../plan/checked.ts'
import type { Host } from '../host/host.ts'
import { loadDesired } from '../load-desired.ts'
import type { CommonOptions } from '../options.ts'
import { pluginsOf } from '../../operations/context.ts'
import { openSession } from '../session.ts'

/** Exit 0 where every check passed on every node; 1 where one failed, or could not be made. */
export async function verify(options: CommonOptions, host: Host): Promise<ExitCode> {
  const desired = await loadDesired(options, host)
  const session = await openSession(options, host, desired)
  try {
    const checked = desired.mounts.filter((mount) => mount.verify.length > 0)
    if (checked.length === 0) {
      host.out(line`The file has no verify checks.`)
      return EXIT.done
    }
    const live = await session.observe(pluginsOf(desired))
    const { commands } = session
    if (options.quiet !== true) listCommands(checked, commands !== undefined, host)
    const makeChecks = createVerify({
      client: session.client,
      runCommand:
        commands?.run ??
        (() => Promise.resolve('not made: commands of untrusted files are not run')),
    })
    const active = live.nodes.find(({ role }) => role === 'active')?.address
    let failed = 0
    let passed = 0
    for (const mount of checked) {
      const { places, problems } = placesOf(mount, live)
      for (const problem of problems) host.out(line`FAILED  ${problem}`)
      failed += problems.length
      for (const { node, namespace } of places) {
        const verifications = mount.verify.map((check) => verificationOf(mount.path, check))
        const problem = await makeChecks(
          stepOf(mount, node, namespace, verifications),
          active ?? node,
        )
        if (problem === undefined) passed += 1
        else failed += 1
        if (problem !== undefined) host.out(line`FAILED  ${problem}`)
        else if (options.quiet !== true) host.out(line`passed  ${mount.path} on ${node}`)
      }
    }
    host.out(line`${count(passed, 'check')} passed, ${String(failed)} failed.`)
    return failed === 0 ? EXIT.done : EXIT.error
  } finally {
    await session.close()
  }
}

/** Before any is run: whoever reads along sees what runs on this machine. */
function listCommands(mounts: readonly DesiredMount[], runs: boolean, host: Host): void {
  const commands = mounts.flatMap(({ path, verify: checks }) =>
    checks.flatMap((check) =>
      check.kind === 'run' ? `${path}: ${shellWords(check.command)}` : [],
    ),
  )
  if (commands.length === 0 || !runs) return
  host.err(line`These commands run on this machine, once for each node:`)
  for (const command of commands) host.err(line`  ${command}`)
}

interface VerifyPlaces {
  readonly places: readonly { readonly node: NodeAddress; readonly namespace: Namespace }[]
  /** Why a check that is due cannot be made. */
  readonly problems: readonly string[]
}

function placesOf({ path }: DesiredMount, live: LiveState): VerifyPlaces {
  const mount = live.mounts.find((one) => one.path === path)
  if (mount === undefined) return { places: [], problems: [`${path}: nothing is mounted there`] }
  const { namespace } = mount
  const listed = new Set(mount.nodes.map(({ node }) => node))
  return {
    places: mount.nodes.map(({ node }) => ({ node, namespace })),
    // A standby that forwards runs no plugins.
    problems: live.nodes
      .filter(({ address, state }) => state !== 'forwarding' && !listed.has(address))
      .map(({ address, detail, state }) => `${path} on ${address}: not seen (${detail ?? state})`),
  }
}

function stepOf(
  { path }: DesiredMount,
  node: NodeAddress,
  namespace: Namespace,
  verifications: readonly StepVerification[],
) {
  const none = { after: [], requires: [], ensures: [], undo: [], restores: [] }
  return {
    ...{ id: `verify ${path} on ${node}`, group: path, why: 'asked for', ...none },
    action: { kind: 'check' as const, node, namespace, mounts: [path] },
    verify: [...verifications],
  }
}
