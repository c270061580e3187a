import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import type { WebCheck } from '../../src/web-checks/schemas.ts'
import { licensed, plain, useSites, type Filed } from './filed.ts'

const web = useSites()
const keys = { registrar: '', admin: '', feed: '' }
beforeAll(async () => {
  keys.registrar = await web.service().keyOf({ kind: 'staff' }, 'registry:write')
  keys.admin = await web.service().keyOf({ kind: 'staff' }, 'admin')
  keys.feed = await web.service().keyWith('feed')
})

const get = (url: string, key: keyof typeof keys | null = 'registrar') =>
  web.service().app.inject({ url, headers: key === null ? {} : { authorization: `Bearer ${keys[key]}` } })
const list = async (url: string, key?: keyof typeof keys) =>
  (await get(url, key)).json<{ items: WebCheck[]; next: string | null }>()
const nobody = '01900000-0000-7000-8000-000000000000'

/** A site visited on these days. */
async function visited(host: string, ...days: string[]): Promise<Filed> {
  const filed = await web.file(`https://${host}/`)
  for (const [i, on] of days.entries()) {
    await web.page(host, i === 0 ? plain : plain + licensed(filed))
    await web.check(on)
  }
  return filed
}

describe('200', () => {
  it('tells every visit with its evidence, newest first, to either scope', async () => {
    const { id, uscc } = await visited('told.example', '2026-11-20', '2026-11-21')
    const { items, next } = await list(`/v1/web-presences/${id}/checks`)
    expect(next).toBeNull()
    expect(items).toMatchObject([
      {
        ...{ outcome: 'answered', licence: 'displayed', reason: null, httpStatus: 200, pageIsKept: true },
        evidence: { kind: 'code', element: 'footer', text: expect.stringContaining(uscc) as string },
      },
      {
        outcome: 'answered',
        licence: 'missing',
        evidence: null,
        visitedAt: expect.stringMatching(/^2026-11-20T/) as string,
      },
    ])
    expect(await list(`/v1/web-presences/${id}/checks`, 'admin')).toMatchObject({ items })
  })

  it('page by page tells each visit once', async () => {
    const { id } = await visited('paged.example', '2026-11-20', '2026-11-21', '2026-12-21')
    const first = await list(`/v1/web-presences/${id}/checks?limit=2`)
    const second = await list(`/v1/web-presences/${id}/checks?limit=2&cursor=${first.next}`)
    expect(new Set([...first.items, ...second.items].map((visit) => visit.id)).size).toBe(3)
    expect(second.next).toBeNull()
  })

  it('gives the page as it came, to be saved, until it is forgotten; the visit stays', async () => {
    const { id } = await visited('kept.example', '2026-11-20')
    const [visit] = (await list(`/v1/web-presences/${id}/checks`)).items
    const page = await get(`/v1/web-presences/${id}/checks/${visit!.id}/page`)
    expect(page.body).toBe(plain)
    expect(page.headers['content-type']).toBe('application/octet-stream')
    expect(page.headers['content-disposition']).toMatch(/^attachment/)
    await web.rows(sql`update web_check_states set due_on = null`)
    expect(await web.check('2027-05-10')).toMatchObject({ visited: 0, forgottenPages: 0 })
    const { forgottenPages } = await web.check('2027-06-30')
    expect(forgottenPages).toBeGreaterThan(0)
    expect((await get(`/v1/web-presences/${id}/checks/${visit!.id}/page`)).statusCode).toBe(404)
    expect((await list(`/v1/web-presences/${id}/checks`)).items).toMatchObject([{ pageIsKept: false }])
  })
})

describe('400', () => {
  it.each(['/v1/web-presences/x/checks', `/v1/web-presences/${nobody}/checks?page=2`])('%s', async (url) => {
    expect((await get(url)).statusCode).toBe(400)
  })

  it('a cursor of another site', async () => {
    const one = await visited('one-cursor.example', '2026-11-20', '2026-11-21')
    const { next } = await list(`/v1/web-presences/${one.id}/checks?limit=1`)
    const response = await get(`/v1/web-presences/${nobody}/checks?cursor=${next}`)
    expect(response.json()).toMatchObject({ type: '/problems/invalid-cursor' })
  })
})

it('401 without a key, 403 without the scope, 404 for what nobody filed', async () => {
  for (const url of [`/v1/web-presences/${nobody}/checks`, `/v1/web-presences/${nobody}/checks/${nobody}/page`]) {
    expect((await get(url, null)).statusCode).toBe(401)
    expect((await get(url, 'feed')).statusCode).toBe(403)
    expect((await get(url)).statusCode).toBe(404)
  }
})

it('what was visited cannot be changed', async () => {
  await visited('fixed.example', '2026-11-20')
  for (const table of [sql`web_check_visits`, sql`web_check_findings`]) {
    await expect(web.rows(sql`delete from ${table}`)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('append-only') as string },
    })
  }
})
