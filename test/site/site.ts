import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect } from 'vitest'
import type { CreditFile } from '../../src/credit-files/schemas.ts'
import { listLateReporters } from '../../src/listings/service.ts'
import { publishCase } from '../../src/cases/service.ts'
import { awardHonour } from '../../src/honours/service.ts'
import { approveDecision, proposeDecision, type NewProposal } from '../../src/listings/decisions/service.ts'
import { createPartner } from '../../src/partners/service.ts'
import { publishPenalty } from '../../src/penalties/service.ts'
import { importFile } from '../../src/sources/import.ts'
import { madeUpUscc, reportItem, subjectItem } from '../support/businesses.ts'
import { startTestService, type TestService } from '../support/service.ts'

export const clear = madeUpUscc(1)
export const listed = madeUpUscc(2)
export const hostile = madeUpUscc(3)
export const corrected = madeUpUscc(4)
export const revoked = madeUpUscc(5)
export const marked = madeUpUscc(6, '92')
export const removed = madeUpUscc(7)
export const broken = madeUpUscc(8)
export const cooperative = madeUpUscc(9, '93')
/** Sells in a shop, and is on the list of serious violators with all that follows. */
export const serious = madeUpUscc(12)
export const shopOfSerious = 'https://mall.example/shop/12'

export const hostileName = `<script>alert(1)</script>" onload='x' &amp; \u202egnp.exe${'长'.repeat(120)}`
/** As hostile as a free text of staff can be: they write no control characters. */
const hostileText = `<img src=x onerror=alert(1)>"'\u202egnp`
export const formula = '=1+1'
const shopOfClear = { kind: 'shop', name: '示例旗舰店', url: 'https://mall.example/shop/1?utm_source=x' }

/** The service with one business of each kind that a page can show, for the tests of the file that calls this. */
export function useSite() {
  let service: TestService
  let caseId = ''
  beforeAll(async () => {
    service = await startTestService()
    caseId = await seedBusinesses(service)
  })
  afterAll(() => service.close())
  return {
    db: () => service.db,
    service: () => service,
    /** The typical case that is published. */
    caseId: () => caseId,
    setClock: (instant: string) => service.clock.set(instant),
    get: async (url: string, headers: Record<string, string> = {}) => {
      const { statusCode: status, headers: sent, body } = await service.app.inject({ url, headers })
      return { status, headers: sent, body, type: sent['content-type'] }
    },
  }
}

async function seed(service: TestService, folder: string, collection: 'subjects' | 'annual-reports', items: object[]) {
  const file = join(folder, `${collection}.ndjson`)
  await writeFile(file, items.map((item) => `${JSON.stringify(item)}\n`).join(''))
  const counts = await importFile(service.db, collection, file, { now: () => service.clock.now() })
  expect(counts).toMatchObject({ records: items.length, quarantined: {} })
}

/** Takes in the businesses and decides of them; answers the id of a typical case. */
async function seedBusinesses(service: TestService): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-site-'))
  await seed(service, folder, 'subjects', [
    subjectItem(1, { formerNames: ['虚构省旧名贸易有限公司'], registrationAuthority: '云州市市场监督管理局' }),
    subjectItem(2),
    subjectItem(3, { name: hostileName, address: hostileName, legalRepresentative: '<b>"赵某' }),
    subjectItem(4),
    subjectItem(5),
    subjectItem(6, { uscc: marked, entityType: 'individual-business', name: '云州市示例六号商行' }),
    subjectItem(7),
    subjectItem(8),
    subjectItem(9, { uscc: cooperative, entityType: 'farmer-cooperative', name: '云州市示例九号专业合作社' }),
    subjectItem(10, { uscc: undefined, registrationNumber: '999900NA000001X', name: '云州市尚无代码专业合作社' }),
    subjectItem(11, { status: 'cancelled', establishedOn: '2019-01-01' }),
    subjectItem(12),
  ])
  await seed(service, folder, 'annual-reports', [
    reportItem(1, { webPresences: [shopOfClear] }),
    reportItem(1, { sourceId: 'report-1-2024', year: 2024, publishedOn: '2025-07-05' }),
    reportItem(12, { webPresences: [{ kind: 'shop', name: '示例折扣店', url: shopOfSerious }] }),
    reportItem(3, {
      webPresences: [{ kind: 'shop', name: hostileName, url: 'https://mall.example/shop/3?n=%22%3E%3Cb%3E' }],
    }),
  ])
  await rm(folder, { recursive: true, force: true })
  await listLateReporters({ db: service.db, on: '2026-07-08', now: () => service.clock.now() })
  await service.sequence()
  const end = (uscc: string, status: string) =>
    service.db.execute(
      sql`update listing_entries set status = ${status}, removed_on = '2026-08-03' where uscc = ${uscc}`,
    )
  await end(corrected, 'corrected')
  await end(revoked, 'revoked')
  await end(removed, 'removed')
  // What the reading of sources would never let in.
  await service.db.execute(
    sql`update web_presences set url = 'javascript:alert(document.domain)' where uscc = ${hostile}`,
  )
  await service.db.execute(sql`update listing_entries set ground_code = 'SECRET-GROUND' where uscc = ${broken}`)
  const caseId = await decideAsStaff(service)
  await service.sequence()
  return caseId
}

const authority = '云州市市场监督管理局'

/** A serious violator with its penalty and measures, hostile names in every free text, and a typical case. */
async function decideAsStaff({ db, clock }: TestService): Promise<string> {
  const now = clock.now()
  return db.transaction(async (tx) => {
    const clerk = await createPartner(tx, { name: '经办人', kind: 'staff' }, now)
    const chief = await createPartner(tx, { name: '审批人', kind: 'staff' }, now)
    const enter = async (uscc: string, fields: object) => {
      const decision: NewProposal = {
        ...{ action: 'enter', list: 'serious-violator', uscc, groundCode: 'SER-44-9-1', authority },
        ...{ decisionNumber: `云市监严〔2026〕${uscc.slice(10, 16)}号`, decidedOn: '2026-10-20', facts: {} },
        ...fields,
      }
      const { id } = await proposeDecision(tx, decision, { by: clerk.id, now })
      await approveDecision(tx, id, { by: chief.id, now })
    }
    const act = { by: clerk.id, now }
    await enter(serious, {})
    await enter(hostile, { authority: hostileText, decisionNumber: formula })
    const penalty = { kind: '罚款', amountFen: 12_000_000, safetyRelated: false, decidedOn: '2026-10-12' }
    const ordinary = { uscc: serious, decisionNumber: '云市监罚〔2026〕7号', authority, ground: '虚假宣传' }
    await publishPenalty(tx, { ...penalty, ...ordinary }, act)
    const odd = { uscc: hostile, decisionNumber: formula, authority: hostileText, ground: hostileText }
    await publishPenalty(tx, { ...penalty, ...odd }, act)
    await awardHonour(tx, { uscc: hostile, title: hostileText, authority: formula, awardedOn: '2026-03-01' }, act)
    const told = {
      list: 'serious-violator',
      groundCode: 'SER-44-9-1',
      periodFrom: '2026-08-01',
      periodTo: '2026-10-20',
    }
    await publishCase(
      tx,
      {
        ...told,
        list: 'serious-violator',
        title: hostileText,
        text: `=1+1 ${hostileText}\n{1}`,
        businesses: [serious],
      },
      act,
    )
    const { id } = await publishCase(
      tx,
      {
        ...told,
        list: 'serious-violator',
        title: '刷单炒信被列入名单',
        text: '{1}组织虚假交易。\n{2}不受影响。',
        businesses: [serious],
      },
      act,
    )
    return id
  })
}

/** A file as no source fills it yet. */
export function fullFile(): CreditFile {
  const authority = '云州市市场监督管理局'
  return {
    subject: {
      uscc: clear,
      registrationNumber: '999900000000013',
      name: '云州市示例贸易有限公司',
      formerNames: ['云州市旧例贸易有限公司', '云州市老例贸易有限公司'],
      entityType: 'enterprise',
      status: 'revoked',
      legalRepresentative: '赵某',
      establishedOn: '2019-05-06',
      regionCode: '999900',
      regionName: '虚构省云州市',
      address: '虚构省云州市示例路1号',
      industryCode: 'F5192',
      registrationAuthority: authority,
    },
    standing: 'serious-violator',
    webPresences: (['active', 'unreachable', 'disputed', 'retired'] as const).map((status, i) => ({
      id: `0190c8a0-0000-7000-8000-00000000000${i}`,
      kind: 'shop',
      name: `示例旗舰店${i}`,
      url: `https://mall.example/shop/${i}`,
      host: 'mall.example',
      platform: '示例商城',
      icpNumber: '虚ICP备00000000号-1',
      sources: ['annual-report'],
      status,
      licenceDisplay: i % 2 === 0 ? 'displayed' : 'missing',
      firstSeenOn: '2024-01-01',
      confirmedOn: '2026-01-01',
    })),
    annualReports: [{ year: 2025, publishedOn: '2026-07-03', onTime: false, revision: 2 }],
    listings: [
      {
        id: '0190c8a0-0000-7000-8000-000000000010',
        list: 'serious-violator',
        ground: { code: 'SER-44-9-1', label: '实施严重破坏公平竞争秩序的行为', article: '第九条第（一）项' },
        authority,
        decisionNumber: '虚市监严列〔2026〕1号',
        listedOn: '2026-02-03',
        status: 'in-force',
        expiresOn: '2029-02-03',
        removedOn: null,
        removalReason: null,
        removalDecisionNumber: null,
        rulebook: 'RV-SER-2021',
      },
    ],
    penalties: [
      {
        decisionNumber: '虚市监罚〔2026〕1号',
        authority,
        ground: '虚假宣传',
        kind: '罚款',
        amountFen: 1_234_560,
        decidedOn: '2026-02-03',
        publishedUntil: '2029-02-02',
      },
    ],
    honours: [{ title: '示例称号', authority, awardedOn: '2020-01-01', validUntil: null }],
    sanctions: [
      {
        measureCode: 'M-01',
        label: '限制参加政府采购活动',
        agency: '虚构省财政厅',
        listingId: '0190c8a0-0000-7000-8000-000000000010',
        imposedOn: '2026-02-10',
        until: null,
      },
    ],
    asOf: '2026-11-25',
    knownAt: '2026-11-25T04:00:00.000Z',
    position: 1,
  }
}
