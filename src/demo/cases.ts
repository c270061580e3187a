import { publishCase } from '../cases/service.ts'
import { awardHonour } from '../honours/service.ts'
import { approveDecision, proposeDecision, type NewProposal } from '../listings/decisions/service.ts'
import { createPartner } from '../partners/service.ts'
import { publishPenalty } from '../penalties/service.ts'
import { dayOf } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db.ts'
import { Problem } from '../platform/problem.ts'
import { addDays } from '../rulebook/plain-date.ts'
import type { Item } from './made-up.ts'
import type { Province } from './province.ts'

/** What two made-up members of staff have decided of made-up businesses. */
export interface SampleCases {
  /** Code of a serious violator with a shop in use, and the link of that shop. */
  seriousViolator: string
  shopLink: string
}

const authority = '虚构省市场监督管理局'

/**
 * Decides some cases as staff do, with two people, so that every kind of record is there to be seen: serious violators,
 * businesses that cannot be reached, one that came off, penalties, honours, the measures that follow, typical cases.
 * Everything in one transaction; nothing where it was done before.
 */
export async function decideSampleCases(db: Db, province: Province, now: Date): Promise<SampleCases> {
  const sellers = sellersOf(province)
  const [first, second, third, fourth, fifth] = sellers
  if (first === undefined || second === undefined || third === undefined || !fourth || !fifth) {
    throw new Error('the sample province has too few shops')
  }
  const today = dayOf(now)
  const ago = (days: number) => addDays(today, -days)
  try {
    await db.transaction(async (tx) => {
      const clerk = await createPartner(tx, { name: '示例经办人 (sample clerk)', kind: 'staff' }, now)
      const chief = await createPartner(tx, { name: '示例审批人 (sample chief)', kind: 'staff' }, now)
      const decide = deciderFor(tx, now, clerk.id, chief.id)
      const act = { by: clerk.id, now }
      await decide({
        ...{ action: 'enter', list: 'serious-violator', uscc: first.uscc, groundCode: 'SER-44-9-1' },
        ...{ decidedOn: ago(40), facts: { summary: '示例' } },
      })
      await publishPenalty(
        tx,
        {
          ...{ uscc: first.uscc, decisionNumber: `虚市监罚〔${ago(45).slice(0, 4)}〕101号`, authority },
          ...{ ground: '侵犯商业秘密，情节严重', kind: '罚款', amountFen: 30_000_000, safetyRelated: false },
          ...{ decidedOn: ago(45), publishedOn: ago(44) },
        },
        act,
      )
      await decide({
        ...{ action: 'enter', list: 'serious-violator', uscc: second.uscc, groundCode: 'SER-44-7-2' },
        ...{ decidedOn: ago(460), facts: { summary: '示例' } },
      })
      await decide({
        ...{ action: 'enter', list: 'abnormal', uscc: third.uscc, groundCode: 'ABN-68-4-4' },
        ...{ decidedOn: ago(20), facts: { summary: '示例', establishedOn: ago(24) } },
      })
      const { listingId } = await decide({
        ...{ action: 'enter', list: 'abnormal', uscc: fifth.uscc, groundCode: 'ABN-68-4-3' },
        ...{ decidedOn: ago(700), facts: { summary: '示例', establishedOn: ago(705) } },
      })
      await decide({
        ...{ action: 'remove', list: 'abnormal', uscc: fifth.uscc, listingId },
        ...{ decidedOn: ago(600), facts: { summary: '示例', reason: 'information-corrected' } },
      })
      for (const uscc of [first.uscc, fourth.uscc]) {
        await awardHonour(
          tx,
          {
            uscc,
            title: '诚信示范网店',
            authority,
            awardedOn: ago(1200),
            validUntil: uscc === first.uscc ? ago(100) : null,
          },
          act,
        )
      }
      await publishCase(
        tx,
        {
          ...{ list: 'serious-violator', groundCode: 'SER-44-7-2', businesses: [second.uscc] },
          ...{ title: '网售不合格产品被列入严重违法失信名单', periodFrom: ago(520), periodTo: ago(460) },
          text: [
            '市场监督管理部门在网络抽检中发现，{1}在其网店销售的儿童用品不符合保障人身安全的国家标准。',
            '该经营者在被责令停止销售后更换链接继续销售，受到较重行政处罚。处罚机关认定其主观故意明显，依法将其列入严重违法失信名单，期限三年。',
            '列入满一年后，履行处罚决定、消除不良影响、没有再受到较重行政处罚的，可以申请提前移出。',
          ].join('\n'),
        },
        act,
      )
    })
  } catch (error) {
    // A start that comes after another finds everything there.
    if (!(error instanceof Problem && error.code === 'already-listed')) throw error
  }
  return { seriousViolator: first.uscc, shopLink: first.shopLink }
}

type SampleDecision = Omit<NewProposal, 'authority' | 'decisionNumber'>

function deciderFor(tx: Tx, now: Date, clerk: string, chief: string) {
  let number = 0
  return async (decision: SampleDecision) => {
    number += 1
    const decisionNumber = `虚市监决〔${decision.decidedOn.slice(0, 4)}〕${number}号`
    const { id } = await proposeDecision(tx, { ...decision, authority, decisionNumber }, { by: clerk, now })
    return approveDecision(tx, id, { by: chief, now })
  }
}

/** Enterprises of some age with a shop in their newest report, in the order of the province. */
function sellersOf({ subjects, annualReports, lateEnterprises }: Province): { uscc: string; shopLink: string }[] {
  const shopOf = new Map<unknown, string>()
  for (const report of annualReports) {
    const shop = (report['webPresences'] as { kind: string; url: string }[]).find(({ kind }) => kind === 'shop')
    if (shop !== undefined) shopOf.set(report['uscc'], shop.url)
  }
  const isSeller = (subject: Item) =>
    subject['entityType'] === 'enterprise' &&
    String(subject['establishedOn']) < '2020-01-01' &&
    !lateEnterprises.includes(String(subject['uscc']))
  return subjects.filter(isSeller).flatMap(({ uscc }) => {
    const shopLink = shopOf.get(uscc)
    return shopLink === undefined ? [] : [{ uscc: String(uscc), shopLink }]
  })
}
