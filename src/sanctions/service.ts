import { v7 as uuidv7 } from 'uuid'
import { appendEvents } from '../feed/service.ts'
import type { PendingEvent } from '../feed/domain.ts'
import type { List } from '../listings/vocabulary.ts'
import type { Db, Tx } from '../platform/db.ts'
import type { SanctionLaw } from '../rulebook/rulebook.ts'
import {
  awaitedSince,
  orderedMeasures,
  requestLift,
  takeAnswer,
  toldMeasures,
  type Answer,
  type EndedEntry,
  type EntryInForce,
} from './domain.ts'
import {
  insertOrders,
  insertReceipts,
  listMeasuredEntries,
  listNewestAnswers,
  listToldMeasures,
  lockEndedTerms,
  lockOrdersOf,
  lockStandingOrders,
  supersedeLifts,
  updateOrders,
  type Order,
  type OrderSet,
  type ReceiptRow,
} from './repository.ts'
import type { LiftReason, OrderStatus, Refusal } from './vocabulary.ts'

/**
 * Orders what follows from entries that take effect, of each agency that has to carry it out, with one
 * `sanction.imposed` event an entry, in the transaction that decides (design rule 1). The same entries a second time order
 * nothing; an entry that is restored after an exit is ordered anew. A fixed number of statements, however many entries.
 */
export async function imposeMeasures(
  tx: Tx,
  law: SanctionLaw,
  entries: readonly EntryInForce[],
  now: Date,
): Promise<void> {
  const sets = new Map<string, OrderSet>()
  const ordered = entries.map((entry) => {
    const key = [entry.list, entry.groundCode, entry.effectiveOn, entry.expiresOn].join(' ')
    const found = sets.get(key) ?? orderSet(law, entry, sets.size)
    sets.set(key, found)
    return { ...entry, set: found.set }
  })
  const { entries: count, partly } = await insertOrders(tx, ordered, [...sets.values()], now)
  if (count === 0) return
  await supersedeLifts(tx, entries)
  if (partly.length === 0) return
  const toldAgain = entries.filter(({ id }) => partly.includes(id))
  // Where something stood already, such as a bar that outlived the exit, it is told with what is new.
  const standing = await listToldMeasures(tx, toldAgain)
  await appendEvents(
    tx,
    toldAgain.map((entry) =>
      eventOf('sanction.imposed', entry, now, { measures: toldMeasures(law, standing.get(entry.id) ?? []) }),
    ),
  )
}

function orderSet(law: SanctionLaw, entry: EntryInForce, set: number): OrderSet {
  const { effectiveOn: imposedOn, expiresOn } = entry
  const measures = orderedMeasures(law, entry)
  const told = toldMeasures(
    law,
    measures.map((measure) => ({ ...measure, imposedOn, until: measure.until ?? expiresOn })),
  )
  return { set, expiresOn, measures, told }
}

interface NamedEntry {
  id: string
  list: List
  uscc: string
  name: string
  regionCode: string
}

/** All that the feed tells of the measures against an entry. */
function eventOf(
  type: 'sanction.imposed' | 'sanction.lifted' | 'subject.changed',
  { id, list, uscc, name, regionCode }: NamedEntry,
  now: Date,
  data: Record<string, unknown>,
): PendingEvent {
  return {
    id: uuidv7(),
    type,
    key: `sanctions:${id}`,
    uscc,
    list,
    regionCode,
    occurredAt: now.toISOString(),
    data: { listingId: id, list, name, regionCode, ...data },
  }
}

/**
 * Requests the lift of every measure of entries that end, with one `sanction.lifted` event an entry that had any, in the
 * transaction that decides. What runs on by a term of its own is not lifted, and the event tells that it still stands
 * unless the entry is out of view: agencies know of it by their orders.
 */
export async function liftMeasures(tx: Tx, law: SanctionLaw, entries: readonly EndedEntry[], now: Date): Promise<void> {
  const orders = await lockStandingOrders(tx, entries)
  const entryOf = new Map(entries.map((entry) => [entry.id, entry]))
  await lift(tx, law, orders, (order) => entryOf.get(order.listingId), now)
}

async function lift<Locked extends Order>(
  tx: Tx,
  law: SanctionLaw,
  orders: readonly Locked[],
  entryOf: (order: Locked) => EndedEntry | undefined,
  now: Date,
): Promise<void> {
  const ended = new Map<string, { entry: EndedEntry; codes: Set<string> }>()
  const changed = orders.flatMap((order) => {
    const entry = entryOf(order)
    const state = entry === undefined ? null : requestLift(order, entry.reason, entry.effectiveOn)
    if (entry === undefined || state === null) return []
    const { codes } = ended.get(entry.id) ?? { codes: new Set() }
    ended.set(entry.id, { entry, codes: codes.add(order.measureCode) })
    return [{ ...order, ...state, awaitedSince: awaitedSince(state), liftReason: entry.reason }]
  })
  if (changed.length === 0) return
  await updateOrders(tx, changed, now)
  const standing = await listToldMeasures(
    tx,
    [...ended.values()].map(({ entry }) => entry),
  )
  await appendEvents(
    tx,
    [...ended.values()].map(({ entry, codes }) =>
      eventOf('sanction.lifted', entry, now, {
        measures: toldMeasures(law, standing.get(entry.id) ?? []),
        lifted: [...codes].sort(),
        liftedOn: entry.effectiveOn,
      }),
    ),
  )
}

/**
 * Takes the measures against entries from the feed whose publication is over, in the same transaction: nothing is lifted,
 * but a measure tells of its entry.
 */
export async function hideMeasures(tx: Tx, entries: readonly NamedEntry[], now: Date): Promise<void> {
  const measured = await listMeasuredEntries(tx, entries)
  await appendEvents(
    tx,
    entries
      .filter(({ id }) => measured.has(id))
      .map((entry) => eventOf('subject.changed', entry, now, { measures: [], shown: false, changed: ['sanctions'] })),
  )
}

const chunkSize = 1000

/**
 * Requests the lift of measures whose own term was over before the day `on`, such as the bar on a person that outlived
 * the entry. Chunks commit one by one; a second run finds nothing.
 * @returns how many lifts were requested
 */
export async function liftEndedTerms(options: {
  db: Db
  law: SanctionLaw
  on: string
  now: () => Date
  signal?: AbortSignal | undefined
}): Promise<{ lifted: number }> {
  const { db, law, on, now, signal } = options
  const reason: LiftReason = 'term-over'
  for (let lifted = 0; ;) {
    signal?.throwIfAborted()
    const count = await db.transaction(async (tx) => {
      const orders = await lockEndedTerms(tx, on, chunkSize)
      const entryOf = ({ listingId: id, ...order }: (typeof orders)[number]) => ({
        ...order,
        id,
        reason,
        effectiveOn: on,
      })
      await lift(tx, law, orders, entryOf, now())
      return orders.length
    })
    lifted += count
    if (count < chunkSize) return { lifted }
  }
}

export interface Receipt extends Answer {
  orderId: string
}

export interface ReceiptResult {
  orderId: string
  result: 'accepted' | 'unchanged' | 'refused'
  /** Where the order stands now; null for one that the agency does not have. */
  status: OrderStatus | null
  error: Refusal | null
}

/**
 * Takes an agency's answers, one by one in the order sent; each is judged alone. An order of another agency is as unknown
 * as one that does not exist.
 * @param today the day in Asia/Shanghai on which they came
 */
export async function takeReceipts(
  tx: Tx,
  by: { agencyCode: string; partnerId: string; keyId: string | null },
  receipts: readonly Receipt[],
  { today, now }: { today: string; now: Date },
): Promise<ReceiptResult[]> {
  const orders = await lockOrdersOf(tx, by.agencyCode, [...new Set(receipts.map(({ orderId }) => orderId))])
  const orderOf = new Map(orders.map((order) => [order.id, order]))
  const saidOf = await listNewestAnswers(tx, orders)
  const taken: ReceiptRow[] = []
  const results = receipts.map(({ orderId, ...answer }): ReceiptResult => {
    const order = orderOf.get(orderId)
    if (order === undefined) return { orderId, result: 'refused', status: null, error: 'unknown-order' }
    const verdict = takeAnswer(order, saidOf.get(orderId) ?? null, answer, today)
    if (verdict.result === 'accepted') {
      const said = { ...answer, executedOn: dayToKeep(answer, today) }
      orderOf.set(orderId, { ...order, ...verdict.order, awaitedSince: awaitedSince(verdict.order) })
      saidOf.set(orderId, said)
      taken.push({ ...said, id: uuidv7(), orderId })
    }
    return {
      orderId,
      result: verdict.result,
      status: orderOf.get(orderId)?.status ?? null,
      error: verdict.result === 'refused' ? verdict.error : null,
    }
  })
  if (taken.length > 0) {
    const changed = new Set(taken.map(({ orderId }) => orderId))
    await updateOrders(
      tx,
      [...orderOf.values()].filter(({ id }) => changed.has(id)),
      now,
    )
    await insertReceipts(tx, taken, by, now)
  }
  return results
}

/** The day an answer stands for: without one, that on which it came, where it says that something was done. */
function dayToKeep({ status, executedOn }: Answer, today: string): string | undefined {
  return executedOn ?? (status === 'executed' || status === 'lifted' ? today : undefined)
}
