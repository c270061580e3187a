import { listLateReporters } from '../../src/listings/service.ts'
import { endPublication } from '../../src/listings/terms/service.ts'
import { endPenaltyPublications } from '../../src/penalties/service.ts'
import { enterprise, other, trader, type useStaff } from '../listings/staff.ts'
import { reportItem, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'

/** What staff write down of a case, which is nobody else's business. */
export const staffTexts = ['案情机密', '证据机密', '异议机密', '撤销备注机密'] as const

/** One of each kind of personal data, written by a source or by staff where the public reads. */
export const personalData = {
  identityNumber: '110101199001011234',
  representative: '13911112222',
  landline: '0871-63123456',
  email: 'owner@mail.example.com',
  ofShop: '13933334444',
  ofAuthority: '13955556666',
  ofRegistrar: '13977778888',
  ofGround: '530102198505051230',
  ofHonour: 'award@mail.example.com',
  bankAccount: '530501612345678',
  bankCard: '6222021234567890128',
} as const

/** In every text of an entry that must be found nowhere. */
export const hidden = '查无此机关'
/** In every text of what is public, so that a walk that reads nothing is noticed. */
export const shown = '公开可见局'

export const shopOf = { [enterprise]: 'one.example', [other]: 'two.example', [trader]: 'three.example' } as const
export const names = {
  [enterprise]: '虚构省示例1号贸易有限公司',
  [other]: '虚构省示例2号贸易有限公司',
  [trader]: '虚构示例小店',
} as const

/**
 * Ids of what may not be shown. The bar on a person that follows from `exitedEarly` has a term of its own, which goes on;
 * `leftOpen` is in force still, since the law leaves its end open, with measures against the business.
 */
export type Hidden = Record<
  'removed' | 'corrected' | 'revoked' | 'periodOver' | 'exitedEarly' | 'leftOpen' | 'withdrawnPenalty' | 'oldPenalty',
  string
>

/**
 * Three businesses on which everything that may not be shown has happened, between July 2025 and July 2026, and
 * something of each kind that may: an entry, a penalty, an honour. At the end it is November 2026.
 */
export async function happen(staff: ReturnType<typeof useStaff>): Promise<Hidden> {
  const { db, clock, sequence } = staff.service()
  const on = (day: string) => clock.set(`${day}T02:00:00.000Z`)
  const [caseText, evidence, statement, note] = staffTexts
  let number = 0
  const decide = async (fields: Record<string, unknown>, facts: Record<string, unknown> = {}) =>
    (
      await staff.decide({
        authority: `云州市${hidden}`,
        decisionNumber: `${hidden}决〔2026〕${(number += 1)}号`,
        evidence: [{ title: evidence }],
        facts: { summary: caseText, ...facts },
        ...fields,
      })
    ).listingId
  const punish = async (fields: Record<string, unknown>) => {
    const { status, body } = await staff.post('/v1/penalties', 'registrar', {
      authority: `云州市${hidden}`,
      decisionNumber: `${hidden}罚〔2026〕${(number += 1)}号`,
      ground: `${hidden}虚假宣传`,
      kind: '罚款',
      amountFen: 100_000,
      ...fields,
    })
    if (status !== 201) throw new Error(JSON.stringify(body))
    return body.id
  }

  on('2025-07-10')
  await take(
    db,
    'subjects',
    [
      subjectItem(3, {
        updatedAt: '2026-01-02T00:00:00.000Z',
        uscc: trader,
        entityType: 'individual-business',
        name: names[trader],
        registrationNumber: personalData.identityNumber,
        legalRepresentative: `张三（${personalData.representative}）`,
        address: `云州市青云路8号，电话${personalData.landline}，${personalData.email}`,
        registrationAuthority: `${shown}（收费${personalData.bankCard}）`,
      }),
    ],
    '2025-07-10T02:00:00.000Z',
  )
  const reports = Object.entries(shopOf).map(([uscc, host], i) =>
    reportItem(i + 1, {
      uscc,
      year: 2024,
      publishedOn: '2025-06-30',
      webPresences: [{ kind: 'website', name: `小店${personalData.ofShop}`, url: `https://${host}/13812345678` }],
    }),
  )
  await take(db, 'annual-reports', reports, '2025-07-10T02:00:00.000Z')
  const oldPenalty = await punish({
    ...{ uscc: other, kind: '通报批评', amountFen: null },
    ...{ decidedOn: '2025-07-05', publishedOn: '2025-07-08' },
  })
  const periodOver = await decide(
    { uscc: trader, groundCode: 'ABS-69-13', decidedOn: '2025-07-08' },
    { reportYear: 2024 },
  )
  const early = { uscc: other, list: 'serious-violator' }
  const exitedEarly = await decide({ ...early, groundCode: 'SER-44-5-1', decidedOn: '2025-07-08' })
  const leftOpen = await decide({ ...early, groundCode: 'SER-83-5-1', decidedOn: '2019-03-01' })

  on('2026-04-20')
  const removed = await decide({ uscc: enterprise, decidedOn: '2026-03-10' }, { establishedOn: '2026-03-09' })
  await decide({ action: 'remove', uscc: enterprise, listingId: removed, decidedOn: '2026-04-15' })

  on('2026-05-20')
  const corrected = await decide(
    { uscc: enterprise, groundCode: 'ABN-68-4-3', decidedOn: '2026-05-06' },
    { establishedOn: '2026-05-06' },
  )
  await staff.post('/v1/objections', 'clerk', { listingId: corrected, filedOn: '2026-05-08', statement })
  await decide({ action: 'correct', uscc: enterprise, listingId: corrected, decidedOn: '2026-05-15' })
  const revoked = await decide({
    ...{ uscc: other, list: 'serious-violator', groundCode: 'SER-44-10-3', decidedOn: '2026-05-06' },
  })
  await decide({
    ...{ action: 'revoke', uscc: other, list: 'serious-violator', listingId: revoked, decidedOn: '2026-05-18' },
  })
  const withdrawnPenalty = await punish({ uscc: enterprise, decidedOn: '2026-05-01', publishedOn: '2026-05-10' })
  await staff.post(`/v1/penalties/${withdrawnPenalty}/withdraw`, 'registrar', { reason: 'annulled', note })

  await punish({
    ...{ uscc: trader, decidedOn: '2026-05-02', publishedOn: '2026-05-10', decisionNumber: '可见罚〔2026〕1号' },
    ...{ authority: shown, ground: `向${personalData.ofGround}虚假宣传` },
  })
  await staff.post('/v1/honours', 'registrar', {
    ...{ uscc: trader, title: `守信${personalData.ofHonour}`, awardedOn: '2026-05-01' },
    authority: `${shown}（账号：${personalData.bankAccount}）`,
  })
  await decide(
    {
      ...{ uscc: trader, groundCode: 'ABS-69-15', decidedOn: '2026-05-06', decisionNumber: '可见决〔2026〕1号' },
      authority: `${shown}联系人${personalData.ofRegistrar}，${personalData.ofAuthority}`,
    },
    { establishedOn: '2026-05-05' },
  )

  on('2026-07-10')
  await decide({ ...early, action: 'remove', listingId: exitedEarly, decidedOn: '2026-07-09' })
  on('2026-07-11')
  const options = { db, on: '2026-07-11', now: () => clock.now() }
  const onlyTrader = [reportItem(1, { uscc: enterprise }), reportItem(2, { uscc: other })]
  await take(db, 'annual-reports', onlyTrader, '2026-07-11T02:00:00.000Z')
  await listLateReporters(options)
  await endPublication(options)
  await endPenaltyPublications(db, options)
  on('2026-11-25')
  await sequence()
  return { removed, corrected, revoked, periodOver, exitedEarly, leftOpen, withdrawnPenalty, oldPenalty }
}
