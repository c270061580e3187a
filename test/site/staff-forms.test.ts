import { describe, expect, it } from 'vitest'
import { enterprise, other, trader, useStaff } from '../listings/staff.ts'
import { signInAs } from './signed-in.ts'

const staff = useStaff()
const { service, keys } = staff

const which = (uscc: string) => ({ uscc, list: 'abnormal', decidedOn: '2026-11-20' })
const newPage = (uscc: string) => `/staff/decisions/new?${new URLSearchParams(which(uscc)).toString()}`
const decision = {
  ...{ groundCode: 'ABN-68-4-4', decisionNumber: '云市监决〔2026〕1号', authority: '云州市市场监督管理局' },
  ...{ 'facts.summary': '通过登记的住所\n无法联系', 'facts.establishedOn': '2026-11-18' },
}
const idIn = (location: string | undefined) => /([0-9a-f-]{36})/.exec(location ?? '')?.[1] ?? ''

describe('proposing', () => {
  it('offers the grounds that were in force on that day for this kind of business, and no others', async () => {
    const clerk = await signInAs(service, keys.clerk)
    const grounds = async (page: string) =>
      [...(await clerk.get(page)).body.matchAll(/<option value="([A-Z]{3}-[^"]+)"/g)].map((match) => match[1])
    expect(await grounds(newPage(enterprise))).toContain('ABN-68-4-4')
    expect(await grounds(newPage(enterprise))).not.toContain('ABS-69-14')
    expect(await grounds(newPage(trader))).toContain('ABS-69-14')
    expect(await grounds(newPage(trader))).not.toContain('ABN-68-4-4')
    expect(await grounds(newPage(enterprise).replace('2026-11-20', '1999-01-01'))).toEqual([])
  })

  it('shows each fault at its field and keeps what was filled in', async () => {
    const clerk = await signInAs(service, keys.clerk)
    const { status, body } = await clerk.submit(newPage(enterprise), '/staff/decisions/enter', {
      ...{ ...decision, authority: '"><script>x</script>', 'facts.reportYear': 'when', decisionNumber: ' ' },
    })
    expect(status).toBe(400)
    expect(body).toMatch(/id="facts.reportYear"[^>]* aria-describedby="facts.reportYear-fault"[^>]*aria-invalid="true"/)
    expect(body).toContain('id="decisionNumber-fault"')
    expect(body).toContain('value="when"')
    expect(body).toContain('value="&quot;><script>x&lt;/script>"'.replace('<script>', '&lt;script>'))
    expect(body).toMatch(/<option value="ABN-68-4-4" selected/)
  })

  it('tells what the law forbids, with the article, at the field that can mend it', async () => {
    const clerk = await signInAs(service, keys.clerk)
    const { 'facts.establishedOn': _, ...without } = decision
    const { status, body } = await clerk.submit(newPage(enterprise), '/staff/decisions/enter', without)
    expect(status).toBe(422)
    expect(body).toMatch(/<p id="facts.establishedOn-fault" class="fault">[^<]*Article: [^<]*68/)
  })

  it('needs the scope, and a business that there is', async () => {
    const approver = await signInAs(service, await service().keyOf({ kind: 'staff' }, 'decisions:approve'))
    const refused = await approver.get(newPage(enterprise))
    expect(refused.status).toBe(403)
    expect(refused.body).toContain('decisions:propose')
    const clerk = await signInAs(service, keys.clerk)
    expect((await clerk.get(newPage('91999900MA00000000'))).status).toBe(400)
  })
})

describe('two people', () => {
  it('enter a business, and take it off again; none alone', async () => {
    const clerk = await signInAs(service, keys.clerk)
    const chief = await signInAs(service, keys.chief)
    const made = await clerk.submit(newPage(enterprise), '/staff/decisions/enter', decision)
    const id = idIn(made.location)
    expect((await clerk.get(`/staff/decisions/${id}?done=proposed`)).body).toContain('Another person approves it')
    // The page offers no button to who proposed; whoever sends the form all the same is refused.
    await expect(clerk.submit(`/staff/decisions/${id}`, `/staff/decisions/${id}/approve`)).rejects.toThrow('no form')
    const token = /name="_form" value="([^"]+)"/.exec((await clerk.get('/account')).body)?.[1] ?? ''
    const own = await clerk.post(`/staff/decisions/${id}/approve`, new URLSearchParams({ _form: token }).toString())
    expect(own.status).toBe(403)

    const approved = await chief.submit(`/staff/decisions/${id}`, `/staff/decisions/${id}/approve`)
    expect(approved.location).toBe(`/staff/decisions/${id}?done=approved`)
    const work = await clerk.get(`/staff/businesses/${enterprise}`)
    const remove = /href="(\/staff\/decisions\/step\/remove\/[0-9a-f-]+)"/.exec(work.body)?.[1] ?? ''
    const proposed = await clerk.submit(remove, remove, {
      ...{ decidedOn: '2026-11-24', decisionNumber: '云市监移〔2026〕1号', authority: '云州市市场监督管理局' },
      ...{ 'facts.summary': '已可联系', 'facts.reason': 'reachable' },
    })
    const exit = idIn(proposed.location)
    await chief.submit(`/staff/decisions/${exit}`, `/staff/decisions/${exit}/approve`)
    const file = await service().app.inject(`/v1/credit-files/${enterprise}`)
    expect(file.json<{ standing: string }>().standing).toBe('clear')
  })

  it('does it once, however often the button is pressed', async () => {
    const clerk = await signInAs(service, keys.clerk)
    const page = (await clerk.get(newPage(other))).body
    const hidden = (name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(page.split('/enter')[1] ?? '')?.[1]
    const body = new URLSearchParams({
      ...{ _form: hidden('_form') ?? '', _once: hidden('_once') ?? '', ...which(other), ...decision },
    }).toString()
    const first = await clerk.post('/staff/decisions/enter', body)
    const second = await clerk.post('/staff/decisions/enter', body)
    expect(first.location).toMatch(/done=proposed/)
    expect(second.location).toBe(first.location)
  })

  it('reject, with the reason', async () => {
    const chief = await signInAs(service, keys.chief)
    const { body: own } = await staff.propose({ uscc: trader, groundCode: 'ABS-69-14' })
    const path = `/staff/decisions/${own.id}`
    await chief.submit(path, `${path}/reject`, { reason: '证据不足' })
    expect((await chief.get(path)).body).toContain('证据不足')
    const again = await chief.get('/staff')
    expect(again.body).not.toContain(own.id)
  })
})

describe('objections, repairs, penalties and honours', () => {
  it('go their way: filed, accepted, decided, and the correction waits for a second person', async () => {
    const clerk = await signInAs(service, keys.clerk)
    const chief = await signInAs(service, keys.chief)
    const { listingId } = await staff.decide({ uscc: trader, groundCode: 'ABS-69-14' })
    const filed = await clerk.submit('/staff/objections/new', '/staff/objections/new', {
      ...{ listingId, filedOn: '2026-11-24', statement: '与事实不符', evidence: '照片\n\n证明 二份' },
    })
    const path = `/staff/objections/${idIn(filed.location)}`
    expect((await clerk.get('/staff')).body).toContain(path)
    const refused = await clerk.submit(path, `${path}/accept`, { on: '2027-01-01' })
    expect(refused.status).toBe(422)
    expect(refused.body).toContain('id="accept-on-fault"')
    await clerk.submit(path, `${path}/accept`, { on: '2026-11-24' })
    const decided = await chief.submit(path, `${path}/decide`, {
      ...{ on: '2026-11-25', outcome: 'upheld', reason: '属实', decisionNumber: '云市监更〔2026〕1号' },
    })
    expect(decided.location).toBe(`${path}?done=decide`)
    const { body } = await clerk.get(path)
    expect(body).toMatch(/href="\/staff\/decisions\/[0-9a-f-]{36}"/)
    expect(body).toContain('证明 二份')
  })

  it('are filed for an entry that there is, and told at the field otherwise', async () => {
    const clerk = await signInAs(service, keys.clerk)
    const { status, body } = await clerk.submit('/staff/repairs/new', '/staff/repairs/new', {
      ...{ listingId: '0190c8a0-0000-7000-8000-000000000010', filedOn: '2026-11-24', statement: '已改正' },
    })
    expect(status).toBe(404)
    expect(body).toContain('id="listingId-fault"')
    expect(body).toContain('已改正')
  })

  it('publishes a penalty in yuan and an honour, and refuses what is no amount', async () => {
    const registrar = await signInAs(service, keys.registrar)
    const penalty = {
      ...{ uscc: enterprise, decisionNumber: '云市监罚〔2026〕1号', authority: '云州市市场监督管理局' },
      ...{ ground: '虚假宣传', kind: '罚款', decidedOn: '2026-11-20', amountFen: '12,345.60' },
    }
    const page = '/staff/publish/penalty'
    const refused = await registrar.submit(page, page, { ...penalty, amountFen: '12.345' })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('id="amountFen-fault"')
    expect((await registrar.submit(page, page, penalty)).location).toMatch(/done=penalty/)
    const file = (await service().app.inject(`/v1/credit-files/${enterprise}`)).json<{ penalties: object[] }>()
    expect(file.penalties).toMatchObject([{ amountFen: 1_234_560 }])
    const honour = '/staff/publish/honour'
    const awarded = await registrar.submit(honour, honour, {
      ...{ uscc: enterprise, title: '示例称号', authority: '云州市人民政府', awardedOn: '2026-01-01' },
    })
    expect(awarded.location).toBe('/staff/publish?done=honour')
  })
})
