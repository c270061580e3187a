import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { problems } from '../../src/platform/problem.ts'
import { useSite } from './site.ts'

const { db, get } = useSite()

test('the feed page shows the newest position and a call that reaches this service', async () => {
  const [row] = await db().execute<{ head: string }>(sql`select max(position) as head from feed_events`)
  const { body } = await get('/feed')
  expect(body).toContain(`<dd>${row!.head}</dd>`)
  expect(body).toContain('https://credit.example/v1/feed/events?after=0&amp;limit=10')
})

test.each(Object.entries(problems))(
  'the page of the problem %s gives its status and meaning',
  async (code, problem) => {
    for (const language of ['zh', 'en'] as const) {
      const { body } = await get(`/problems/${code}`, { 'accept-language': language })
      expect(body).toContain(problem.title[language])
      expect(body).toContain(String(problem.status))
    }
  },
)

test('style, script and icon are kept for ever under the name that the pages give them, and revalidated under any other', async () => {
  const { body } = await get('/')
  const links = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!)
  expect(links).toHaveLength(3)
  for (const link of links) {
    const asset = await get(link)
    expect(asset.status).toBe(200)
    expect(asset.headers['cache-control']).toContain('immutable')
    expect((await get(link, { 'if-none-match': asset.headers['etag'] as string })).status).toBe(304)
    expect((await get(link.replace(/\?.*/, ''))).headers['cache-control']).toBe('public, no-cache')
  }
  expect((await get('/assets/site.css')).type).toBe('text/css; charset=utf-8')
})

test('no page is in the description of the API', async () => {
  const { body } = await get('/openapi.json')
  const paths = Object.keys((JSON.parse(body) as { paths: object }).paths)
  expect(paths.length).toBeGreaterThan(2)
  expect(
    paths.filter((path) => !path.startsWith('/v1/') && !/^\/(\.well-known\/.*|livez|readyz|metrics)$/.test(path)),
  ).toEqual([])
})
