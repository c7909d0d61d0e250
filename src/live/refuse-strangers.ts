/**
 * Checks the nodes that an untrusted file lists: the token is sent to them only if the cluster
 * itself has them as members.
 */
import { LockstepError } from '../domain/errors.ts'
import type { NodeAddress } from '../domain/names.ts'
import type { Reader } from '../server/reader.ts'
import { isMemberAddress, readMembers } from './members.ts'

/**
 * Asks only the cluster's trusted `address`. Throws a LockstepError that names every listed address
 * that is not a member's: the token would be sent there.
 */
export async function refuseStrangers(
  reader: Reader,
  address: NodeAddress,
  listed: readonly NodeAddress[],
): Promise<void> {
  const members = await readMembers(reader, address, () => true)
  if (members.failure !== undefined) throw members.failure.error
  const strangers = listed.filter((node) => node !== address && !isMemberAddress(members, node))
  if (strangers.length === 0) return
  throw new LockstepError({
    code: 'not-a-member',
    message: `cluster.nodes lists ${strangers.join(', ')}, and the cluster at ${address} has no member at ${strangers.length === 1 ? 'that address' : 'these addresses'}. With --untrusted-files only members get the token, so nothing was sent there.`,
    hint: 'A node that is down is no member for now. Start the node, take the address out of the file, or name the nodes yourself with --node.',
  })
}
