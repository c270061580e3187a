import { parse } from 'csv-parse/sync'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { readCandidates } from '../../src/site/partners/candidates.ts'
import { enterprise, other, useStaff } from '../listings/staff.ts'
import { sameOrigin, signInAs, type Visitor } from './signed-in.ts'

const staff = useStaff()
const { service } = staff
let mall: Visitor
let rival: Visitor
let treasury: Visitor

beforeAll(async () => {
  const keyOf = service().keyOf
  mall = await signInAs(service, await keyOf({ kind: 'platform', name: '示例商城' }, 'screening'), 'zh')
  rival = await signInAs(service, await keyOf({ kind: 'platform', name: '另一商城' }, 'screening'))
  treasury = await signInAs(service, await keyOf({ kind: 'agency', agencyCode: 'mof' }, 'feed'))
  await staff.decide()
  await service().sequence()
})

/** Uploads a file by the form of a page, as a browser does. */
async function upload(visitor: Visitor, page: string, action: string, bytes: Buffer) {
  const token = /name="_form" value="([^"]+)"/.exec((await visitor.get(page)).body)?.[1] ?? ''
  const boundary = 'xinjian-test-boundary'
  const part = (head: string, content: string | Buffer) =>
    Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')])
  const { statusCode, headers, body } = await service().app.inject({
    ...{ method: 'POST', url: action },
    headers: { cookie: visitor.cookie, ...sameOrigin, 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([
      part('Content-Disposition: form-data; name="_form"', token),
      part('Content-Disposition: form-data; name="file"; filename="sellers.csv"\r\nContent-Type: text/csv', bytes),
      Buffer.from(`--${boundary}--\r\n`),
    ]),
  })
  return { status: statusCode, location: headers.location, body }
}

const page = '/partners/screenings'

describe('a platform that uploads its sellers', () => {
  it.each([
    ['in UTF-8 with Chinese heads', Buffer.from(`\ufeff编号,统一社会信用代码,名称\r\ns-1,${enterprise},甲\r\n`)],
    // 编号,统一社会信用代码,名称 and 甲 in GB 18030, as Excel saves it in China.
    [
      'in GB 18030',
      Buffer.concat([
        Buffer.from('b1e0bac52ccdb3d2bbc9e7bbe1d0c5d3c3b4fac2eb2cc3fbb3c6', 'hex'),
        Buffer.from(`\r\ns-1,${enterprise},`),
        Buffer.from('bcd7', 'hex'),
        Buffer.from('\r\n'),
      ]),
    ],
    ['with English heads, pasted from a spreadsheet', Buffer.from(`ref\tUSCC\tName\ns-1\t${enterprise}\t甲\n`)],
  ])('%s reads what the lists say of each', async (_, bytes) => {
    const { status, location = '' } = await upload(mall, page, page, bytes)
    expect(status).toBe(303)
    const { body } = await mall.get(location)
    expect(body).toContain('s-1')
    expect(body).toContain('在经营异常名录')
    expect(body).toContain('>甲<')
  })

  it('downloads results in which no formula runs, and the signed proof', async () => {
    const evil = [`=1+1,${enterprise},=HYPERLINK("http://evil")`, `"@x","","+1"`, `<script>,,"-2"`]
    const { location = '' } = await upload(mall, page, page, Buffer.from(`ref,uscc,name\n${evil.join('\n')}\n`))
    const csv = await mall.get(`${location}/results.csv`)
    expect(csv.headers['content-disposition']).toMatch(/^attachment; filename="screening-[0-9a-f-]+\.csv"$/)
    const rows: string[][] = parse(csv.body, { bom: true })
    expect(rows).toHaveLength(4)
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
    expect((await mall.get(location)).body).not.toContain('<script>,')
    const jws = await mall.get(`${location}/certificate`)
    expect(decodeJwt(jws.body)['request']).toMatchObject({ candidates: [{ ref: '=1+1', uscc: enterprise }, {}, {}] })
  })

  it('is told at the field what cannot be read', async () => {
    const tooMany = `uscc\n${`${enterprise}\n`.repeat(1001)}`
    for (const [text, said] of [
      ['', '请选择文件'],
      ['a,b\n1,2\n', '首行没有可用的列名'],
      ['uscc\n', '没有数据行'],
      [tooMany, '一次最多 1000 行'],
      ['uscc,name\n"1,2\n', '无法按 CSV 读取'],
    ] as const) {
      const answer = await upload(mall, page, page, Buffer.from(text))
      expect([said, answer.status]).toEqual([said, 400])
      expect(answer.body).toContain(said)
    }
    const binary = await upload(mall, page, page, Buffer.from([0x81, 0xff, 0xff, 0x81]))
    expect(binary.body).toContain('既不是 UTF-8')
    expect((await upload(mall, page, page, Buffer.alloc(5 * 1024 * 1024, 'x'))).status).toBe(413)
  })

  it('keeps its screenings and monitors from others', async () => {
    const { location = '' } = await upload(mall, page, page, Buffer.from(`uscc\n${other}\n`))
    for (const path of [location, `${location}/results.csv`, `${location}/certificate`]) {
      expect([path, (await rival.get(path)).status]).toEqual([path, 404])
    }
    expect((await rival.get(page)).body).not.toContain(location)
    expect((await mall.get(page)).body).toContain(location)
    const made = await mall.submit('/partners/monitors/new', '/partners/monitors/new', { name: '名册' })
    const monitor = made.location?.split('?')[0] ?? ''
    expect((await rival.get(monitor)).status).toBe(404)
    await upload(mall, monitor, `${monitor}/members`, Buffer.from(`ref,uscc\na,${enterprise}\n`))
    await service().watch()
    expect((await mall.get(monitor)).body).toMatch(/首次核对.*复核/s)
  })
})

it('reads a row without a number by its place, and ignores columns that it does not know', () => {
  const { candidates } = readCandidates('备注,网址,名 称\nx,https://a.example,甲\n\ny,,乙,多余\n', 10)
  expect(candidates).toEqual([
    { ref: '2', url: 'https://a.example', name: '甲' },
    { ref: '3', name: '乙' },
  ])
})

describe('an agency', () => {
  it('answers its orders at once, is told what was refused, and sees no other agency', async () => {
    const orders = '/partners/orders'
    const { body } = await treasury.get(orders)
    const ids = [...body.matchAll(/name="orderId" value="([^"]+)"/g)].map((match) => match[1] ?? '')
    expect(ids.length).toBeGreaterThan(0)
    const none = await treasury.submit(orders, `${orders}?status=open`, { status: 'received' })
    expect(none.status).toBe(400)
    const early = await treasury.submit(orders, `${orders}?status=open`, { orderId: ids, status: 'lifted' })
    expect(early.body).toContain('no lift was requested')
    const done = await treasury.submit(orders, `${orders}?status=open`, {
      ...{ orderId: [...ids, '0190c8a0-0000-7000-8000-000000000010'], status: 'executed', reference: '财〔2026〕1号' },
    })
    expect(done.body).toContain(`${ids.length} was accepted`)
    expect(done.body).toContain('no order with this id')
    const wrong = await treasury.submit(orders + '?status=all', `${orders}?status=all`, {
      ...{ orderId: ids, status: 'executed', executedOn: 'soon' },
    })
    expect(wrong.status).toBe(400)
    expect(wrong.body).toContain('id="executedOn-fault"')
    expect((await mall.get(orders)).status).toBe(403)
  })

  it('subscribes, reads the secret once, pauses, and keeps it from others', async () => {
    const home = '/partners/subscriptions'
    const refused = await treasury.submit(`${home}/new`, `${home}/new`, {
      ...{ url: 'http://127.0.0.1/x', types: 'listing.entered' },
    })
    expect(refused.status).toBe(400)
    expect(refused.body).toMatch(/<option|checked/)
    const made = await treasury.submit(`${home}/new`, `${home}/new`, {
      ...{ url: 'https://93.184.215.14/hook', types: ['listing.entered', 'listing.removed'] },
    })
    expect(made.status).toBe(200)
    expect(made.body).toContain('whsec_')
    const path = /href="(\/partners\/subscriptions\/[0-9a-f-]{36})"/.exec(made.body)?.[1] ?? ''
    const shown = await treasury.get(path)
    expect(shown.body).not.toContain('whsec_')
    await treasury.submit(path, `${path}/pause`)
    expect((await treasury.get(path)).body).toContain('You paused it')
    const bad = await treasury.submit(path, `${path}/replay`, { after: '-1' })
    expect(bad.body).toContain('id="after-fault"')
    expect((await rival.get(path)).status).toBe(404)
    expect((await treasury.submit(path, `${path}/delete`)).location).toBe(`${home}?done=removed`)
  })

  it('reads the checkpoint that anybody may verify, and others read the head alone', async () => {
    const { body } = await treasury.get('/partners')
    expect(body).toMatch(/<code>eyJ[\w-]+\.[\w-]+\.[\w-]+<\/code>/)
    const open = await service().app.inject({ url: '/partners', headers: { 'accept-language': 'en' } })
    expect(open.statusCode).toBe(200)
    expect(open.body).toContain('https://credit.example/v1/feed/events')
    expect(open.body).not.toMatch(/eyJ[\w-]+\./)
  })
})
