import { afterAll, beforeAll, expect, it } from 'vitest'
import { subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { take } from '../support/take.ts'
import { enterOnList } from '../screening/screening.ts'
import { readFileSync } from 'node:fs'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
  await take(service.db, 'subjects', [subjectItem(1)])
  await service.sequence()
  await enterOnList(service.db, 1, 'abnormal')
})
afterAll(() => service.close())

/** What is wrong with OpenMetrics text (1.0.0, section 5): families in one piece, known types, numbers, the end. */
function faultsOf(text: string): string[] {
  const types = new Map<string, string>()
  const faults: string[] = []
  let family = ''
  const lines = text.split('\n')
  if (lines.pop() !== '' || lines.pop() !== '# EOF') faults.push('it does not end with # EOF')
  for (const line of lines) {
    const [, kind = '', name = '', rest = ''] = /^# (HELP|TYPE) ([a-z_0-9]+) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') continue
    if (kind === 'TYPE') {
      if (types.has(name)) faults.push(`${name} comes twice`)
      types.set((family = name), rest)
      continue
    }
    const sample =
      /^([a-z_0-9]+)(\{([a-zA-Z_0-9]+="([^"\\\n]|\\["\\n])*",?)*\})? (-?[\d.]+(e[+-]?\d+)?|NaN|[+-]Inf)$/.exec(line)
    if (sample === null) faults.push(`no sample: ${line}`)
    const suffixes = { counter: ['_total'], histogram: ['_bucket', '_sum', '_count'], gauge: [''] }[
      types.get(family) ?? ''
    ]
    if (!suffixes?.some((suffix) => sample?.[1] === `${family}${suffix}`)) faults.push(`${line} is not of ${family}`)
  }
  return faults
}

it('are valid OpenMetrics, or the older text for who asks for that', async () => {
  const response = await service.app.inject('/metrics')
  expect(response.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  expect(faultsOf(response.body)).toEqual([])
  const older = await service.app.inject({ url: '/metrics', headers: { accept: 'text/plain;version=0.0.4' } })
  expect(older.headers['content-type']).toContain('text/plain')
  expect(older.body).toContain('# TYPE xinjian_database_queries_total counter\nxinjian_database_queries_total ')
  expect(older.body).not.toContain('# EOF')
  expect(faultsOf((await service.app.inject('/metrics')).body)).toEqual([])
})

it('tell how far the log and its readers are, by names, and nothing of any business', async () => {
  const { body } = await service.app.inject('/metrics')
  expect(body).toMatch(/^xinjian_database_up 1$/m)
  expect(body).toMatch(/^xinjian_feed_outbox_waiting 1$/m)
  expect(body).toMatch(/^xinjian_reader_lag_events\{reader="names"\} 0$/m)
  expect(body).toMatch(/^xinjian_database_pool_connections 5$/m)
  expect(body).not.toContain('虚构')
})

it('have a bounded number of series, whatever addresses and methods are made up', async () => {
  const count = async () => (await service.app.inject('/metrics')).body.split('\n').length
  await service.app.inject('/v1/made-up')
  await service.app.inject('/v1/credit-files/x')
  await service.app.inject('/metrics')
  const before = await count()
  for (let i = 0; i < 50; i += 1) {
    await service.app.inject(`/v1/made-up/${i}`)
    await service.app.inject(`/v1/credit-files/${i}?x=${i}`)
  }
  expect((await count()) - before).toBeLessThan(40)
})

it('are explained, each of ours, in docs/operating/metrics.md', async () => {
  const documented = readFileSync('docs/operating/metrics.md', 'utf8')
  const { body } = await service.app.inject('/metrics')
  const names = [...body.matchAll(/^# TYPE (xinjian_\S+) /gm)].map(([, name = '']) => name)
  expect(names.length).toBeGreaterThan(20)
  for (const name of names) expect(documented).toContain(`\`${name}`)
})

it('are for the networks and the token of the settings alone, where there are any', async () => {
  const token = 'a token of sixteen'.replaceAll(' ', '-')
  const limited = await startTestService(undefined, {
    METRICS_NETWORKS: ['10.0.0.0/8', '::1/128'],
    METRICS_TOKEN: token,
  })
  const scrape = async (remoteAddress: string, authorization?: string) =>
    (await limited.app.inject({ url: '/metrics', remoteAddress, headers: { ...(authorization && { authorization }) } }))
      .statusCode
  expect(await scrape('10.1.2.3')).toBe(200)
  expect(await scrape('::ffff:10.1.2.3')).toBe(200)
  expect(await scrape('::1')).toBe(200)
  expect(await scrape('192.168.0.1')).toBe(401)
  expect(await scrape('192.168.0.1', `Bearer ${token}`)).toBe(200)
  expect(await scrape('192.168.0.1', 'Bearer another')).toBe(401)
  await limited.close()
})

it('tell what the process knows while the database is away', async () => {
  const alone = await startTestService()
  await alone.database.close()
  const response = await alone.app.inject('/metrics')
  expect(response.statusCode).toBe(200)
  expect(response.body).toMatch(/^xinjian_database_up 0$/m)
  expect(response.body).toMatch(/^xinjian_http_requests_running 0$/m)
  expect(response.body).not.toMatch(/^xinjian_feed_head_position /m)
  await alone.close()
})
