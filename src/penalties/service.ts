import { v7 as uuidv7 } from 'uuid'
import type { PendingEvent } from '../feed/domain.ts'
import { appendEvents } from '../feed/service.ts'
import { presentRulebook } from '../law/service.ts'
import { assertNotInFuture, businessOrProblem, type Act } from '../listings/decisions/service.ts'
import { dayOf } from '../platform/clock.ts'
import type { Db, Tx } from '../platform/db.ts'
import { Problem, problems } from '../platform/problem.ts'
import { versionInForce } from '../rulebook/grounds.ts'
import { gradeOf, penaltyTerm } from '../rulebook/penalties.ts'
import { addDays } from '../rulebook/plain-date.ts'
import { kindsOf, type Penalty } from './domain.ts'
import {
  findPenalty,
  insertPenalties,
  insertPublications,
  lockPenalty,
  lockShownPenalties,
  type NamedPenalty,
  type NewPublication,
} from './repository.ts'
import type { PenaltyGrade, PenaltyKind, WithdrawalReason } from './vocabulary.ts'

export interface NewPenalty {
  uscc: string
  decisionNumber: string
  authority: string
  ground: string
  kind: string
  kinds?: readonly PenaltyKind[] | undefined
  grade?: PenaltyGrade | undefined
  safetyRelated: boolean
  amountFen?: number | null | undefined
  decidedOn: string
  publishedOn?: string | undefined
}

/**
 * Records a penalty decision and publishes it for as long as the rules of today allow; a warning alone is recorded and
 * not published.
 * @throws Problem unknown-subject, dated-in-the-future, not-in-order, already-recorded
 */
export async function publishPenalty(tx: Tx, given: NewPenalty, { by, now }: Act): Promise<Penalty> {
  const today = dayOf(now)
  const publishedOn = given.publishedOn ?? today
  assertNotInFuture(given.decidedOn, now)
  assertNotInFuture(publishedOn, now)
  if (publishedOn < given.decidedOn) throw new Problem('not-in-order', problems['not-in-order'].meaning)
  const { name, regionCode } = await businessOrProblem(tx, given.uscc)
  const kinds = [...(given.kinds ?? kindsOf(given.kind))]
  const facts = { ...given, kinds, grade: given.grade ?? gradeOf(kinds), publishedOn, restartedOn: null }
  const term = penaltyTerm(await presentRulebook(tx), facts, today)
  const penalty: Penalty = {
    ...facts,
    id: uuidv7(),
    amountFen: given.amountFen ?? null,
    publishedUntil: term?.publishedUntil ?? null,
    shown: term?.isPublic ?? false,
    rulebook: term?.rulebook ?? '',
    recordedBy: by,
    recordedAt: now.toISOString(),
  }
  if (!(await insertPenalties(tx, [penalty])).has(penalty.id)) {
    throw new Problem('already-recorded', problems['already-recorded'].meaning)
  }
  if (penalty.shown) {
    await insertPublications(tx, [{ ...stepOf(penalty, now, by), action: 'publish', effectiveOn: publishedOn }])
    await appendEvents(tx, [publishedEvent({ ...penalty, name, regionCode }, now)])
  }
  return penalty
}

/** A step in the life of a publication, without what happened and when. */
export function stepOf({ id, uscc, publishedUntil, restartedOn, shown }: Penalty, now: Date, by: string | null) {
  const nothing = { reason: null, note: null }
  return {
    ...nothing,
    penaltyId: id,
    uscc,
    publishedUntil,
    restartedOn,
    shown,
    recordedBy: by,
    recordedAt: now.toISOString(),
  }
}

/**
 * Ends the publication of a penalty: what it rested on fell, or was changed (45 art 11), or it is repaired.
 * @throws Problem unknown-penalty, already-decided for one that is not shown, dated-in-the-future, not-in-order
 */
export async function withdrawPenalty(
  tx: Tx,
  id: string,
  { reason, on, note = null }: { reason: WithdrawalReason; on?: string | undefined; note?: string | null | undefined },
  { by, now }: Act,
): Promise<Penalty> {
  const penalty = await lockedPenalty(tx, id)
  const effectiveOn = on ?? dayOf(now)
  assertNotInFuture(effectiveOn, now)
  if (effectiveOn < penalty.publishedOn) throw new Problem('not-in-order', problems['not-in-order'].meaning)
  if (!penalty.shown) throw new Problem('already-decided', problems['already-decided'].meaning)
  await withdraw(tx, [{ penalty, effectiveOn, reason, note, by }], now)
  return withoutName({ ...penalty, shown: false })
}

/**
 * Puts a penalty in view again whose repair was got by false material, its term begun anew (rulebook 3.4).
 * @throws Problem unknown-penalty, already-decided for one that is shown
 */
export async function restorePenalty(tx: Tx, id: string, on: string, { by, now }: Act): Promise<Penalty> {
  const { name, regionCode, ...before } = await lockedPenalty(tx, id)
  if (before.shown) throw new Problem('already-decided', problems['already-decided'].meaning)
  const term = penaltyTerm(await presentRulebook(tx), { ...before, restartedOn: on }, dayOf(now))
  const publishedUntil = term?.publishedUntil ?? null
  const penalty = { ...before, restartedOn: on, publishedUntil, shown: term?.isPublic ?? false }
  await insertPublications(tx, [{ ...stepOf(penalty, now, by), action: 'restore', effectiveOn: on }])
  if (penalty.shown) await appendEvents(tx, [publishedEvent({ ...penalty, name, regionCode }, now)])
  return penalty
}

async function lockedPenalty(tx: Tx, id: string): Promise<NamedPenalty> {
  const found = await findPenalty(tx, id)
  const penalty = found && (await lockPenalty(tx, found))
  if (penalty === null) throw new Problem('unknown-penalty', problems['unknown-penalty'].meaning)
  return penalty
}

/**
 * A penalty by its id.
 * @throws Problem unknown-penalty
 */
export async function penaltyOrProblem(tx: Tx, id: string): Promise<Penalty> {
  const penalty = await findPenalty(tx, id)
  if (penalty === null) throw new Problem('unknown-penalty', problems['unknown-penalty'].meaning)
  return penalty
}

export interface Withdrawal {
  penalty: NamedPenalty
  effectiveOn: string
  reason: WithdrawalReason
  note: string | null
  by: string | null
}

/** Ends publications, with their events. */
export async function withdraw(tx: Tx, withdrawals: readonly Withdrawal[], now: Date): Promise<void> {
  if (withdrawals.length === 0) return
  await insertPublications(
    tx,
    withdrawals.map(({ penalty, effectiveOn, reason, note, by }): NewPublication => {
      return { ...stepOf({ ...penalty, shown: false }, now, by), action: 'withdraw', effectiveOn, reason, note }
    }),
  )
  await appendEvents(
    tx,
    withdrawals.map(({ penalty: { id, name, regionCode, uscc }, reason }) => ({
      ...envelopeOf({ id, uscc, regionCode }, now),
      type: 'penalty.withdrawn' as const,
      data: { id, name, regionCode, shown: false, reason },
    })),
  )
}

const chunkSize = 2000

export interface EndedPenalties {
  examined: number
  withdrawn: number
  /** Still shown, until another day than was told before, since the rules changed. */
  changed: number
}

/** Ends the publication of penalties whose term was over before `on`, by the rules of that day. */
export async function endPenaltyPublications(
  db: Db,
  { on, now, signal }: { on: string; now: () => Date; signal?: AbortSignal | undefined },
): Promise<EndedPenalties> {
  const counts: EndedPenalties = { examined: 0, withdrawn: 0, changed: 0 }
  const rulebook = await presentRulebook(db)
  const rulesSince = versionInForce(rulebook, 'penalties', on)?.from ?? on
  let after: string | null = null
  do {
    signal?.throwIfAborted()
    const from: string | null = after
    after = await db.transaction(async (tx): Promise<string | null> => {
      const penalties = await lockShownPenalties(tx, from, chunkSize)
      const judged = penalties.map((penalty) => ({
        penalty,
        until: penaltyTerm(rulebook, penalty, on)?.publishedUntil ?? penalty.publishedUntil,
      }))
      const over = judged.flatMap(({ penalty, until }) =>
        until !== null && until < on ? [{ penalty: { ...penalty, publishedUntil: until }, until }] : [],
      )
      const other = judged.filter(
        ({ penalty, until }) => (until === null || until >= on) && until !== penalty.publishedUntil,
      )
      await withdraw(
        tx,
        over.map(({ penalty, until }) => {
          const day = addDays(until, 1)
          const effectiveOn = day < rulesSince && penalty.publishedOn < rulesSince ? rulesSince : day
          return { penalty, effectiveOn, reason: 'term-over', note: null, by: null }
        }),
        now(),
      )
      const changed = other.map(({ penalty, until }) => ({ ...penalty, publishedUntil: until }))
      if (changed.length > 0) {
        await insertPublications(
          tx,
          changed.map((penalty) => ({ ...stepOf(penalty, now(), null), action: 'publish', effectiveOn: on })),
        )
        await appendEvents(
          tx,
          changed.map((penalty) => publishedEvent(penalty, now())),
        )
      }
      counts.examined += penalties.length
      counts.withdrawn += over.length
      counts.changed += changed.length
      return penalties.length < chunkSize ? null : (penalties.at(-1)?.id ?? null)
    })
  } while (after !== null)
  return counts
}

/** The event that tells a penalty as it is shown now. */
export function publishedEvent(penalty: NamedPenalty, now: Date): PendingEvent {
  const { id, name, regionCode, decisionNumber, authority, ground, kind, amountFen, decidedOn, publishedUntil } =
    penalty
  return {
    ...envelopeOf(penalty, now),
    type: 'penalty.published',
    data: {
      ...{ id, name, regionCode, decisionNumber, authority, ground, kind, amountFen, decidedOn, publishedUntil },
      shown: true,
    },
  }
}

function envelopeOf({ id, uscc, regionCode }: { id: string; uscc: string; regionCode: string }, now: Date) {
  return { id: uuidv7(), key: `penalty:${id}`, uscc, list: null, regionCode, occurredAt: now.toISOString() }
}

function withoutName({ name: _name, regionCode: _region, ...penalty }: NamedPenalty): Penalty {
  return penalty
}
