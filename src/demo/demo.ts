import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseConfig, type Config } from '../config.ts'
import { untilSequenced } from '../feed/service.ts'
import { createKey, createPartner } from '../partners/service.ts'
import { keyVerifier } from '../partners/verifier.ts'
import { dayOf, systemClock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { runJob } from '../platform/jobs.ts'
import { dataDirOf, openConfiguredDatabase } from '../platform/open.ts'
import { openLog } from '../platform/request-log.ts'
import { closedWindow } from '../rulebook/annual-report.ts'
import { builtInRulebook } from '../rulebook/built-in.ts'
import { serveUntilStopped, stopAll, stopSignal, type Jobs } from '../serve.ts'
import { startServer } from '../server.ts'
import { importFile } from '../sources/import.ts'
import { decideSampleCases } from './cases.ts'
import { sampleKeys, type SampleKeys } from './people.ts'
import { makeProvince } from './province.ts'
import { visitSampleSites } from './sites.ts'
import { buildSampleSource } from './source.ts'

export interface DemoLinks {
  listedBusiness: string
  seriousViolator: string
  /** A shop of the serious violator, to be pasted into the search box. */
  shopLink: string
  docs: string
  feed: string
  /** A call of the feed to paste into a terminal. */
  feedCall: string
  /** Where the sample's people sign in, and with what. */
  signIn: string
  keys: SampleKeys
}

/** Told on standard error as it goes. */
const step = (text: string) => process.stderr.write(`${text}\n`)

/**
 * Serves a made-up province from the embedded database, until it is told to stop: imports the registry, pulls annual
 * reports, filings, sellers and penalties from a sample source over HTTP by the real jobs, and enters the late reporters by the real rule. Each step does
 * nothing where it was done before, so a second start, also after a kill, finds or completes what is there.
 *
 * With `DATABASE_URL` set it serves that database and loads no sample.
 */
export async function runDemo(
  { jobs, startSchedule }: Jobs,
  ready: (links: DemoLinks | { address: string }) => void,
): Promise<void> {
  // A newcomer wants the links, not a line for each request.
  const settings = parseConfig({ LOG_LEVEL: 'warn', ...process.env })
  if (settings.DATABASE_URL !== undefined) {
    step('DATABASE_URL is set: serving that database, and loading no sample data.')
    return serveUntilStopped(settings, { jobs, startSchedule }, ready)
  }
  const log = openLog(settings)
  const stopped = stopSignal()
  const sampleDir = join(dataDirOf(settings), 'sample')
  step('Starting the embedded PostgreSQL …')
  const database = await openConfiguredDatabase(settings, (line) => log.info(line))
  const on = lastListingDay(dayOf(systemClock.now()))
  const province = makeProvince(closedWindow(builtInRulebook, on)?.reportYear ?? 0)
  const source = buildSampleSource({
    subjects: province.subjects,
    'annual-reports': province.annualReports,
    'icp-filings': province.icpFilings,
    'platform-sellers': province.platformSellers,
    penalties: province.penalties,
  })
  const running: { stop(): Promise<void> }[] = [{ stop: () => source.close().then(() => undefined) }]
  try {
    const sampleUrl = await source.listen({ port: 0, host: '127.0.0.1' })
    const config: Config = {
      ...settings,
      SOURCE_SUBJECTS_URL: sampleUrl,
      SOURCE_ANNUAL_REPORTS_URL: sampleUrl,
      SOURCE_ICP_FILINGS_URL: sampleUrl,
      SOURCE_PENALTIES_URL: sampleUrl,
      SOURCE_PLATFORM_SELLERS_URL: sampleUrl,
    }
    step(`Importing the registry of a sample province (${province.subjects.length} made-up businesses) …`)
    await importFile(database.db, 'subjects', await writeSample(sampleDir, province.subjects), {
      now: () => systemClock.now(),
    })
    const run = async (name: string) => {
      const job = jobs.find((candidate) => candidate.name === name)
      if (job === undefined) throw new Error(`there is no job ${name}`)
      step(`Running the job ${name} …`)
      await runJob(job, { database, config, clock: systemClock, on })
    }
    for (const collection of ['annual-reports', 'icp-filings', 'platform-sellers', 'penalties']) {
      await run(`pull-${collection}`)
    }
    await run('list-late-reporters')
    step('Visiting some of its sites, which this machine serves, for the display of their licence …')
    await visitSampleSites(database, province, { on, now: () => systemClock.now() })
    step('Deciding some cases, as two members of staff …')
    const cases = await decideSampleCases(database.db, province, systemClock.now())
    const server = await startServer(database, config, log, jobs).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || process.env['PORT']) throw error
      step(`Port ${config.PORT} is in use; taking a free one.`)
      return startServer(database, { ...config, PORT: 0 }, log, jobs)
    })
    running.unshift(server)
    if (config.JOBS !== 'off') running.unshift(startSchedule(database, withoutVisits(config), log))
    const key = await sampleKey(sampleDir, database.db)
    const keys = await sampleKeys(sampleDir, database.db)
    step('Numbering the events of the feed …')
    await untilSequenced(database.db)
    await run('write-snapshot')
    ready({
      listedBusiness: `${server.publicUrl}/credit-files/${province.lateEnterprises[0] ?? ''}`,
      seriousViolator: `${server.publicUrl}/credit-files/${cases.seriousViolator}`,
      shopLink: cases.shopLink,
      docs: `${server.publicUrl}/docs`,
      feed: `${server.publicUrl}/feed`,
      feedCall: `curl -H 'Authorization: Bearer ${key}' '${server.publicUrl}/v1/feed/events?types=listing.entered&limit=3'`,
      signIn: `${server.publicUrl}/sign-in`,
      keys,
    })
    await stopped
  } finally {
    await stopAll(running, database)
  }
}

/** The sites of the sample do not exist: nobody goes out to look for them. */
function withoutVisits(config: Config): Config {
  return { ...config, PUBLIC_URL: undefined }
}

/** The newest day, not after `today`, on which late reporters are entered in time: 8 July. */
function lastListingDay(today: string): string {
  const year = Number(today.slice(0, 4))
  return today >= `${year}-07-08` ? `${year}-07-08` : `${year - 1}-07-08`
}

/** The registry as a file, for the import that everybody uses. */
async function writeSample(sampleDir: string, items: readonly object[]): Promise<string> {
  await mkdir(sampleDir, { recursive: true })
  const file = join(sampleDir, 'subjects.ndjson')
  await writeFile(file, items.map((item) => `${JSON.stringify(item)}\n`).join(''))
  return file
}

/** A key for the feed, the same at each start. */
async function sampleKey(sampleDir: string, db: Db): Promise<string> {
  const file = join(sampleDir, 'feed-key')
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim()
  if ((await keyVerifier({ db })(kept, { address: null, requestId: 'sample' })) !== null) return kept
  const now = systemClock.now()
  const partner = await createPartner(db, { name: '示例协同部门 (sample agency)', kind: 'agency' }, now)
  const { key } = await createKey(db, { partnerId: partner.id, scopes: ['feed'] }, now)
  await writeFile(file, `${key}\n`, { mode: 0o600 })
  return key
}
