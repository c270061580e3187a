import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { madeUpUscc, reportItem } from './businesses.ts'
import { sendPage, startSource, type TestSource } from './source.ts'

type Item = Record<string, unknown>

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A small body that unpacks to 64 MB of spaces around an empty page. */
const bomb = gzipSync(Buffer.concat([Buffer.alloc(64 * 1024 * 1024, ' '), Buffer.from('{"items": [], "next": null}')]))
/** The first half of a packed page. */
const packed = gzipSync(
  Buffer.from(`{"items": [], "next": null, "padding": "${'抽检'.repeat(50)}${bomb.toString('hex', 0, 3000)}"}`),
)
const cutShort = packed.subarray(0, packed.length / 2)
const half = '{"items": [{"sourceId": "report-1", "updatedAt": "2026-05-01T00'

/** Ways in which an answer goes wrong. None of them holds a record that could be taken. */
export const faults = {
  'too many requests': (response: ServerResponse) =>
    void response.writeHead(429, { 'retry-after': '0' }).end('{"items": [], "next": null}'),
  'too many requests, until a date': (response: ServerResponse) =>
    void response.writeHead(429, { 'retry-after': new Date(Date.now() + 500).toUTCString() }).end(),
  unavailable: (response: ServerResponse) => void response.writeHead(503).end('{"items": [], "next": null}'),
  'no answer': () => undefined,
  'half an answer, and no more': (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(half)
  },
  reset: (response: ServerResponse) => void response.socket?.resetAndDestroy(),
  'reset in the middle': (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100000' })
    response.write(half, () => response.socket?.resetAndDestroy())
  },
  'truncated JSON': (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(half),
  'another type': (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('{"items": [], "next": null}'),
  'gzip bomb': (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
  'broken gzip': (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(cutShort),
  'huge page': (response: ServerResponse) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(`{"items": [], "next": null, "padding": "${'x'.repeat(3 * 1024 * 1024)}"}`),
} as const

/** What has no such time is sent always. */
function updatedAtOf(item: unknown): string {
  const at = (item as Item)['updatedAt']
  return typeof at === 'string' ? at : '9'
}

export type Fault = keyof typeof faults

/** Ways in which a record goes wrong, each with the reason that quarantine must give. */
const spoilers: [string, (item: Item) => unknown][] = [
  ['invalid-uscc', (item) => ({ ...item, uscc: '91999900MA00000000' })],
  ['invalid-record', (item) => ({ ...item, uscc: undefined })],
  ['invalid-record', (item) => ({ ...item, name: '' })],
  ['invalid-record', (item) => ({ ...item, name: '店\u0000' })],
  ['invalid-record', (item) => ({ ...item, year: 'last' })],
  ['invalid-record', (item) => ({ ...item, publishedOn: '2026-02-30' })],
  ['invalid-record', (item) => ({ ...item, webPresences: [{ kind: 'stall', name: '摊', url: 'a.example' }] })],
  ['invalid-record', (item) => [item]],
  ['invalid-record', (item) => `record ${String(item['sourceId'])}`],
  ['unknown-subject', (item) => ({ ...item, uscc: madeUpUscc(900_000 + Number(item['number'])) })],
]

export interface HostileSource extends TestSource {
  /** What must be held of each business in the end: the name of its newest good report. */
  newest: Map<string, string>
  /** JSON text of every bad record, with the reason. */
  bad: Map<string, string>
  /** Which faults it has answered with, how often. */
  answered: Map<Fault, number>
  /** Called at each request. */
  onRequest: () => void
}

/**
 * A source of reports of businesses 1 to `businesses` that does whatever a source can do wrong and still holds good
 * records: 5% of its records are malformed, others come again as they were before and after they were changed, pages come
 * twice and out of order, it forgets its cursors now and then, and many of its answers are faults.
 */
export async function startHostileSource(options: {
  seed: number
  businesses: number
  perPage: number
  /** Share of requests that are answered with a fault, and which. */
  faultShare: number
  kinds: readonly Fault[]
  forgetsCursors: boolean
}): Promise<HostileSource> {
  const { seed, businesses, perPage, faultShare, kinds, forgetsCursors } = options
  const random = randomOf(seed)
  const below = (count: number) => Math.floor(random() * count)
  const newest = new Map<string, string>()
  const bad = new Map<string, string>()
  const records: unknown[] = []
  const at = (minute: number) => new Date(Date.parse('2026-05-01T00:00:00.000Z') + minute * 60_000).toISOString()

  for (let number = 1; number <= businesses; number += 1) {
    const version = (name: string, minute: number): Item =>
      reportItem(number, {
        number,
        name: `虚构省示例${number}号${name}有限公司`,
        updatedAt: at(minute),
        webPresences: [{ kind: 'shop', name: '店', url: `https://shop${number}.example/` }],
      })
    const last = 3 + below(3)
    const versions = Array.from({ length: last }, (_, i) => version(`第${i + 1}版`, number * 10 + i))
    records.push(...versions)
    newest.set(madeUpUscc(number), String(versions.at(-1)?.['name']))
    // Sent again, as it was before.
    if (random() < 0.3) records.push(versions[below(last)])
    // 5% of all records.
    if (random() < 0.05 * (last + 0.3)) {
      const [reason, spoil] = spoilers[below(spoilers.length)]!
      const spoilt = spoil({ ...version('坏', number * 10 + 9), sourceId: `bad-${number}` })
      bad.set(JSON.stringify(spoilt), reason)
      records.push(spoilt)
    }
  }
  const pages: unknown[][] = []
  for (let from = 0; from < records.length; from += perPage) {
    const page = records.slice(from, from + perPage)
    if (random() < 0.3) page.sort(() => random() - 0.5)
    pages.push(page)
    if (random() < 0.1) pages.push(page)
  }
  // Some pages change places with the one after.
  for (let i = 0; i + 1 < pages.length; i += 1) {
    if (random() < 0.1) [pages[i], pages[i + 1]] = [pages[i + 1]!, pages[i]!]
  }

  /** Goes up when the source forgets its cursors; each is known by the era in which it was given out. */
  let era = 0
  let forgotten = 0
  const answered = new Map<Fault, number>()
  const hostile: HostileSource = { newest, bad, answered, onRequest: () => undefined } as HostileSource
  const source = await startSource((url, response) => {
    hostile.onRequest()
    if (random() < faultShare) {
      const kind = kinds[below(kinds.length)]!
      answered.set(kind, (answered.get(kind) ?? 0) + 1)
      faults[kind](response)
      return
    }
    if (forgetsCursors && forgotten < 3 && random() < 0.05) {
      era += 1
      forgotten += 1
    }
    const [ofEra, place] = (url.searchParams.get('cursor') ?? `${era}-0`).split('-').map(Number)
    if (ofEra !== era || place === undefined) {
      response.writeHead(410).end()
      return
    }
    const since = url.searchParams.get('updatedSince') ?? ''
    const changed = pages
      .map((page) => page.filter((item) => updatedAtOf(item) >= since))
      .filter((page) => page.length > 0)
    sendPage(response, changed[place] ?? [], place + 1 < changed.length ? `${era}-${place + 1}` : null)
  })
  return Object.assign(hostile, source)
}
