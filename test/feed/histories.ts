import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import type { EventType, PendingEvent } from '../../src/feed/domain.ts'
import { keyOf } from '../../src/feed/state.ts'
import { madeUpUscc } from '../support/businesses.ts'

/** What a test says of an event; the rest is made up. */
export interface Told {
  type: EventType
  number: number
  data: Record<string, unknown>
}

const id = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`
const business = (number: number) => ({ name: `虚构“${number}”号\\商店`, regionCode: '999900' })

const listing = (number: number, revision: number) => ({
  id: id(number),
  list: number % 3 === 0 ? 'serious-violator' : 'abnormal',
  ground: { code: 'ABN-68-4-1', label: '未依照规定的期限公示年度报告', article: '《企业信息公示暂行条例》第十八条' },
  reportYear: 2025,
  authority: '虚构省云州市市场监督管理局',
  decisionNumber: `经异列〔2026〕${number}-${revision}`,
  listedOn: '2026-07-08',
  expiresOn: null,
  publishedUntil: null,
  rulebook: 'RV-ABN-2025',
  ...business(number),
})
const notRemoved = { removedOn: null, removalReason: null, removalDecisionNumber: null }
const removed = { removedOn: '2026-09-01', removalReason: 'duty-done', removalDecisionNumber: '经异移〔2026〕1' }
const measure = { measureCode: 'M-01', label: '限制参加政府采购', agency: 'MOF', agencyName: '财政部', until: null }

/** Every kind of event that a key can get, by name, for the business and the entry with this number. */
export const kinds: Record<string, (number: number, revision: number) => Told> = {
  entered: (number, revision) => ({
    type: 'listing.entered',
    number,
    data: { ...listing(number, revision), status: 'in-force', ...notRemoved, shown: true },
  }),
  removedFromView: (number, revision) => ({
    type: 'listing.removed',
    number,
    data: { ...listing(number, revision), status: 'removed', ...removed, shown: false },
  }),
  removedInView: (number, revision) => ({
    type: 'listing.removed',
    number,
    data: { ...listing(number, revision), status: 'removed', ...removed, shown: true },
  }),
  ...Object.fromEntries(
    (['revoked', 'corrected'] as const).map((status) => [
      status,
      (number: number): Told => ({
        type: `listing.${status}`,
        number,
        data: { id: id(number), list: 'abnormal', status, ...business(number), shown: false },
      }),
    ]),
  ),
  publicationEnded: (number) => ({
    type: 'subject.changed',
    number,
    data: {
      id: id(number),
      list: 'abnormal',
      status: 'removed',
      shown: false,
      ...business(number),
      changed: ['listings'],
    },
  }),
  measuresHidden: (number) => ({
    type: 'subject.changed',
    number,
    data: {
      listingId: id(number),
      list: 'serious-violator',
      ...business(number),
      measures: [],
      shown: false,
      changed: ['sanctions'],
    },
  }),
  subjectChanged: (number) => ({ type: 'subject.changed', number, data: { ...business(number), changed: ['name'] } }),
  imposed: (number, revision) => ({
    type: 'sanction.imposed',
    number,
    data: {
      listingId: id(number),
      list: 'serious-violator',
      ...business(number),
      measures: [{ ...measure, imposedOn: `2026-07-${String(10 + (revision % 15))}` }],
    },
  }),
  lifted: (number) => ({
    type: 'sanction.lifted',
    number,
    data: {
      listingId: id(number),
      list: 'serious-violator',
      ...business(number),
      measures: [],
      lifted: ['M-01'],
      liftedOn: '2026-09-01',
    },
  }),
  partlyLifted: (number) => ({
    type: 'sanction.lifted',
    number,
    data: {
      listingId: id(number),
      list: 'serious-violator',
      ...business(number),
      measures: [{ ...measure, imposedOn: '2026-07-10' }],
      lifted: ['M-02'],
      liftedOn: '2026-09-01',
    },
  }),
  penaltyPublished: (number, revision) => ({
    type: 'penalty.published',
    number,
    data: { id: id(number), ...business(number), amountFen: revision, decidedOn: '2026-05-01', shown: true },
  }),
  penaltyWithdrawn: (number) => ({
    type: 'penalty.withdrawn',
    number,
    data: { id: id(number), ...business(number), shown: false, reason: 'period-over' },
  }),
  honourAwarded: (number, revision) => ({
    type: 'honour.awarded',
    number,
    data: { id: id(number), ...business(number), title: `守合同重信用企业${revision}`, validUntil: '2028-01-01' },
  }),
}

/** An event as the deciding transaction records it. */
export function pending({ type, number, data }: Told): PendingEvent {
  const uscc = madeUpUscc(number)
  return {
    id: uuidv7(),
    type,
    key: keyOf({ type, subject: uscc, data }),
    uscc,
    list: typeof data['list'] === 'string' ? data['list'] : null,
    regionCode: '999900',
    occurredAt: '2026-07-08T02:00:00.000Z',
    data,
  }
}

/** Histories in which a few businesses get any events in any order: more than the law allows, on purpose. */
export const histories = fc
  .array(fc.tuple(fc.constantFrom(...Object.keys(kinds)), fc.integer({ min: 1, max: 6 })), { maxLength: 60 })
  .map((steps) => steps.map(([kind, number], revision) => kinds[kind]!(number, revision)))
