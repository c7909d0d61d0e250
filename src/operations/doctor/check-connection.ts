/** Reports how the nodes are reached: through which proxies, and with which certificates. */
import type { DoctorCheck } from '../../documents/doctor.generated.ts'
import { describeDuration } from '../../domain/duration.ts'
import type { EnvironmentVariables } from '../../domain/environment-variables.ts'
import { LockstepError } from '../../domain/errors.ts'
import { compareText, type NodeAddress } from '../../domain/names.ts'
import { isReadableByOthers } from '../../domain/plain-http.ts'
import type { ServerCertificate } from '../../server/peer-certificate.ts'
import { proxiesOf } from '../../server/proxies.ts'
import { failed, found, orError } from './checks.ts'

export async function checkProxies(
  addresses: readonly NodeAddress[],
  env: EnvironmentVariables,
): Promise<DoctorCheck> {
  const proxyFor = proxiesOf(env)
  const used = await orError(() =>
    addresses.flatMap((address) => {
      const proxy = proxyFor?.(address)
      return proxy === undefined ? [] : { address, proxy }
    }),
  )
  if (used instanceof LockstepError) return failed('proxy', used)
  if (used.length === 0) {
    const message =
      proxyFor === undefined
        ? 'No variable names a proxy.'
        : 'A variable names a proxy, and no node of this cluster is reached through it.'
    return found({ check: 'proxy', result: 'ok', message })
  }
  const readable = used.filter(({ address }) => address.startsWith('http:'))
  const details = used.map(
    ({ address, proxy }) => `${address} through ${proxy.origin} (${proxy.from})`,
  )
  const message = `${used.length} of ${addresses.length} addresses are reached through a proxy.`
  return readable.length === 0
    ? found({ check: 'proxy', result: 'ok', message, details })
    : found({
        ...{ check: 'proxy', result: 'warning', details },
        message: `${message} To http:// addresses the proxy reads the token.`,
        fix: 'Use https:// addresses.',
      })
}

/** Seconds before its end at which a certificate is reported. */
const ENDS_SOON = 14 * 86_400

/** Characters of the names of a certificate that are shown: a load balancer's can have hundreds. */
const LONGEST_NAMES = 200

/** `certificates`: of each server that answered over TLS. */
export function checkCertificates(
  certificates: ReadonlyMap<NodeAddress, ServerCertificate>,
  { address, now }: { readonly address: NodeAddress; readonly now: Date },
): DoctorCheck {
  if (certificates.size === 0) return withoutCertificate(address)
  const sorted = [...certificates].sort(([a], [b]) => compareText(a, b))
  const shown = sorted.map(([node, certificate]) => {
    const left = (certificate.until - now.getTime()) / 1000
    return { ...certificate, node, left }
  })
  const details = shown.map(({ node, names, issuer, left, untrusted }) => {
    const end = Number.isNaN(left) ? 'end not known' : `ends in ${describeDuration(left)}`
    const signed = issuer === '' ? '' : `, signed by ${issuer}`
    const trust = untrusted === undefined ? '' : `, NOT TRUSTED: ${untrusted}`
    return `${node}: ${names.slice(0, LONGEST_NAMES)}${signed}, ${end}${trust}`
  })
  if (shown.some(({ untrusted }) => untrusted !== undefined)) {
    return found({
      ...{ check: 'certificate', result: 'warning', details },
      message:
        'Certificates are not verified, so another machine can answer in the name of a server and take the token.',
      fix: 'Name the authority with --ca-cert or BAO_CACERT, and leave out --tls-skip-verify and BAO_SKIP_VERIFY.',
    })
  }
  const soon = shown.filter(({ left }) => !(left >= ENDS_SOON))
  if (soon.length > 0) {
    const first = Math.min(...soon.map(({ left }) => left))
    const what = Number.isNaN(first)
      ? 'A certificate has an end that cannot be read.'
      : `A certificate ends in ${describeDuration(first)}. Then its server cannot be asked.`
    return found({
      ...{ check: 'certificate', result: 'warning', details },
      message: what,
      fix: 'Renew the certificate.',
    })
  }
  const message = 'The certificates are trusted and for the addresses that were asked.'
  return found({ check: 'certificate', result: 'ok', message, details })
}

function withoutCertificate(address: NodeAddress): DoctorCheck {
  if (isReadableByOthers(address)) {
    return found({
      ...{ check: 'certificate', result: 'warning' },
      message: `${address} is asked without TLS: whoever can read the network can take the token.`,
      fix: 'Use an https:// address.',
    })
  }
  const message = address.startsWith('https:')
    ? 'Not checked: the server has to answer first.'
    : 'No TLS, on this machine only.'
  return found({ check: 'certificate', result: 'skipped', message })
}
