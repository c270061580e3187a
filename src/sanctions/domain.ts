import {
  answerBy,
  endOfOwnTerm,
  isOrdered,
  measureAsOf,
  measuresInForce,
  memorandaInForce,
} from '../rulebook/measures.ts'
import { agencyOfCode } from '../rulebook/agencies.ts'
import type { LegalText, SanctionDeadline, SanctionLaw } from '../rulebook/rulebook.ts'
import type { List } from '../listings/vocabulary.ts'
import {
  orderStatuses,
  type LiftReason,
  type OpenStatus,
  type OrderStatus,
  type ReceiptStatus,
  type Refusal,
} from './vocabulary.ts'

/** An entry that takes effect, or takes effect again. */
export interface EntryInForce {
  /** Id of the entry. */
  id: string
  list: List
  groundCode: string
  uscc: string
  name: string
  regionCode: string
  /** The day from which it is in force: of a restored entry, the day of the restoring. */
  effectiveOn: string
  /** The day on which its term is over; null without a term. */
  expiresOn: string | null
}

/** An entry that ends. */
export interface EndedEntry {
  /** Id of the entry. */
  id: string
  list: List
  uscc: string
  name: string
  regionCode: string
  reason: LiftReason
  /** The day on which it ended. */
  effectiveOn: string
}

/** Where an order stands. All days are days in Asia/Shanghai. */
export interface OrderState {
  status: OrderStatus
  imposedOn: string
  receivedOn: string | null
  executedOn: string | null
  liftRequestedOn: string | null
  /** The day on which the agency says it lifted the measure. */
  liftedOn: string | null
}

/** What an agency answers; `executedOn` is the day on which it executed, or lifted, the measure. */
export interface Answer {
  status: ReceiptStatus
  executedOn?: string | undefined
  reference?: string | undefined
  note?: string | undefined
}

export type Verdict =
  { result: 'accepted'; order: OrderState } | { result: 'unchanged' } | { result: 'refused'; error: Refusal }

/** What is awaited of an agency in a status. */
export const awaited: Record<OpenStatus, SanctionDeadline['step']> = {
  'lift-pending': 'lift',
  pending: 'receive',
  received: 'execute',
}

/** The day since which an answer is awaited; null when none is. */
export function awaitedSince({ status, imposedOn, liftRequestedOn }: OrderState): string | null {
  if (status === 'lift-pending') return liftRequestedOn
  return status === 'pending' || status === 'received' ? imposedOn : null
}

/** Last day for the answer that is awaited; null when none is, or where the calendar of its year is not loaded. */
export function respondBy(law: SanctionLaw, status: OrderStatus, since: string | null): string | null {
  const step = (awaited as Partial<Record<OrderStatus, SanctionDeadline['step']>>)[status]
  return step === undefined || since === null ? null : answerBy(law, step, since).on
}

/**
 * What an answer makes of an order on the day `today`: PUSH, received, executed or not applicable, lift requested,
 * lifted (rulebook section 5). Saying again what was said is no change; `said` is the newest answer so far.
 */
export function takeAnswer(order: OrderState, said: Answer | null, answer: Answer, today: string): Verdict {
  const { status, executedOn: day = today } = answer
  const refused = (error: Refusal): Verdict => ({ result: 'refused', error })
  const accepted = (change: Partial<OrderState>): Verdict => ({
    result: 'accepted',
    order: { ...order, receivedOn: order.receivedOn ?? today, ...change },
  })
  if (order.status === 'superseded') return refused('superseded')
  if (day > today) return refused('day-in-future')
  if (answer.executedOn !== undefined && day < order.imposedOn) return refused('day-before-order')
  if (repeats(said, answer)) return { result: 'unchanged' }
  if (order.status === 'lifted') return refused('already-lifted')
  switch (status) {
    case 'received':
      if (order.receivedOn !== null) return { result: 'unchanged' }
      return accepted(order.status === 'pending' ? { status } : {})
    case 'executed':
      return order.liftRequestedOn === null ? accepted({ status, executedOn: day }) : refused('lift-requested')
    case 'not-applicable':
      return order.executedOn === null ? accepted({ status }) : refused('already-executed')
    case 'lifted':
      if (order.liftRequestedOn === null) return refused('no-lift-requested')
      if (order.executedOn !== null && day < order.executedOn) return refused('lifted-before-executed')
      return accepted({ status, liftedOn: day })
  }
}

/** Whether an answer says nothing that the newest one did not say. */
function repeats(said: Answer | null, answer: Answer): boolean {
  if (said?.status !== answer.status) return false
  const parts = ['executedOn', 'reference', 'note'] as const
  return parts.every((part) => answer[part] === undefined || answer[part] === said[part])
}

/**
 * An order whose entry ended on the day `on`: its lift is requested, and is awaited unless nothing was to be done. Null
 * when it stays: a measure with a term of its own runs on when the entry is removed before (条例 2024 art 18(2): three
 * years, with no word of an early exit), but not when the entry was void from the start.
 */
export function requestLift(
  order: OrderState & { until: string | null; ownTerm: boolean },
  reason: LiftReason,
  on: string,
): OrderState | null {
  if (order.liftRequestedOn !== null) return null
  const runsOn = order.ownTerm && order.until !== null && order.until > on
  if (runsOn && (reason === 'removed' || reason === 'expired')) return null
  const { status } = order
  return { ...order, liftRequestedOn: on, status: status === 'not-applicable' ? status : 'lift-pending' }
}

/** An order that follows from an entry, before it has an id. */
export interface OrderedMeasure {
  measureCode: string
  agencyCode: string
  memorandum: string | null
  until: string | null
  ownTerm: boolean
}

/**
 * What an entry orders, and of whom: each measure in force that rests on a law or a policy, of each of its agencies.
 * `until` is the end of the measure's own term; null where it lasts as long as the entry.
 */
export function orderedMeasures(
  law: SanctionLaw,
  entry: Pick<EntryInForce, 'list' | 'groundCode' | 'effectiveOn'>,
): OrderedMeasure[] {
  const on = entry.effectiveOn
  const memorandum = memorandaInForce(law, { list: entry.list, on })[0]?.number ?? null
  return measuresInForce(law, { ...entry, on })
    .filter(isOrdered)
    .flatMap((measure) => {
      const until = endOfOwnTerm(measure, on)
      return measure.agencies.map((agencyCode) => ({
        measureCode: measure.code,
        agencyCode,
        memorandum,
        until,
        ownTerm: until !== null,
      }))
    })
}

/** A measure as it stands against a business. */
export interface ImposedMeasure {
  measureCode: string
  agencyCode: string
  imposedOn: string
  until: string | null
}

/** The label of a measure on the day it was imposed, its legal basis, and the name of the agency, for readers. */
export function wordsOf(
  law: SanctionLaw,
  { measureCode, agencyCode, imposedOn }: Pick<ImposedMeasure, 'measureCode' | 'agencyCode' | 'imposedOn'>,
): { label: LegalText; basis: LegalText; agency: LegalText } {
  const measure = measureAsOf(law, measureCode, imposedOn)
  const bare = (code: string): LegalText => ({ zh: code, en: code })
  return {
    label: measure?.label ?? bare(measureCode),
    basis: measure?.basis ?? bare(measureCode),
    agency: agencyOfCode(law.agencies, agencyCode)?.name ?? bare(agencyCode),
  }
}

/** The measures against an entry as the feed tells them: all that stand, in Chinese. */
export function toldMeasures(law: SanctionLaw, measures: readonly ImposedMeasure[]): Record<string, unknown>[] {
  return measures.map((measure) => {
    const { label, agency } = wordsOf(law, measure)
    const { measureCode, agencyCode, imposedOn, until } = measure
    return { measureCode, label: label.zh, agency: agencyCode, agencyName: agency.zh, imposedOn, until }
  })
}

export interface OrderCount {
  agencyCode: string
  status: OrderStatus
  orders: number
  late: number
}

type LateCounts = Record<SanctionDeadline['step'], number>

/** The state of each agency's orders, those with the most lifts that are late first. */
export function summarise(law: SanctionLaw, counts: readonly OrderCount[], language: keyof LegalText) {
  const codes = [...new Set(counts.map(({ agencyCode }) => agencyCode))]
  const items = codes.map((code) => {
    const own = counts.filter(({ agencyCode }) => agencyCode === code)
    const ordersIn = (status: OrderStatus) => own.find((each) => each.status === status)?.orders ?? 0
    return {
      agency: code,
      agencyName: agencyOfCode(law.agencies, code)?.name[language] ?? code,
      orders: Object.fromEntries(orderStatuses.map((status) => [status, ordersIn(status)])) as Record<
        OrderStatus,
        number
      >,
      overdue: lateCounts(own),
    }
  })
  items.sort((a, b) => b.overdue.lift - a.overdue.lift || (a.agency < b.agency ? -1 : 1))
  return { items, overdue: lateCounts(counts) }
}

function lateCounts(counts: readonly OrderCount[]): LateCounts {
  const late = (wanted: OpenStatus) =>
    counts.filter(({ status }) => status === wanted).reduce((sum, each) => sum + each.late, 0)
  return { lift: late('lift-pending'), receive: late('pending'), execute: late('received') }
}
