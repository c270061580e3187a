import { v7 as uuidv7 } from 'uuid'
import { appendEvents } from '../feed/service.ts'
import { presentRulebook } from '../law/service.ts'
import { dayOf } from '../platform/clock.ts'
import type { Tx } from '../platform/db.ts'
import { isOlder } from '../registry/domain.ts'
import { lockRegistry, type TakenCounts } from '../registry/service.ts'
import { gradeOf, penaltyTerm } from '../rulebook/penalties.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import { kindsOf, type PenaltyRecord } from './domain.ts'
import {
  archivePenalties,
  insertPenalties,
  insertPublications,
  listBusinesses,
  lockPenaltiesToldBy,
  updatePenalties,
  type HeldPenalty,
} from './repository.ts'
import { publishedEvent, stepOf, withdraw, type Withdrawal } from './service.ts'

export interface TakenPenalties {
  counts: TakenCounts
  /** Records whose code nobody is registered under, as they were given. */
  unknown: PenaltyRecord[]
  unlawful: { item: PenaltyRecord; detail: string }[]
}

/**
 * Takes penalty decisions from a source, inside the caller's transaction: published by the rules that apply to those that
 * staff record, each decision once, by the source's record and by authority and number. A record that changes is
 * followed; an older one changes nothing, and none puts in view again what was withdrawn. Sources tell no day of
 * publication: the term is counted from the decision, so that nothing is shown longer than the law allows.
 */
export async function takePenalties(tx: Tx, records: readonly PenaltyRecord[], now: Date): Promise<TakenPenalties> {
  const result: TakenPenalties = { counts: { new: 0, changed: 0, unchanged: 0, older: 0 }, unknown: [], unlawful: [] }
  if (records.length === 0) return result
  await lockRegistry(tx)
  const businesses = await listBusinesses(tx, [...new Set(records.map(({ uscc }) => uscc))])
  const held = indexPenalties(await lockPenaltiesToldBy(tx, records))
  const changes = pendingChanges(tx, now)
  const rulebook = await presentRulebook(tx)
  for (const record of records) {
    const business = businesses.get(record.uscc)
    if (business === undefined) {
      result.unknown.push(record)
      continue
    }
    if (record.decidedOn > dayOf(now)) {
      result.unlawful.push({ item: record, detail: '/decidedOn: is a day that has not come yet' })
      continue
    }
    const { bySource, byDecision } = held.find(record)
    const isOld = [bySource, byDecision].some((penalty) => penalty !== undefined && isOlderThan(record, penalty, now))
    if (isOld) {
      result.counts.older += 1
      continue
    }
    if (bySource !== undefined && bySource !== byDecision) held.put(await changes.drop(bySource))
    if (byDecision === undefined) {
      held.put(changes.add({ ...newPenalty(rulebook, record, now), ...business }))
      result.counts.new += 1
      continue
    }
    const after = followed(rulebook, byDecision, record, now)
    const isChanged = !sameContent(byDecision, after)
    result.counts[isChanged ? 'changed' : 'unchanged'] += 1
    if (isChanged || byDecision.sourceUpdatedAt !== after.sourceUpdatedAt) {
      held.put(await changes.follow(byDecision, after, isChanged))
    }
  }
  await changes.flush()
  return result
}

function indexPenalties(penalties: readonly HeldPenalty[]) {
  const decisionOf = ({
    uscc,
    authority,
    decisionNumber,
  }: Pick<HeldPenalty, 'uscc' | 'authority' | 'decisionNumber'>) => `${uscc}\n${authority}\n${decisionNumber}`
  const byDecision = new Map<string, HeldPenalty>()
  const bySource = new Map<string, HeldPenalty>()
  const put = (penalty: HeldPenalty) => {
    const before = byDecision.get(decisionOf(penalty))
    if (before?.sourceId != null) bySource.delete(before.sourceId)
    byDecision.set(decisionOf(penalty), penalty)
    if (penalty.sourceId !== null) bySource.set(penalty.sourceId, penalty)
  }
  penalties.forEach(put)
  return {
    put,
    find: (record: PenaltyRecord) => ({
      bySource: bySource.get(record.sourceId),
      byDecision: byDecision.get(decisionOf(record)),
    }),
  }
}

/** What staff recorded is as new as the moment when they did. */
function isOlderThan(record: PenaltyRecord, held: HeldPenalty, now: Date): boolean {
  const { sourceId, sourceUpdatedAt, sourceReceivedAt, recordedAt } = held
  if (sourceId === null || sourceUpdatedAt === null) return record.updatedAt < recordedAt
  const origin = { sourceId, updatedAt: sourceUpdatedAt, receivedAt: sourceReceivedAt ?? recordedAt }
  return isOlder(record, origin, now.toISOString())
}

function factsOf(record: PenaltyRecord) {
  const { uscc, decisionNumber, authority, ground, kind, amountFen = null, decidedOn, severe } = record
  const kinds = kindsOf(kind)
  const grade = severe ? ('serious' as const) : gradeOf(kinds)
  return { uscc, decisionNumber, authority, ground, kind, kinds, grade, amountFen, decidedOn }
}

function newPenalty(rulebook: Rulebook, record: PenaltyRecord, now: Date): Omit<HeldPenalty, 'name' | 'regionCode'> {
  const facts = { ...factsOf(record), safetyRelated: false, publishedOn: record.decidedOn, restartedOn: null }
  const term = penaltyTerm(rulebook, facts, dayOf(now))
  return {
    ...facts,
    id: uuidv7(),
    publishedUntil: term?.publishedUntil ?? null,
    shown: term?.isPublic ?? false,
    rulebook: term?.rulebook ?? '',
    recordedBy: null,
    recordedAt: now.toISOString(),
    ...originOf(record, now),
    wasPublished: term?.isPublic ?? false,
  }
}

function originOf({ sourceId, updatedAt }: PenaltyRecord, now: Date) {
  return { sourceId, sourceUpdatedAt: updatedAt, sourceReceivedAt: now.toISOString() }
}

/** The penalty as its record says it now, with the term that follows; a record says nothing of food or drugs. */
function followed(rulebook: Rulebook, held: HeldPenalty, record: PenaltyRecord, now: Date): HeldPenalty {
  const stated = factsOf(record)
  // Of what a record does not tell, kinds and grades that staff gave are kept.
  const kinds = stated.kind === held.kind ? held.kinds : stated.kinds
  const isGraded = !record.severe && stated.kind === held.kind && held.grade !== 'serious'
  const facts = { ...stated, kinds, grade: isGraded ? held.grade : stated.grade }
  // The day of publication follows the decision's where nobody told another.
  const publishedOn = held.publishedOn === held.decidedOn ? facts.decidedOn : later(held.publishedOn, facts.decidedOn)
  const after = { ...held, ...facts, publishedOn, ...originOf(record, now) }
  if (sameContent(held, after)) return after
  const term = penaltyTerm(rulebook, after, dayOf(now))
  const mayBeShown = term?.isPublic ?? false
  return {
    ...after,
    publishedUntil: term?.publishedUntil ?? null,
    rulebook: term?.rulebook ?? held.rulebook,
    shown: mayBeShown && (held.shown || !held.wasPublished),
    wasPublished: held.wasPublished || mayBeShown,
  }
}

function later(day: string, other: string): string {
  return day > other ? day : other
}

function sameContent(a: HeldPenalty, b: HeldPenalty): boolean {
  const fields = ['ground', 'kind', 'grade', 'amountFen', 'decidedOn'] as const
  return fields.every((field) => a[field] === b[field])
}

/** What a page changes, written in few statements; a penalty that changes twice is written in between. */
function pendingChanges(tx: Tx, now: Date) {
  let added: HeldPenalty[] = []
  const changed = new Map<string, { after: HeldPenalty; isChanged: boolean }>()
  let published: { penalty: HeldPenalty; effectiveOn: string }[] = []
  let withdrawn: Withdrawal[] = []
  const today = dayOf(now)

  const flush = async () => {
    const isThere = await insertPenalties(tx, added)
    const isLost = new Set(added.flatMap(({ id }) => (isThere.has(id) ? [] : id)))
    const rows = [...changed.values()]
    await archivePenalties(
      tx,
      rows.flatMap(({ after, isChanged }) => (isChanged ? after.id : [])),
      now,
    )
    await updatePenalties(
      tx,
      rows.map(({ after }) => after),
    )
    // A member of staff may have recorded the same decision at this very moment.
    const told = published.filter(({ penalty }) => !isLost.has(penalty.id))
    await insertPublications(
      tx,
      told.map(({ penalty, effectiveOn }) => ({ ...stepOf(penalty, now, null), action: 'publish', effectiveOn })),
    )
    await appendEvents(
      tx,
      told.map(({ penalty }) => publishedEvent(penalty, now)),
    )
    await withdraw(tx, withdrawn, now)
    added = []
    changed.clear()
    published = []
    withdrawn = []
  }
  const takeBack = (penalty: HeldPenalty) => {
    withdrawn.push({ penalty, effectiveOn: today, reason: 'changed', note: null, by: null })
  }
  return {
    flush,
    add: (penalty: HeldPenalty) => {
      added.push(penalty)
      if (penalty.shown) published.push({ penalty, effectiveOn: penalty.publishedOn })
      return penalty
    },
    follow: async (before: HeldPenalty, after: HeldPenalty, isChanged: boolean) => {
      if (changed.has(before.id) || added.some(({ id }) => id === before.id)) await flush()
      changed.set(after.id, { after, isChanged })
      if (isChanged && after.shown) published.push({ penalty: after, effectiveOn: today })
      else if (before.shown && !after.shown) takeBack(after)
      return after
    },
    /** The record tells another decision now: what it told before is withdrawn, and is nobody's any more. */
    drop: async (before: HeldPenalty) => {
      await flush()
      const after = { ...before, sourceId: null, sourceUpdatedAt: null, sourceReceivedAt: null, shown: false }
      changed.set(after.id, { after, isChanged: false })
      if (before.shown) takeBack(after)
      await flush()
      return after
    },
  }
}
