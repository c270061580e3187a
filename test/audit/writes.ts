import { sql } from 'drizzle-orm'
import { afterAll, beforeAll } from 'vitest'
import { enterprise, other, trader, useStaff } from '../listings/staff.ts'
import { entryOf, impose, ordersOf } from '../sanctions/entries.ts'
import { noRecords, takeRecords } from '../../src/sources/take.ts'
import { madeUpUscc, sellerItem } from '../support/businesses.ts'
import { startReceiver, type Receiver } from '../subscriptions/receiver.ts'
import type { Config } from '../../src/config.ts'

/** A request of the API by somebody's key. */
export interface Call {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  key: string
  payload?: object
}

export interface Made {
  id: string
}

const sampleJob = { name: 'sample-job', description: '示例', cron: '0 4 * * *', run: () => Promise.resolve({}) }

/** A service, and a request of each operation that changes something, for the tests of the file that calls this. */
export function useWrites(settings: Partial<Config> = {}) {
  const staff = useStaff(undefined, { WEBHOOK_ALLOWED_HOSTS: ['127.0.0.1'], ...settings }, [sampleJob])
  const { propose, decide } = staff
  const keys: Record<'admin' | 'platform' | 'agency', string> = { admin: '', platform: '', agency: '' }
  let receiver: Receiver

  beforeAll(async () => {
    const { keyOf } = staff.service()
    keys.admin = await keyOf({ kind: 'staff' }, 'admin')
    keys.platform = await keyOf({ kind: 'platform' }, 'screening', 'feed')
    keys.agency = await keyOf({ kind: 'agency', agencyCode: 'mof' }, 'feed')
    receiver = await startReceiver()
  })
  afterAll(() => receiver.close())

  async function send({ method, url, key, payload }: Call, headers: Record<string, string> = {}) {
    return staff.service().app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(payload !== undefined && { payload }),
    })
  }

  async function made(call: Call): Promise<Made> {
    const response = await send(call)
    if (response.statusCode > 201) throw new Error(response.body)
    return response.json()
  }

  const by = {
    clerk: (url: string, payload: object = {}): Call => ({ method: 'POST', url, key: staff.keys.clerk, payload }),
    chief: (url: string, payload: object = {}): Call => ({ method: 'POST', url, key: staff.keys.chief, payload }),
    registrar: (url: string, payload: object): Call => ({ method: 'POST', url, key: staff.keys.registrar, payload }),
    admin: (method: Call['method'], url: string, payload?: object): Call => ({
      ...{ method, url, key: keys.admin },
      ...(payload && { payload }),
    }),
    platform: (method: Call['method'], url: string, payload?: object): Call => ({
      ...{ method, url, key: keys.platform },
      ...(payload && { payload }),
    }),
  }

  let number = 0
  const next = () => (number += 1)
  const statement = '情况说明'
  const listed = async () => (await decide({ uscc: other })).listingId
  /** One for all, since a business is listed once for the same. */
  let entryId = ''
  const anEntry = async () => (entryId ||= await listed())

  /** An entry has one open objection at a time. */
  const settle = async () => {
    const { body } = await staff.get('/v1/objections?status=filed', 'clerk')
    for (const { id } of body.items)
      await made(by.clerk(`/v1/objections/${id}/refuse`, { on: '2026-11-23', reason: '略' }))
    const accepted = (await staff.get('/v1/objections?status=accepted', 'clerk')).body.items
    for (const { id } of accepted) await made(by.chief(`/v1/objections/${id}/decide`, rejected))
  }
  const objection = async () => {
    await settle()
    return fileOne()
  }
  const fileOne = async () =>
    (await made(by.clerk('/v1/objections', { listingId: await anEntry(), filedOn: '2026-11-21', statement }))).id
  const acceptedObjection = async () => {
    const id = await objection()
    await made(by.clerk(`/v1/objections/${id}/accept`, { on: '2026-11-23' }))
    return id
  }
  const penaltyBody = () => ({
    ...{ uscc: trader, decisionNumber: `罚${next()}号`, authority: '云州市市场监督管理局', ground: '虚假宣传' },
    ...{ kind: '罚款', amountFen: 5_000_000, decidedOn: '2026-06-01', publishedOn: '2026-06-05' },
  })
  const penalty = async () => (await made(by.registrar('/v1/penalties', penaltyBody()))).id
  const repairBody = async () => ({ penaltyId: await penalty(), filedOn: '2026-11-20', statement })
  const repair = async () => (await made(by.clerk('/v1/repairs', await repairBody()))).id
  const acceptedRepair = async () => {
    const id = await repair()
    await made(by.clerk(`/v1/repairs/${id}/accept`, { on: '2026-11-21' }))
    return id
  }
  const granted = { on: '2026-11-24', outcome: 'granted', reason: '条件具备' }
  const rejected = { on: '2026-11-25', outcome: 'rejected', reason: '列入无误' }
  const subscriptionBody = () => ({ url: receiver.url, types: ['listing.entered'] })
  const subscription = async () => (await made(by.platform('POST', '/v1/subscriptions', subscriptionBody()))).id
  const monitor = async () => (await made(by.platform('POST', '/v1/monitors', { name: '卖家' }))).id
  const member = { uscc: enterprise }
  const partner = async () => (await made(by.admin('POST', '/v1/partners', { name: '某平台', kind: 'platform' }))).id
  const key = async () =>
    (await made(by.admin('POST', `/v1/partners/${await partner()}/keys`, { scopes: ['screening'] }))).id

  /** A seller under a code that nobody holds: a record in quarantine, and a lead. */
  const leaveInQuarantine = async () => {
    const n = next()
    const item = sellerItem(900 + n)
    await staff
      .service()
      .db.transaction((tx) => takeRecords(tx, 'platform-sellers', [item], staff.service().clock.now(), noRecords()))
    const { items } = (await staff.get('/v1/quarantine?collection=platform-sellers', 'registrar')).body
    return items[0]!.id
  }
  const caseBody = () => ({
    ...{ title: '示例案例', text: '某网店虚假宣传。', list: 'serious-violator', groundCode: 'SER-44-5-1' },
    ...{ periodFrom: '2026-01-01', periodTo: '2026-06-30' },
  })
  const aCase = async () => (await made(by.registrar('/v1/cases', caseBody()))).id

  /** One request of each operation that changes something, which succeeds; what it needs is made first. */
  const writes: Record<string, () => Promise<Call>> = {
    proposeDecision: async () =>
      by.clerk('/v1/decisions', {
        ...{ action: 'enter', list: 'abnormal', uscc: enterprise, groundCode: 'ABN-68-4-4', decisionNumber: '列一号' },
        ...{ authority: '云州市市场监督管理局', decidedOn: '2026-11-20' },
        facts: { summary: '无法联系', establishedOn: '2026-11-18' },
      }),
    approveDecision: async () => by.chief(`/v1/decisions/${(await propose()).body.id}/approve`),
    rejectDecision: async () =>
      by.chief(`/v1/decisions/${(await propose({ uscc: other })).body.id}/reject`, { reason: '证据不足' }),
    fileObjection: async () =>
      by.clerk('/v1/objections', { listingId: await anEntry(), filedOn: '2026-11-21', statement }),
    acceptObjection: async () => by.clerk(`/v1/objections/${await objection()}/accept`, { on: '2026-11-23' }),
    refuseObjection: async () =>
      by.clerk(`/v1/objections/${await objection()}/refuse`, { on: '2026-11-23', reason: '材料不全' }),
    decideObjection: async () => by.chief(`/v1/objections/${await acceptedObjection()}/decide`, rejected),
    fileRepair: async () => by.clerk('/v1/repairs', await repairBody()),
    acceptRepair: async () => by.clerk(`/v1/repairs/${await repair()}/accept`, { on: '2026-11-21' }),
    refuseRepair: async () =>
      by.clerk(`/v1/repairs/${await repair()}/refuse`, { on: '2026-11-21', reason: '材料不全' }),
    decideRepair: async () => by.chief(`/v1/repairs/${await acceptedRepair()}/decide`, granted),
    cancelRepair: async () => {
      const id = await acceptedRepair()
      await made(by.chief(`/v1/repairs/${id}/decide`, granted))
      return by.clerk(`/v1/repairs/${id}/cancel`, { on: '2026-11-25', reason: '材料虚假' })
    },
    publishPenalty: async () => by.registrar('/v1/penalties', penaltyBody()),
    withdrawPenalty: async () =>
      by.registrar(`/v1/penalties/${await penalty()}/withdraw`, {
        ...{ reason: 'annulled', on: '2026-11-20', note: '复议撤销' },
      }),
    awardHonour: async () =>
      by.registrar('/v1/honours', {
        ...{ uscc: enterprise, title: '守合同重信用企业', authority: '云州市市场监督管理局', awardedOn: '2026-03-15' },
      }),
    sendReceipts: async () => {
      const entry = entryOf(1)
      await impose(staff.service(), entry)
      const order = (await ordersOf(staff.service().db, entry)).find(({ agencyCode }) => agencyCode === 'mof')
      return {
        ...{ method: 'POST', url: '/v1/feed/receipts', key: keys.agency },
        payload: { receipts: [{ orderId: order?.id, status: 'received' }] },
      }
    },
    createSubscription: async () => by.platform('POST', '/v1/subscriptions', subscriptionBody()),
    changeSubscription: async () =>
      by.platform('PATCH', `/v1/subscriptions/${await subscription()}`, { types: ['listing.removed'] }),
    deleteSubscription: async () => by.platform('DELETE', `/v1/subscriptions/${await subscription()}`),
    rotateSubscriptionSecret: async () =>
      by.platform('POST', `/v1/subscriptions/${await subscription()}/rotate-secret`),
    replaySubscription: async () =>
      by.platform('POST', `/v1/subscriptions/${await subscription()}/replay`, { after: 0 }),
    testSubscription: async () => by.platform('POST', `/v1/subscriptions/${await subscription()}/test`),
    createMonitor: async () => by.platform('POST', '/v1/monitors', { name: '卖家' }),
    deleteMonitor: async () => by.platform('DELETE', `/v1/monitors/${await monitor()}`),
    putMonitorMembers: async () =>
      by.platform('POST', `/v1/monitors/${await monitor()}/members`, {
        members: [1, 2, 3].map((n) => ({ ref: `s${n}`, uscc: madeUpUscc(n) })),
      }),
    putMonitorMember: async () => by.platform('PUT', `/v1/monitors/${await monitor()}/members/s1`, member),
    deleteMonitorMember: async () => {
      const id = await monitor()
      await made(by.platform('PUT', `/v1/monitors/${id}/members/s1`, member))
      return by.platform('DELETE', `/v1/monitors/${id}/members/s1`)
    },
    createPartner: async () => by.admin('POST', '/v1/partners', { name: '某部门', kind: 'agency' }),
    changePartner: async () => by.admin('PATCH', `/v1/partners/${await partner()}`, { name: '改名' }),
    createKey: async () => by.admin('POST', `/v1/partners/${await partner()}/keys`, { scopes: ['screening'] }),
    revokeKey: async () => by.admin('DELETE', `/v1/keys/${await key()}`),
    rotateKey: async () => by.admin('POST', `/v1/keys/${await key()}/rotate`),
    closeLead: async () => {
      await leaveInQuarantine()
      const { items } = (await staff.get('/v1/leads?status=open', 'registrar')).body
      return by.registrar(`/v1/leads/${items[0]!.id}/close`, { reason: '已核实' })
    },
    retryQuarantinedRecord: async () => by.registrar(`/v1/quarantine/${await leaveInQuarantine()}/retry`, {}),
    discardQuarantinedRecord: async () =>
      by.registrar(`/v1/quarantine/${await leaveInQuarantine()}/discard`, { reason: '重复报送' }),
    resumeSource: async () => {
      await staff.service().db.execute(sql`
        insert into source_stops (id, collection, reason, detail, stopped_at)
        values (gen_random_uuid(), 'subjects', 'shrunk', '示例', now())`)
      return by.registrar('/v1/sources/subjects/resume', { reason: '已与来源核对' })
    },
    startJobRun: async () => by.admin('POST', '/v1/job-runs', { job: 'sample-job' }),
    publishCase: async () => by.registrar('/v1/cases', caseBody()),
    changeCase: async () =>
      ({ ...by.registrar(`/v1/cases/${await aCase()}`, { title: '另一个题目' }), method: 'PATCH' }) as const,
    withdrawCase: async () => by.registrar(`/v1/cases/${await aCase()}/withdraw`, { reason: '内容有误' }),
  }
  return { staff, keys, by, send, made, writes }
}
