import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importFile } from '../../src/sources/import.ts'
import { sql } from 'drizzle-orm'
import { enterprise, other, trader, type useStaff } from '../listings/staff.ts'
import { reportItem, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'

export type Role = 'anybody' | 'clerk' | 'chief' | 'registrar' | 'agency' | 'platform' | 'admin'

export interface Workplace {
  keys: Record<Exclude<Role, 'anybody'>, string>
  /** Every page of the workspace, and who is on it. */
  pages: readonly (readonly [Role, string])[]
  /** Proposed by the clerk. */
  proposalId: string
}

/** For `useStaff`: a job that can be started by hand. */
export const exampleJob = {
  name: 'example',
  description: '示例任务',
  cron: '0 3 * * *',
  run: () => Promise.resolve({}),
}

const hostileName = `<script>alert(1)</script>" onload='x' \u202egnp.exe=1+1${'长'.repeat(150)}`

/**
 * Makes a workplace with something of everything: proposals, an objection, a repair, a lift that is awaited, quarantine, a
 * subscription, a screening and a monitor.
 */
export async function fillWorkplace(staff: ReturnType<typeof useStaff>): Promise<Workplace> {
  const service = staff.service()
  const { clerk, chief, registrar } = staff.keys
  const agency = await service.keyOf({ kind: 'agency', agencyCode: 'mof', name: '云州市财政局' }, 'feed')
  const platform = await service.keyOf({ kind: 'platform', name: '示例商城' }, 'screening')
  const admin = await service.keyOf({ kind: 'staff' }, 'admin')
  const call = async (key: string, method: 'GET' | 'POST', url: string, payload?: object) => {
    const answer = await service.app.inject({
      ...{ method, url, headers: { authorization: `Bearer ${key}` } },
      ...(payload && { payload }),
    })
    if (answer.statusCode >= 400) throw new Error(`${url} ${answer.body}`)
    return answer.json<Record<string, string> & { items: { id: string }[] }>()
  }
  await take(service.db, 'subjects', [subjectItem(5, { name: hostileName })])
  // Filed by two, which is a lead.
  const shared = { kind: 'website', name: hostileName, url: 'https://shared.example/' }
  await take(service.db, 'annual-reports', [
    reportItem(2, { webPresences: [{ kind: 'shop', name: '示例旗舰店', url: 'https://mall.example/shop/2' }, shared] }),
    reportItem(1, { webPresences: [shared] }),
  ])
  const listed = await staff.decide()
  const ended = await staff.decide({ uscc: other, groundCode: 'ABN-68-4-3' })
  await staff.decide({ action: 'remove', uscc: other, listingId: ended.listingId, facts: { summary: '已更正' } })
  const own = await staff.propose({ uscc: trader, groundCode: 'ABS-69-14', decisionNumber: '云市监标〔2026〕7号' })
  await service.sequence()
  const objection = await call(clerk, 'POST', '/v1/objections', {
    ...{ listingId: listed.listingId, filedOn: '2026-11-24', statement: '经营场所并未迁移。\n附照片。' },
    evidence: [{ title: '门牌照片 2026-11-23' }],
  })
  const repair = await call(clerk, 'POST', '/v1/repairs', {
    ...{ listingId: listed.listingId, filedOn: '2026-11-24', statement: '已可联系。' },
  })
  await call(clerk, 'POST', `/v1/repairs/${repair['id'] ?? ''}/accept`, { on: '2026-11-24' })
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-workplace-'))
  const file = join(folder, 'subjects.ndjson')
  await writeFile(file, `${JSON.stringify(subjectItem(9, { uscc: '91999900MA00000000', name: hostileName }))}\n`)
  await importFile(service.db, 'subjects', file, { now: () => service.clock.now() })
  await rm(folder, { recursive: true })
  const subscription = await call(agency, 'POST', '/v1/subscriptions', {
    ...{ url: 'https://93.184.215.14/hook', types: ['listing.entered', 'listing.removed'] },
  })
  const screening = await call(platform, 'POST', '/v1/screenings', {
    candidates: [
      { ref: 'a', uscc: enterprise, name: '虚构省示例1号贸易有限公司' },
      { ref: hostileName, name: hostileName },
      { ref: 'c', uscc: other, url: 'https://mall.example/shop/2' },
    ],
  })
  const monitor = await call(platform, 'POST', '/v1/monitors', { name: `名册 ${hostileName}`.slice(0, 190) })
  await call(platform, 'POST', `/v1/monitors/${monitor['id'] ?? ''}/members`, {
    members: [{ ref: 'a', uscc: enterprise }],
  })
  await service.watch()
  const leads = await call(registrar, 'GET', '/v1/leads')
  const run = await call(registrar, 'POST', '/v1/job-runs', { job: exampleJob.name, on: '2026-11-24' })
  const partner = await call(admin, 'POST', '/v1/partners', {
    name: hostileName.replace('\u202e', ''),
    kind: 'agency',
    agencyCode: '示例局',
  })
  await call(admin, 'POST', `/v1/partners/${partner['id'] ?? ''}/keys`, {
    ...{ scopes: ['feed'], label: '夜间同步', networks: ['203.0.113.0/24', '2001:db8::/32'] },
    expiresAt: '2027-01-31T23:59:59+08:00',
  })
  await service.db.execute(sql`
    insert into source_stops (id, collection, reason, detail, stopped_at)
    values ('01900000-0000-7000-8000-000000000001', 'annual-reports', 'shrunk', '12 of 4,000 records', now())`)
  const step = (action: string) => `/staff/decisions/step/${action}/${listed.listingId}`
  return {
    keys: { clerk, chief, registrar, agency, platform, admin },
    proposalId: own.body.id,
    pages: [
      ['anybody', '/sign-in'],
      ['anybody', '/partners'],
      ['clerk', '/account'],
      ['clerk', '/staff'],
      ['clerk', '/staff/decisions'],
      ['clerk', '/staff/decisions/new'],
      ['clerk', `/staff/decisions/new?uscc=${enterprise}&list=abnormal&decidedOn=2026-11-20`],
      ['clerk', step('remove')],
      ['clerk', step('correct')],
      ['clerk', `/staff/decisions/${own.body.id}`],
      ['chief', `/staff/decisions/${own.body.id}`],
      ['chief', `/staff/decisions/${listed.id}`],
      ['clerk', `/staff/businesses/${enterprise}`],
      ['clerk', '/staff/objections'],
      ['clerk', `/staff/objections/new?listingId=${listed.listingId}`],
      ['clerk', `/staff/objections/${objection['id'] ?? ''}`],
      ['clerk', '/staff/repairs'],
      ['clerk', '/staff/repairs/new'],
      ['chief', `/staff/repairs/${repair['id'] ?? ''}`],
      ['clerk', '/staff/orders'],
      ['registrar', '/staff/publish'],
      ['registrar', '/staff/publish/penalty'],
      ['registrar', '/staff/publish/honour'],
      ['registrar', '/staff/publish/withdraw'],
      ['registrar', '/staff/quarantine'],
      ['registrar', '/staff/sources'],
      ['registrar', '/staff/leads'],
      ['registrar', `/staff/leads/${leads.items[0]?.id ?? ''}`],
      ['registrar', '/staff/jobs'],
      ['registrar', `/staff/jobs/runs/${run['id'] ?? ''}`],
      ['admin', '/staff/partners'],
      ['admin', `/staff/partners/${partner['id'] ?? ''}`],
      ['admin', '/staff/audit'],
      ['agency', '/partners'],
      ['agency', '/partners/orders'],
      ['agency', '/partners/subscriptions'],
      ['agency', '/partners/subscriptions/new'],
      ['agency', `/partners/subscriptions/${subscription['id'] ?? ''}`],
      ['platform', '/partners'],
      ['platform', '/partners/screenings'],
      ['platform', `/partners/screenings/${screening['screeningId'] ?? ''}`],
      ['platform', '/partners/monitors'],
      ['platform', '/partners/monitors/new'],
      ['platform', `/partners/monitors/${monitor['id'] ?? ''}`],
    ],
  }
}
