/** Whether others can read what is sent to an address. */

/** True if the address is plain HTTP to another machine. */
export function isReadableByOthers(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return protocol === 'http:' && !isLoopback(hostname)
}

function isLoopback(hostname: string): boolean {
  // `URL` normalises every spelling of an IPv4 address to four numbers.
  return (
    /^127(\.\d+){3}$/.test(hostname) ||
    hostname === '[::1]' ||
    hostname === 'localhost' ||
    hostname.endsWith('.localhost')
  )
}
