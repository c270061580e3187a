import { spawn, type ChildProcess } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeProvince } from '../../src/demo/province.ts'
import { leadKinds } from '../../src/leads/vocabulary.ts'
import { parseUscc } from '../../src/registry/identifiers.ts'
import { takers } from '../../src/sources/collection.ts'
import { leadsOf } from '../leads/taking.ts'
import { cloneDatabase } from '../support/database.ts'
import { makeServerFolder } from '../support/folder.ts'

let folder: string
const started: ChildProcess[] = []

beforeAll(async () => {
  folder = await makeServerFolder('demo')
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await stopPostgres()
  await rm(folder, { recursive: true, force: true })
})

interface Demo {
  child: ChildProcess
  links: {
    listedBusiness: string
    docs: string
    feed: string
    feedCall: string
    signIn: string
    keys: Record<string, string>
  }
}

/** `npm start` in a folder of its own, on the embedded PostgreSQL whatever else the run uses. */
async function start(): Promise<Demo> {
  const child = spawn(process.execPath, ['bin/xinjian.js', 'demo', '--json'], {
    env: { PATH: process.env['PATH'], DATA_DIR: folder, PORT: '0', JOBS: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve({ child, links: JSON.parse(line.toString()) as Demo['links'] }))
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code ?? 'a signal'}: ${errors}`)))
  })
}

/** Signs in as each of the sample's people; answers where each begins. */
async function signInAll({ links }: Demo): Promise<string[]> {
  const homes: string[] = []
  for (const key of Object.values(links.keys)) {
    const answer = await fetch(links.signIn, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ key }),
    })
    homes.push(answer.headers.get('location') ?? String(answer.status))
  }
  return homes
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill(signal)
  })
}

async function postmaster(): Promise<number | null> {
  const pidFile = await readFile(join(folder, 'postgres/server/data/postmaster.pid'), 'utf8').catch(() => null)
  return pidFile === null ? null : Number(pidFile.split('\n')[0])
}

async function stopPostgres(): Promise<void> {
  const pid = await postmaster()
  if (pid !== null) process.kill(pid, 'SIGINT')
}

/** Calls what the links say, as a newcomer would; answers the entries that the feed tells. */
async function follow({ links }: Demo): Promise<string[]> {
  const page = await (await fetch(links.listedBusiness, { headers: { accept: 'text/html' } })).text()
  expect(page).toContain('ABN-68-4-1')
  expect((await fetch(links.docs)).status).toBe(200)
  expect(await (await fetch(links.feed)).text()).toContain('/v1/feed/events')
  const site: unknown = await (await fetch(new URL('/v1/lookup?url=brand1.example', links.docs))).json()
  expect(site).toMatchObject({ webPresence: { sources: ['annual-report', 'icp-filing'] } })
  const [, key = '', url = ''] = /Bearer (\S+)' '(\S+)'/.exec(links.feedCall) ?? []
  const answer = await fetch(url.replace('limit=3', 'limit=1000'), { headers: { authorization: `Bearer ${key}` } })
  const { events } = (await answer.json()) as { events: { subject: string }[] }
  return events.map((event) => event.subject)
}

it('starts from nothing, again after a kill, and a third time, always with the same province and links that open', async () => {
  const first = await start()
  const entered = await follow(first)
  expect(entered.length).toBeGreaterThan(30)
  expect(new Set(entered).size).toBe(entered.length)

  await end(first.child, 'SIGKILL')
  const second = await start()
  expect(await follow(second)).toEqual(entered)

  expect(await end(second.child, 'SIGINT')).toBe(0)
  expect(await postmaster()).toBeNull()

  const third = await start()
  expect(third.links.keys).toEqual(first.links.keys)
  expect(await signInAll(third)).toEqual(['/staff', '/staff', '/staff', '/partners', '/partners'])
  expect((await stat(join(folder, 'sample/keys.json'))).mode & 0o777).toBe(0o600)
  expect(await follow(third)).toEqual(entered)
  expect(await end(third.child, 'SIGTERM')).toBe(0)
})

it('makes a province of businesses that cannot be real', () => {
  const { subjects, annualReports, lateEnterprises } = makeProvince(2025)
  expect(subjects).toHaveLength(2000)
  for (const { uscc, regionCode, province } of subjects) {
    expect(parseUscc(String(uscc))).toBe(uscc)
    expect([String(uscc).slice(2, 8), regionCode, province]).toEqual(['999900', '999900', '虚构省'])
  }
  expect(new Set(subjects.map((subject) => subject['name'])).size).toBe(2000)
  const hosts = JSON.stringify(annualReports).matchAll(/https:\/\/([^/"]+)/g)
  for (const [, host] of hosts) expect(host).toMatch(/\.example$/)
  expect(lateEnterprises.length).toBeGreaterThan(10)
})

it('makes the same province every time', () => {
  expect(makeProvince(2025)).toEqual(makeProvince(2025))
})

it('has sources that contradict each other in every way that staff look into, and few records that are refused', async () => {
  const province = makeProvince(2025)
  const database = await cloneDatabase()
  const refused = await database.db.transaction(async (tx) => {
    const now = new Date('2026-07-08T00:00:00.000Z')
    const taken = [
      await takers.subjects(tx, province.subjects, now),
      await takers['annual-reports'](tx, province.annualReports, now),
      await takers['icp-filings'](tx, province.icpFilings, now),
      await takers['platform-sellers'](tx, province.platformSellers, now),
      await takers.penalties(tx, province.penalties, now),
    ]
    return taken.map((one) => one.refused.length)
  })
  expect(refused).toEqual([0, 3, 1, 1, 0])
  const leads = await leadsOf(database.db)
  expect(new Set(leads.map(({ kind }) => kind))).toEqual(new Set(leadKinds))
  expect(leads.length).toBeLessThan(60)
  await database.close()
})
