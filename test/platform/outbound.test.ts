import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest'
import { isPublicAddress, openOutbound, OutboundError, type Outbound } from '../../src/platform/outbound.ts'
import { startSource, type TestSource } from '../support/source.ts'

let receiver: TestSource
let port: string
const open: Outbound[] = []

beforeAll(async () => {
  receiver = await startSource((url, response) => {
    if (url.pathname === '/redirect') response.writeHead(302, { location: `${receiver.url}/inside` }).end()
    else if (url.pathname === '/endless') sendForEver(response)
    else if (url.pathname === '/drip') response.writeHead(200).write('slowly')
    else if (url.pathname === '/reset') response.socket?.resetAndDestroy()
    else if (url.pathname !== '/hang') response.end('here')
  })
  port = new URL(receiver.url).port
})
afterEach(async () => {
  for (const outbound of open.splice(0)) await outbound.close()
})
afterAll(() => receiver.close())

function sendForEver(response: { write(chunk: Buffer): boolean; once(event: 'drain', then: () => void): unknown }) {
  while (response.write(Buffer.alloc(65_536, 'x')));
  response.once('drain', () => sendForEver(response))
}

/** A way out on which names resolve to these addresses, one list after the other. */
function openWith(addresses: string[][], allowedHosts: string[] = []): Outbound & { asked: string[] } {
  const asked: string[] = []
  const outbound = openOutbound({
    allowedHosts,
    plainHttp: true,
    resolve: async (hostname) => {
      asked.push(hostname)
      return addresses[Math.min(asked.length, addresses.length) - 1] ?? []
    },
  })
  open.push(outbound)
  return { ...outbound, asked }
}

const post = (outbound: Outbound, url: string, more: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  outbound.send(new URL(url), { method: 'POST', headers: {}, body: '{}', timeoutMs: 10_000, maxBytes: 100, ...more })

const reasonOf = (sent: Promise<unknown>) =>
  sent.then(
    () => 'answered',
    (error: unknown) => (error instanceof OutboundError ? error.reason : String(error)),
  )

describe('addresses', () => {
  it.each([
    ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...['169.254.169.254', '100.64.0.1', '100.127.255.255', '192.0.0.1', '192.0.2.1', '198.18.0.1', '203.0.113.1'],
    ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '192.88.99.1'],
    ...['::', '::1', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'fec0::1', 'ff02::1', '2001:db8::1', '100::1'],
    // IPv4 inside IPv6: mapped, compatible, NAT64, its local prefix, 6to4, Teredo, translated
    ...['::ffff:127.0.0.1', '::ffff:a00:1', '::127.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::1', '2002:7f00:1::'],
    ...['2001::1', '::ffff:0:7f00:1', '::7f00:1', '::a00:1', '::808:808'],
    // Not given out by IANA
    ...['4000::1', '1000::1', 'e000::1'],
    ...['', 'localhost', '1.2.3', '999.1.1.1'],
  ])('never takes %s for public', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each(['8.8.8.8', '223.5.5.5', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2400:3200::1', '::ffff:8.8.8.8'])(
    'takes %s for public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )
})

describe('an address that was typed', () => {
  it.each([
    ['http://127.0.0.1/', 'dotted'],
    ['http://2130706433/', 'decimal'],
    ['http://0x7f000001/', 'hexadecimal'],
    ['http://0177.0.0.1/', 'octal'],
    ['http://127.1/', 'short'],
    ['http://127.0.0.1./', 'with a dot at the end'],
    ['http://１２７.0.0.1/', 'in full-width digits'],
    ['http://[::1]/', 'IPv6'],
    ['http://[::ffff:127.0.0.1]/', 'IPv4 mapped into IPv6'],
    ['http://[::ffff:7f00:1]/', 'the same in hexadecimal'],
    ['http://[::127.0.0.1]/', 'IPv4 compatible with IPv6'],
    ['http://[64:ff9b::7f00:1]/', 'NAT64'],
    ['http://169.254.169.254/latest/meta-data', 'the metadata service'],
    ['http://localhost/', 'a name of the machine'],
    ['http://LOCALHOST./', 'the same in capitals with a dot'],
    ['http://anything.localhost/', 'a name below it'],
  ])('is refused when it is private: %s (%s)', async (url) => {
    const outbound = openWith([['8.8.8.8']])
    expect(outbound.faultOf(new URL(url))).toBe('address')
    expect(await reasonOf(post(outbound, url))).toBe('destination-refused')
    expect(outbound.asked).toEqual([])
  })

  it.each([
    ['ftp://partner.example/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:1', 'scheme'],
    ['https://user@partner.example/', 'credentials'],
    ['https://user:secret@partner.example/', 'credentials'],
    ['https://partner.example/', null],
  ] as const)('%s has the fault %s', (url, fault) => {
    expect(openWith([]).faultOf(new URL(url))).toBe(fault)
  })

  it('must be https, unless plain http is taken or the host is exempt', () => {
    const strict = openOutbound({ allowedHosts: ['inside.example:8080'] })
    open.push(strict)
    expect(strict.faultOf(new URL('http://partner.example/'))).toBe('scheme')
    expect(strict.faultOf(new URL('http://inside.example:8080/'))).toBeNull()
    expect(strict.faultOf(new URL('http://inside.example/'))).toBe('scheme')
  })
})

describe('a name', () => {
  it.each([
    [['127.0.0.1']],
    [['10.1.2.3']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['64:ff9b::7f00:1']],
    [['8.8.8.8', '127.0.0.1']],
    [[]],
  ])('that resolves to %s is refused when the connection is made', async (addresses) => {
    const before = receiver.requests.length
    const outbound = openWith([addresses])
    expect(outbound.faultOf(new URL(`http://rebound.example:${port}/`))).toBeNull()
    expect(await reasonOf(post(outbound, `http://rebound.example:${port}/`))).toBe('destination-refused')
    expect(receiver.requests).toHaveLength(before)
  })

  it('is resolved once a connection: what is checked is what is connected to, however it answers the next time', async () => {
    // Not assigned to anybody, so it does not answer; a second look would have found the receiver.
    const outbound = openWith([['3ffe::1'], ['127.0.0.1']])
    const before = receiver.requests.length
    expect(await reasonOf(post(outbound, `http://rebinding.example:${port}/`, { timeoutMs: 300 }))).not.toBe('answered')
    expect(outbound.asked).toEqual(['rebinding.example'])
    expect(await reasonOf(post(outbound, `http://rebinding.example:${port}/`))).toBe('destination-refused')
    expect(receiver.requests).toHaveLength(before)
  })
})

describe('an exempt host', () => {
  it('is reached by its name and port alone', async () => {
    const outbound = openWith([], [`127.0.0.1:${port}`])
    expect(await post(outbound, `${receiver.url}/`)).toMatchObject({ status: 200, body: Buffer.from('here') })
    const other = openWith([], ['127.0.0.1:1'])
    expect(await reasonOf(post(other, `${receiver.url}/`))).toBe('destination-refused')
  })

  it('leads nowhere else: a redirect is an answer, not followed', async () => {
    const before = receiver.requests.length
    const outbound = openWith([], [`127.0.0.1:${port}`])
    expect(await post(outbound, `${receiver.url}/redirect`)).toMatchObject({ status: 302 })
    expect(receiver.requests.slice(before)).toEqual(['/redirect'])
  })
})

describe('an answer', () => {
  const allowed = () => openWith([], ['127.0.0.1'])

  it('without end is read up to the limit', async () => {
    const { status, body, complete } = await post(allowed(), `${receiver.url}/endless`)
    expect({ status, bytes: body.byteLength, complete }).toEqual({ status: 200, bytes: 100, complete: false })
  })

  it('that drips counts by its status when the time is over', async () => {
    const answer = await post(allowed(), `${receiver.url}/drip`, { timeoutMs: 200 })
    expect(answer).toMatchObject({ status: 200, complete: false })
  })

  it('that never comes is a timeout, and one that breaks off a failed connection', async () => {
    expect(await reasonOf(post(allowed(), `${receiver.url}/hang`, { timeoutMs: 200 }))).toBe('timeout')
    expect(await reasonOf(post(allowed(), `${receiver.url}/reset`))).toBe('connection-failed')
  })

  it('is not waited for when the caller gives up, and the caller learns its own reason', async () => {
    const stopping = new AbortController()
    const sent = reasonOf(post(allowed(), `${receiver.url}/hang`, { signal: stopping.signal }))
    stopping.abort(new Error('stopped'))
    expect(await sent).toBe('Error: stopped')
  })
})
