import { sql } from 'drizzle-orm'
import { writeSnapshot } from '../../src/feed/snapshots/service.ts'
import { openOutbound } from '../../src/platform/outbound.ts'
import { openCourier } from '../../src/subscriptions/worker.ts'
import type { useWrites } from '../audit/writes.ts'
import type { Document, Operation, Parameter } from '../fuzz/document.ts'
import { enterprise, other, trader } from '../listings/staff.ts'
import { reportItem } from '../support/businesses.ts'
import type { TestService } from '../support/service.ts'
import { take } from '../support/take.ts'

/** A request of an operation that keeps nothing; without a key it is one of the public. */
export interface Read {
  url: string
  key?: string
  accept?: string
  /** Sent by POST. */
  payload?: object
}

const queries = JSON.stringify({ a: { query: '虚构省示例' } })
const extend = JSON.stringify({ ids: [enterprise], properties: [{ id: 'standing' }] })

type Writes = ReturnType<typeof useWrites>

const shop = 'https://shop.example/'
const day = '2026-11-23'
/** When all was known already. */
const moment = '2026-11-25T12:00:00+08:00'

/** Makes what the writes have not left: a second of what is read page by page, addresses, alerts, a snapshot. */
async function complete({ staff, by, made, send, writes }: Writes, folder: string) {
  const { db, database, signing, clock, sequence, watch } = staff.service()
  const webPresences = [{ kind: 'shop', name: '示例店', url: shop }]
  // Filed by two, which is a lead.
  await take(db, 'annual-reports', [reportItem(1, { webPresences }), reportItem(2, { webPresences })])
  const monitor = await made(by.platform('POST', '/v1/monitors', { name: '看守' }))
  const members = [enterprise, other, trader].map((uscc, i) => ({ ref: `w${i}`, uscc }))
  await made(by.platform('POST', `/v1/monitors/${monitor.id}/members`, { members }))
  let screening = ''
  for (const candidate of [{ uscc: enterprise }, { name: '虚构省示例2号贸易有限公司', url: shop }]) {
    const answer = await made(by.platform('POST', '/v1/screenings', { candidates: [{ ref: 'a', ...candidate }] }))
    screening = (answer as unknown as { screeningId: string }).screeningId
  }
  const partner = await made(by.admin('POST', '/v1/partners', { name: '某平台', kind: 'platform' }))
  for (const label of ['一', '二']) {
    await made(by.admin('POST', `/v1/partners/${partner.id}/keys`, { scopes: ['screening'], label }))
  }
  await db.execute(sql`update job_runs set status = 'succeeded'`)
  await send(await writes['startJobRun']!())
  const subscription = await made(await writes['createSubscription']!())
  await sequence()
  await watch()
  await made(by.platform('POST', `/v1/subscriptions/${subscription.id}/replay`, { after: 0 }))
  await deliverAll(staff.service())
  const signal = new AbortController().signal
  const { id: snapshot } = await writeSnapshot({
    db,
    url: database.url,
    folder,
    signing,
    now: () => clock.now(),
    signal,
  })
  return { monitor: monitor.id, subscription: subscription.id, partner: partner.id, screening, snapshot }
}

/** Sends what the subscriptions wait for. */
async function deliverAll({ db, clock }: TestService): Promise<void> {
  const outbound = openOutbound({ allowedHosts: ['127.0.0.1'] })
  const courier = openCourier({ db, outbound, clock, log: { warn: () => undefined } })
  while ((await courier.deliverDue()) > 0);
  await courier.stop()
  await outbound.close()
}

/** Reads of each operation that keeps nothing, by name, which succeed; those of web checks are asked of another service. */
export async function readsOf(writes: Writes, folder: string): Promise<Record<string, Read | Read[]>> {
  const { staff, keys } = writes
  const made = await complete(writes, folder)
  const { clerk, registrar } = staff.keys
  const { admin, platform, agency } = keys
  const idIn = async (url: string, key?: string) => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
    const answer = (await staff.service().app.inject({ url, headers })).json<{ items?: { id: string }[] }>()
    const id = answer.items?.[0]?.id
    if (id === undefined) throw new Error(`${url} lists nothing`)
    return id
  }
  const one = async (url: string, key?: string): Promise<Read> => ({
    url: `${url}/${await idIn(url, key)}`,
    ...(key !== undefined && { key }),
  })
  return {
    live: { url: '/livez' },
    ready: { url: '/readyz' },
    readMetrics: { url: '/metrics' },
    getSigningKeys: { url: '/.well-known/jwks.json' },
    getCreditFile: { url: `/v1/credit-files/${enterprise}` },
    getTimeline: { url: `/v1/credit-files/${enterprise}/timeline` },
    getCertificate: { url: `/v1/credit-files/${enterprise}/certificate` },
    getBadge: { url: `/v1/credit-files/${enterprise}/badge.svg` },
    getProvenance: { url: `/v1/credit-files/${enterprise}/provenance`, key: registrar },
    listEntries: { url: '/v1/lists/abnormal/entries' },
    getEntry: await one('/v1/lists/abnormal/entries'),
    lookUpWebPresence: { url: `/v1/lookup?url=${shop}` },
    searchSubjects: { url: `/v1/search?q=${encodeURIComponent('虚构')}` },
    getRulebook: { url: '/v1/rulebook' },
    getStepDue: { url: '/v1/rulebook/steps/OBJ-ACC/due?from=2026-05-08' },
    addWorkingDays: { url: '/v1/calendar/add?from=2026-05-08&workingDays=5' },
    listRegions: { url: '/v1/regions' },
    listIndustries: { url: '/v1/industries' },
    getStatistics: { url: '/v1/statistics' },
    listCases: { url: '/v1/cases' },
    getCase: await one('/v1/cases'),
    evaluateCase: {
      url: '/v1/rulebook/evaluate',
      payload: {
        list: 'abnormal',
        groundCode: 'ABN-68-4-1',
        history: [{ action: 'due', on: '2024-06-30' }],
        on: '2024-07-01',
      },
    },
    screen: { url: '/v1/screenings', key: platform, payload: { candidates: [{ ref: 'a', uscc: enterprise }] } },
    reconcile: [{ queries: JSON.parse(queries) as object }, { extend: JSON.parse(extend) as object }].map(
      (payload) => ({
        ...{ url: '/v1/reconcile', payload },
      }),
    ),
    reconcileByGet: { url: '/v1/reconcile' },
    suggestEntity: { url: '/v1/reconcile/suggest/entity' },
    suggestProperty: { url: '/v1/reconcile/suggest/property' },
    suggestType: { url: '/v1/reconcile/suggest/type' },
    proposeProperties: { url: '/v1/reconcile/properties' },
    previewBusiness: { url: `/v1/reconcile/preview?id=${enterprise}` },
    listFeedEvents: [
      { url: '/v1/feed/events', key: agency },
      { url: '/v1/feed/events', key: agency, accept: 'application/x-ndjson' },
    ],
    getFeedCheckpoint: { url: '/v1/feed/checkpoint', key: agency },
    listOrdersOfAgency: { url: '/v1/feed/orders', key: agency },
    getLatestSnapshot: { url: '/v1/feed/snapshots/latest', key: agency },
    getSnapshot: { url: `/v1/feed/snapshots/${made.snapshot}`, key: agency },
    getSnapshotFile: { url: `/v1/feed/snapshots/${made.snapshot}/listings.ndjson.gz`, key: agency },
    exportEntities: { url: '/v1/feed/exports/entities.ftm.json', key: agency },
    listSubscriptions: { url: '/v1/subscriptions', key: platform },
    readSubscription: await one('/v1/subscriptions', platform),
    listDeliveries: { url: `/v1/subscriptions/${made.subscription}/deliveries`, key: platform },
    listScreenings: { url: '/v1/screenings', key: platform },
    getScreening: { url: `/v1/screenings/${made.screening}`, key: platform },
    getScreeningCertificate: { url: `/v1/screenings/${made.screening}/certificate`, key: platform },
    listMonitors: { url: '/v1/monitors', key: platform },
    getMonitor: { url: `/v1/monitors/${made.monitor}`, key: platform },
    listMonitorMembers: { url: `/v1/monitors/${made.monitor}/members`, key: platform },
    listMonitorAlerts: { url: `/v1/monitors/${made.monitor}/alerts`, key: platform },
    listDecisions: { url: '/v1/decisions', key: clerk },
    getDecision: await one('/v1/decisions', clerk),
    listObjections: { url: '/v1/objections', key: clerk },
    getObjection: await one('/v1/objections', clerk),
    listRepairs: { url: '/v1/repairs', key: clerk },
    getRepair: await one('/v1/repairs', clerk),
    listOrders: { url: '/v1/orders', key: clerk },
    summariseOrders: { url: '/v1/orders/summary', key: clerk },
    listQuarantine: { url: '/v1/quarantine', key: registrar },
    listSources: { url: '/v1/sources', key: registrar },
    traceRecords: [
      { url: `/v1/sources/records?collection=annual-reports&uscc=${enterprise}`, key: registrar },
      {
        url: '/v1/sources/records?collection=annual-reports&sourceId=report-1&receivedAt=2026-07-01T02:00:00.000Z',
        key: registrar,
      },
    ],
    listLeads: { url: '/v1/leads', key: registrar },
    getLead: await one('/v1/leads', registrar),
    listJobs: { url: '/v1/jobs', key: admin },
    listJobRuns: { url: '/v1/job-runs', key: admin },
    getJobRun: await one('/v1/job-runs', admin),
    listPartners: { url: '/v1/partners', key: admin },
    getPartner: { url: `/v1/partners/${made.partner}`, key: admin },
    listKeys: { url: `/v1/partners/${made.partner}/keys`, key: admin },
    listAudit: { url: '/v1/audit', key: admin },
  }
}

/** What a parameter of a query is asked with, where its schema names no values; `operation.name` where it must be another. */
const asked: Record<string, string> = {
  asOf: day,
  knownAt: moment,
  limit: '1',
  regionCode: '9999',
  ground: 'ABN-68-4-4',
  listedFrom: '2026-01-01',
  listedTo: day,
  q: '虚构',
  'listAudit.from': '2026-11-01T00:00:00+08:00',
  'listAudit.to': '2027-01-01T00:00:00+08:00',
  'getStepDue.from': day,
  'addWorkingDays.from': day,
  workingDays: '5',
  'listFeedEvents.after': '0',
  'listMonitorAlerts.after': '0',
  wait: '0',
  types: 'listing.entered',
  lists: 'abnormal',
  uscc: enterprise,
  url: shop,
  agency: 'mof',
  queries,
  extend,
  prefix: '虚构',
  type: 'business',
  'previewBusiness.id': enterprise,
  sourceId: 'report-1',
  receivedAt: '2026-07-01T02:00:00.000Z',
  partnerId: '01900000-0000-7000-8000-000000000000',
  action: 'partner.created',
  object: 'partner',
  job: 'sample-job',
  // Numbers here; the others are led on by `next`.
  'suggestEntity.cursor': '1',
  'suggestProperty.cursor': '1',
  'suggestType.cursor': '1',
}

/** The values of a parameter: all that its schema names, or one. Undefined where none is known. */
export function valuesOf(document: Document, operation: Operation, { name, schema }: Parameter): string[] | undefined {
  const { enum: named } = typeof schema['$ref'] === 'string' ? document.resolve(schema['$ref']) : schema
  if (Array.isArray(named)) return named as string[]
  const value = asked[`${operation.operationId}.${name}`] ?? asked[name]
  return value === undefined ? undefined : [value]
}
