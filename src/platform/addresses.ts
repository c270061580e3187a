import { isIP, type Socket } from 'node:net'
import ipaddr from 'ipaddr.js'

/** An address in its one written form: an IPv4 address in IPv6 as IPv4, no zone; null for what is none. */
function readAddress(text: string): string | null {
  // ipaddr.js also takes `10.1`, `0x7f.1`, `017.0.0.1` and `2130706433`, which readers take for different addresses.
  if (isIP(text) === 0 || !ipaddr.isValid(text)) return null
  const address = ipaddr.process(text)
  if (address instanceof ipaddr.IPv6) delete address.zoneId
  return address.toString()
}

/**
 * Where a request comes from: the nearest address that is not one of TRUSTED_PROXIES. What a client writes into
 * `X-Forwarded-For` itself lies behind that and is never looked at.
 */
export function clientAddress(request: { ip: string; socket: Pick<Socket, 'remoteAddress'> }): string | null {
  // A trusted proxy may have written "unknown" (RFC 7239); then the proxy itself is all that is known.
  return readAddress(request.ip) ?? readAddress(request.socket.remoteAddress ?? '')
}

/** Whom an address counts for: itself, and in IPv6 its /64, of which one customer has all. */
export function sourceOf(address: string | null): string {
  if (address === null) return 'unknown'
  const parsed = ipaddr.parse(address)
  if (parsed.kind() === 'ipv4') return address
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString()}/64`
}

/**
 * A network in CIDR form, such as `203.0.113.0/24` or `2001:db8::/32`; an address alone is a network of one. An IPv4 address
 * has all its four numbers, in decimal.
 */
export function readNetwork(text: string): string | null {
  const [, written = text, length] = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
  const address = readAddress(written)
  if (address === null) return null
  const isIPv4 = isIP(address) === 4
  // Of an IPv4 address in IPv6 the prefix counts the 96 bits before it too.
  const bits = length === undefined ? (isIPv4 ? 32 : 128) : Number(length) - (isIPv4 && isIP(written) === 6 ? 96 : 0)
  if (bits < 0 || bits > (isIPv4 ? 32 : 128)) return null
  return `${(isIPv4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(`${address}/${bits}`).toString()}/${bits}`
}

/** Whether an address lies in one of the networks, which `readNetwork` has read. */
export function isWithin(address: string, networks: readonly string[]): boolean {
  const parsed = ipaddr.process(address)
  return networks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network)
    return base.kind() === parsed.kind() && parsed.match(base, bits)
  })
}
