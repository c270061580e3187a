import { expect, it } from 'vitest'
import { enterprise, useStaff } from '../listings/staff.ts'

const staff = useStaff()
const { service } = staff

const call = async (key: string | null, url: string, payload?: object) => {
  const { statusCode, body } = await service().app.inject({
    ...{ method: payload === undefined ? 'GET' : 'POST', url },
    ...(key !== null && { headers: { authorization: `Bearer ${key}` } }),
    ...(payload && { payload }),
  })
  return {
    status: statusCode,
    body: JSON.parse(body) as { items: { screeningId: string }[]; next: string | null; screeningId: string },
  }
}

it('lists the screenings of who asks, newest first, none twice, and nobody else’s', async () => {
  const [own, other] = [await service().keyWith('screening'), await service().keyWith('screening')]
  const made: string[] = []
  for (let i = 0; i < 5; i += 1) {
    // Two at the same moment: their order is told by the id.
    if (i % 2 === 0) service().clock.set(`2026-11-25T04:00:0${i}.000Z`)
    const { body } = await call(own, '/v1/screenings', { candidates: [{ ref: 'a', uscc: enterprise }] })
    made.unshift(body.screeningId)
  }
  const walked: string[] = []
  let url = '/v1/screenings?limit=2'
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await call(own, `${url}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    walked.push(...body.items.map(({ screeningId }) => screeningId))
    cursor = body.next
  }
  expect(walked).toEqual(made)
  expect((await call(other, '/v1/screenings')).body.items).toEqual([])
  url = `/v1/screenings?limit=2&cursor=${(await call(own, '/v1/screenings?limit=2')).body.next ?? ''}`
  expect((await call(other, url)).status).toBe(400)
  expect((await call(own, '/v1/screenings?cursor=x')).status).toBe(400)
  expect((await call(null, '/v1/screenings')).status).toBe(401)
  expect((await call(staff.keys.feed, '/v1/screenings')).status).toBe(403)
})
