import { Resolver } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, buildConnector, request } from 'undici'

/**
 * Requests to addresses that outsiders name (webhooks, web presences). They must never reach what only we can reach: the
 * machine itself, the network it stands in, the metadata service of a cloud. What a name resolves to is checked when the
 * connection is made, and the connection goes to the checked address, so a name that answers otherwise the second time
 * (DNS rebinding) gains nothing. Redirects are answers like any other, and are not followed.
 */
export interface Outbound {
  /** Sends one request. @throws OutboundError when no answer came; `signal`'s reason when that aborts */
  send(url: URL, request: OutboundRequest): Promise<OutboundAnswer>
  /** Why this address is refused whatever its name resolves to; null when it may be tried. */
  faultOf(url: URL): DestinationFault | null
  close(): Promise<void>
}

export interface OutboundRequest {
  method: 'GET' | 'HEAD' | 'POST'
  headers: Record<string, string>
  body?: string
  /** For everything: resolving, connecting, the answer and its body. */
  timeoutMs: number
  /** No more of the answer's body is read. */
  maxBytes: number
  signal?: AbortSignal | undefined
}

export interface OutboundAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** The beginning of the body, `maxBytes` at most. */
  body: Buffer
  /** False when the body was longer, broke off or took too long. */
  complete: boolean
}

type OutboundFailure = 'destination-refused' | 'timeout' | 'connection-failed'

/** No answer came. */
export class OutboundError extends Error {
  override name = 'OutboundError'
  readonly reason: OutboundFailure
  constructor(reason: OutboundFailure, message: string) {
    super(message)
    this.reason = reason
  }
}

/** What a look at an address alone finds wrong with it. */
export type DestinationFault = 'scheme' | 'credentials' | 'address'

/** Answers every address of a name. */
type Resolve = (hostname: string) => Promise<string[]>

/** Where a name is served that no name server knows: a port of this machine, in plain HTTP whatever the address says. */
export type ServedHere = (hostname: string, protocol: string) => number | null

/**
 * Opens the way out, with connections that are kept alive for a moment.
 * @param options.allowedHosts `host` or `host:port`, exempt from the checks and reachable by plain http too
 * @param options.plainHttp whether http is taken for hosts that are not exempt
 * @param options.servedHere names that this machine serves itself, such as the sites of the sample; nobody else's
 */
export function openOutbound(options: {
  allowedHosts: readonly string[]
  plainHttp?: boolean
  resolve?: Resolve
  servedHere?: ServedHere
}): Outbound {
  const { allowedHosts, plainHttp = false, resolve = resolveByDns, servedHere = () => null } = options
  const isAllowed = ({ hostname, protocol, port }: { hostname: string; protocol: string; port: string }) => {
    const name = hostname.replace(/\.$/, '').toLowerCase()
    const host = isIP(name) === 6 ? `[${name}]` : name
    const hostAndPort = `${host}:${port || (protocol === 'https:' ? '443' : '80')}`
    return allowedHosts.some((allowed) => [host, hostAndPort].includes(allowed.toLowerCase()))
  }

  const connectAnywhere = buildConnector({})
  const connectChecked = buildConnector({ lookup: checkedLookup(resolve) })
  const dispatcher = new Agent({
    connect: (target, callback) => {
      const port = servedHere(target.hostname, target.protocol)
      if (port !== null) {
        connectAnywhere({ ...target, protocol: 'http:', hostname: '127.0.0.1', port: String(port) }, callback)
      } else if (isAllowed(target)) connectAnywhere(target, callback)
      // Node asks `lookup` for names alone.
      else if (isForbiddenLiteral(target.hostname)) callback(refusal(target.hostname), null)
      else connectChecked(target, callback)
    },
  })

  const faultOf = (url: URL): DestinationFault | null => {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'scheme'
    if (url.username !== '' || url.password !== '') return 'credentials'
    if (isAllowed(url)) return null
    if (url.protocol === 'http:' && !plainHttp) return 'scheme'
    return isForbiddenLiteral(url.hostname) || isLocalName(url.hostname) ? 'address' : null
  }

  const send = async (url: URL, { timeoutMs, maxBytes, signal, ...sent }: OutboundRequest): Promise<OutboundAnswer> => {
    // Also here, since the exemptions may have changed after the address was taken.
    if (faultOf(url) !== null) throw refusal(url.hostname)
    // Not AbortSignal.any: on Node 20 a signal that lives long keeps every one made of it.
    const ending = new AbortController()
    const timer = setTimeout(() => ending.abort(), timeoutMs)
    const abort = () => ending.abort()
    signal?.addEventListener('abort', abort)
    try {
      signal?.throwIfAborted()
      const answer = await request(url, { ...sent, dispatcher, signal: ending.signal })
      const { body, complete } = await readUpTo(answer.body, maxBytes)
      return { status: answer.statusCode, headers: answer.headers, body, complete }
    } catch (error) {
      signal?.throwIfAborted()
      if (ending.signal.aborted) throw new OutboundError('timeout', `no answer within ${timeoutMs} ms`)
      if (error instanceof OutboundError) throw error
      const { code, message } = error as NodeJS.ErrnoException
      throw new OutboundError('connection-failed', code ?? message)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }
  return { send, faultOf, close: () => dispatcher.destroy() }
}

/** An answer counts by its status, so a body that is too long, breaks off or never ends is left where it is. */
async function readUpTo(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<{ body: Buffer; complete: boolean }> {
  const chunks: Buffer[] = []
  let bytes = 0
  let complete = true
  try {
    for await (const chunk of stream) {
      bytes += chunk.byteLength
      chunks.push(chunk)
      if (bytes > maxBytes) {
        complete = false
        break
      }
    }
  } catch {
    complete = false
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBytes), complete }
}

/**
 * Resolves like `dns.lookup` and refuses a name of which any address is not public: one that mixes them is as suspect as
 * one that has none.
 */
function checkedLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    const answer = async () => {
      const addresses = await resolve(hostname)
      if (addresses.length === 0 || !addresses.every(isPublicAddress)) throw refusal(hostname)
      return addresses.map((address) => ({ address, family: isIP(address) }))
    }
    answer().then(
      (found) => {
        const [first] = found
        if (options.all) callback(null, found)
        else callback(null, first?.address ?? '', first?.family)
      },
      (error: unknown) => callback(error as Error, ''),
    )
  }
}

/** Asks the name servers without the thread pool of `dns.lookup`, of which four slow names would take every thread. */
const nameServers = new Resolver({ timeout: 2000, tries: 2 })

const resolveByDns: Resolve = async (hostname) => {
  const [v4, v6] = await Promise.allSettled([nameServers.resolve4(hostname), nameServers.resolve6(hostname)])
  if (v4.status === 'rejected' && v6.status === 'rejected') throw v4.reason
  return [v4, v6].flatMap((found) => (found.status === 'fulfilled' ? found.value : []))
}

/**
 * Whether an address is one of the public Internet: by the IANA special-purpose registries (RFC 6890), so neither private
 * (RFC 1918, 4193), loopback, link-local, carrier-grade NAT (RFC 6598), multicast, documentation nor reserved. An IPv6
 * address that carries an IPv4 one is judged by that when it is mapped (RFC 4291), and refused when a translator or a
 * tunnel would unwrap it (NAT64, 6to4, Teredo) or it is the old compatible form (`::7f00:1`).
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  return !(parsed instanceof ipaddr.IPv6) || parsed.match(globalUnicast)
}

/** All of IPv6 that is given out (RFC 4291 2.4 and the IANA registry); ipaddr.js calls the rest unicast too. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** The URL parser has written decimal, octal, hexadecimal and short IPv4 forms as four numbers already. */
function isForbiddenLiteral(hostname: string): boolean {
  const literal = hostname.replace(/^\[|\]$/g, '')
  return isIP(literal) !== 0 && !isPublicAddress(literal)
}

/** RFC 6761: names that never leave the machine, told at once and not at the first delivery. */
function isLocalName(hostname: string): boolean {
  return /(^|\.)localhost\.?$/i.test(hostname)
}

function refusal(hostname: string): OutboundError {
  return new OutboundError('destination-refused', `${hostname} is not an address of the public Internet`)
}
