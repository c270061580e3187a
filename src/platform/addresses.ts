import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'

/** An address in its one written form: an IPv4 address in IPv6 as IPv4, no zone; null for what is none. */
function readAddress(text: string): string | null {
  if (!ipaddr.isValid(text)) return null
  const address = ipaddr.process(text)
  if (address instanceof ipaddr.IPv6) delete address.zoneId
  return address.toString()
}

/**
 * Where a request comes from: the nearest address that is not one of TRUSTED_PROXIES. What a client writes into
 * `X-Forwarded-For` itself lies behind that and is never looked at.
 */
export function clientAddress(request: FastifyRequest): string | null {
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

/** A network in CIDR form, such as `203.0.113.0/24` or `2001:db8::/32`; an address alone is a network of one. */
export function readNetwork(text: string): string | null {
  const plain = readAddress(text)
  if (plain !== null) return `${plain}/${ipaddr.parse(plain).kind() === 'ipv4' ? 32 : 128}`
  if (!ipaddr.isValidCIDR(text)) return null
  const [address, bits] = ipaddr.parseCIDR(text)
  const kind = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  return `${kind.networkAddressFromCIDR(`${address.toString()}/${bits}`).toString()}/${bits}`
}

/** Whether an address lies in one of the networks, which `readNetwork` has read. */
export function isWithin(address: string, networks: readonly string[]): boolean {
  const parsed = ipaddr.process(address)
  return networks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network)
    return base.kind() === parsed.kind() && parsed.match(base, bits)
  })
}
