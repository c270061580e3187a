import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { cloneDatabase } from '../support/database.ts'
import { sendPage, startSource, type TestSource } from '../support/source.ts'
import { answerOf, faultsOf, readFeed, serve, stop, type Serving } from './cli.ts'

/** Of 30 businesses the first 20 filed, of whom the 20th filed late; the last two did not have to. */
const inTime = Array.from({ length: 19 }, (_, i) => i + 1)
const filedLate = 20
const filedNothing = [21, 22, 23, 24, 25, 26, 27, 28]
const notObliged = [29, 30]
const listed = [filedLate, ...filedNothing]

let database: Database
let folder: string
let source: TestSource
let serving: Serving
let key: string
let env: Record<string, string>

/** A page of the API, as JSON. */
async function get<Answer>(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${serving.address}${path}`, { headers })
  expect(`${path} ${response.status}`).toBe(`${path} 200`)
  return (await response.json()) as Answer
}

async function subjectsFile(): Promise<string> {
  const file = join(folder, 'subjects.ndjson')
  const subjects = [...inTime, filedLate, ...filedNothing].map((number) => subjectItem(number))
  subjects.push(subjectItem(29, { establishedOn: '2026-01-05' }), subjectItem(30, { status: 'cancelled' }))
  await writeFile(file, subjects.map((subject) => `${JSON.stringify(subject)}\n`).join(''))
  return file
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinjian-journey-'))
  const reports = [...inTime, filedLate].map((number) =>
    reportItem(number, {
      ...(number === filedLate && { publishedOn: '2026-07-01', updatedAt: '2026-07-01T01:00:00.000Z' }),
      webPresences: [{ kind: 'shop', name: `云帆${number}号旗舰店`, url: `https://shop${number}.example/` }],
    }),
  )
  source = await startSource((url, response) => {
    const from = Number(url.searchParams.get('cursor') ?? 0)
    sendPage(response, reports.slice(from, from + 7), from + 7 < reports.length ? String(from + 7) : null)
  })
  database = await cloneDatabase()
  env = {
    DATABASE_URL: database.url,
    SOURCE_ANNUAL_REPORTS_URL: source.url,
    SOURCE_ANNUAL_REPORTS_TOKEN: 'token-of-the-source',
  }
  const { id } = await answerOf<{ id: string }>(['partner', 'create', '--name', '某部门', '--kind', 'agency'], env)
  key = (await answerOf<{ key: string }>(['key', 'create', '--partner', id, '--scope', 'feed'], env)).key
  serving = await serve(env)
})
afterAll(async () => {
  await stop(serving)
  await source.close()
  await rm(folder, { recursive: true })
  await database.close()
})

test('the commands take the registry, the reports and the late reporters in turn, and count them', async () => {
  expect(await answerOf(['import', 'subjects', await subjectsFile()], env)).toMatchObject({ records: 30, new: 30 })
  expect(await answerOf(['job', 'run', 'pull-annual-reports'], env)).toMatchObject({
    job: 'pull-annual-reports',
    status: 'succeeded',
    counts: { pages: 3, records: 20, new: 20 },
  })
  expect(source.headers.map((headers) => headers.authorization)).toEqual(Array(3).fill('Bearer token-of-the-source'))
  const run = await answerOf(['job', 'run', 'list-late-reporters', '--on', '2026-07-08'], env)
  expect(run).toMatchObject({
    job: 'list-late-reporters',
    on: '2026-07-08',
    status: 'succeeded',
    counts: {
      reportYear: 2025,
      entered: listed.length,
      late: false,
      notEntered: { 'newly-established': 1, 'not-operating': 1 },
    },
  })
  const again = await answerOf(['job', 'run', 'list-late-reporters', '--on', '2026-07-09'], env)
  expect(again).toMatchObject({ counts: { entered: 0 } })
})

test('the credit file of a late reporter tells its entry, and that of a punctual one its sites', async () => {
  const late = await get<{ listings: { ground: { code: string } }[] }>(`/v1/credit-files/${madeUpUscc(21)}`)
  expect(late).toMatchObject({ standing: 'abnormal', listings: [{ listedOn: '2026-07-08', status: 'in-force' }] })
  expect(late.listings[0]?.ground.code).toBe('ABN-68-4-1')
  expect(await get(`/v1/credit-files/${madeUpUscc(filedLate).toLowerCase()}`)).toMatchObject({
    standing: 'abnormal',
    annualReports: [{ year: 2025, publishedOn: '2026-07-01', onTime: false }],
  })
  expect(await get(`/v1/credit-files/${madeUpUscc(1)}`)).toMatchObject({
    standing: 'clear',
    annualReports: [{ year: 2025, publishedOn: '2026-04-30', onTime: true, revision: 1 }],
    webPresences: [{ host: 'shop1.example', status: 'active', sources: ['annual-report'] }],
  })
})

test('search finds businesses by a fragment of their name, by shop and by code, with their standing', async () => {
  const search = async (q: string) =>
    (await get<{ items: { uscc: string; standing: string }[] }>(`/v1/search?q=${encodeURIComponent(q)}`)).items
  expect((await search('示例21号'))[0]).toMatchObject({ uscc: madeUpUscc(21), standing: 'abnormal' })
  expect((await search('云帆7号旗舰店'))[0]).toMatchObject({ uscc: madeUpUscc(7), standing: 'clear' })
  expect((await search(madeUpUscc(3)))[0]).toMatchObject({ uscc: madeUpUscc(3) })
})

test('lookup names the business behind a pasted address', async () => {
  expect(await get(`/v1/lookup?url=${encodeURIComponent('HTTPS://www.shop5.example/?utm_source=x')}`)).toMatchObject({
    webPresence: { host: 'shop5.example' },
    subject: { uscc: madeUpUscc(5) },
    standing: 'clear',
  })
  expect((await fetch(`${serving.address}/v1/lookup?url=nobody.example`)).status).toBe(404)
})

test('the feed tells it all: contiguous positions from 1 and an unbroken chain', async () => {
  expect((await fetch(`${serving.address}/v1/feed/events`)).status).toBe(401)
  // Each entry is told, and the measures that follow from it.
  const awaited = 30 + 20 + 2 * listed.length
  const last = await fetch(`${serving.address}/v1/feed/events?after=${awaited - 1}&wait=10`, {
    headers: { authorization: `Bearer ${key}` },
  })
  expect(await last.json()).toMatchObject({ head: awaited })
  const events = await readFeed(serving.address, key)
  expect(faultsOf(events)).toEqual([])
  expect(events).toHaveLength(awaited)
  const entered = events.filter((event) => event.type === 'listing.entered')
  expect(entered.map((event) => event.subject).sort()).toEqual(listed.map((number) => madeUpUscc(number)).sort())
  for (const number of notObliged) expect(entered.map((event) => event.subject)).not.toContain(madeUpUscc(number))
  expect(JSON.stringify(events)).not.toMatch(/legalRepresentative":"|address/)
})

test('a feed in which one character was altered, or one event left out, does not pass the check', async () => {
  const events = await readFeed(serving.address, key)
  const altered = structuredClone(events)
  altered[10]!.data['name'] = '另一家'
  expect(faultsOf(altered)).toEqual(['hash at position 11'])
  expect(faultsOf(events.toSpliced(10, 1))).toContain('position 12 at place 11')
})

test.each(['America/Los_Angeles', 'Pacific/Kiritimati'])(
  'with the clock of the machine in %s, 30 June lists nobody and 1 July lists',
  async (zone) => {
    const elsewhere = await cloneDatabase()
    const there = { ...env, DATABASE_URL: elsewhere.url, TZ: zone }
    try {
      await answerOf(['import', 'subjects', await subjectsFile()], there)
      await answerOf(['job', 'run', 'pull-annual-reports'], there)
      const on = (day: string) => answerOf(['job', 'run', 'list-late-reporters', '--on', day], there)
      expect(await on('2026-06-30')).toMatchObject({ on: '2026-06-30', counts: { entered: 0, reportYear: null } })
      expect(await on('2026-07-01')).toMatchObject({
        on: '2026-07-01',
        counts: { entered: listed.length, windowClosedOn: '2026-06-30', late: false },
      })
    } finally {
      await elsewhere.close()
    }
  },
)
