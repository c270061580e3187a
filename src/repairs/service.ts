import { v7 as uuidv7 } from 'uuid'
import { presentRulebook } from '../law/service.ts'
import {
  assertNotBefore,
  assertNotInFuture,
  assertNotOnAnyList,
  caseOf,
  entryOrProblem,
  judgedBy,
  proposeDecision,
  type Act,
} from '../listings/decisions/service.ts'
import type { RemovalReason } from '../listings/domain.ts'
import { penaltyOrProblem, restorePenalty, withdrawPenalty } from '../penalties/service.ts'
import type { DbOrTx, Tx } from '../platform/db.ts'
import { Problem, problems } from '../platform/problem.ts'
import { judgeCase, permit } from '../rulebook/case.ts'
import { RuleError } from '../rulebook/course.ts'
import { penaltyRepairDeadlines, penaltyRepairFrom } from '../rulebook/penalties.ts'
import type { LegalText, Rulebook } from '../rulebook/rulebook.ts'
import { eventsOfRepair, type Repair } from './domain.ts'
import { existsOpenRepair, insertRepair, lockRepair, updateRepair } from './repository.ts'

/** For who reports what is overdue. */
export { listRepairs } from './repository.ts'

export interface NewRepair {
  listingId?: string | undefined
  penaltyId?: string | undefined
  filedOn: string
  statement: string
  documents?: unknown
}

/**
 * Files an application for an exit from a list or for an early end of a penalty's publication (信用修复), where the rules
 * of that day allow one.
 * @throws Problem unknown-listing, unknown-penalty, dated-in-the-future, dated-before-entry, exit-before-its-time,
 * not-permitted-by-rulebook, already-recorded while another is open
 */
export async function fileRepair(tx: Tx, given: NewRepair, { by, now }: Act): Promise<Repair> {
  const { listingId = null, penaltyId = null, filedOn, statement, documents = [] } = given
  assertNotInFuture(filedOn, now)
  const rulebook = await presentRulebook(tx)
  const uscc =
    penaltyId === null
      ? await assertExitMayBeAskedFor(tx, rulebook, listingId ?? '', filedOn)
      : await assertRepairMayBeAskedFor(tx, rulebook, penaltyId, filedOn)
  if (await existsOpenRepair(tx, penaltyId ?? listingId ?? '')) {
    throw new Problem('already-recorded', problems['already-recorded'].meaning)
  }
  const at = now.toISOString()
  const repair: Repair = {
    ...{ id: uuidv7(), listingId, penaltyId, uscc, status: 'filed', filedOn, statement, documents },
    ...{ answeredOn: null, answerReason: null, decidedOn: null, decisionReason: null, cancelledOn: null },
    ...{ cancellationReason: null, decisionId: null, restorationId: null },
    ...{ filedBy: by, answeredBy: null, decidedBy: null, recordedAt: at, changedAt: at },
  }
  await insertRepair(tx, repair)
  return repair
}

async function assertExitMayBeAskedFor(tx: Tx, rulebook: Rulebook, listingId: string, on: string): Promise<string> {
  const entry = await entryOrProblem(tx, listingId)
  const facts = await caseOf(tx, entry, [], on)
  judgedBy(() => {
    try {
      permit(rulebook, facts, 'apply')
    } catch (error) {
      throw error instanceof RuleError && error.code === 'too-early' ? tooEarly(error.detail, error.article) : error
    }
  })
  return entry.uscc
}

async function assertRepairMayBeAskedFor(tx: Tx, rulebook: Rulebook, penaltyId: string, on: string): Promise<string> {
  const penalty = await penaltyOrProblem(tx, penaltyId)
  const { from, article } = penaltyRepairFrom(rulebook, penalty, on)
  assertNotBefore(on, penalty.publishedOn)
  if (from === null || !penalty.shown) {
    const detail = { zh: '该处罚信息不能申请提前停止公示。', en: 'The publication of this penalty cannot end early.' }
    judgedBy(() => {
      throw new RuleError('not-permitted', detail, article)
    })
  } else if (on < from) {
    throw tooEarly({ zh: `${from} 之前不得申请。`, en: `One may apply from ${from} on.` }, article)
  }
  return penalty.uscc
}

function tooEarly(detail: LegalText, article: LegalText | null): Problem {
  return new Problem('exit-before-its-time', {
    zh: article === null ? detail.zh : `${detail.zh}依据：${article.zh}。`,
    en: article === null ? detail.en : `${detail.en} Article: ${article.en}.`,
  })
}

/**
 * Accepts an application, to verify it, or does not, with the reason. For grounds whose exit is counted from 查实 the day
 * of acceptance is that day.
 * @throws Problem unknown-repair, already-decided, dated-in-the-future, not-in-order
 */
export async function answerRepair(
  tx: Tx,
  id: string,
  { on, accept, reason }: { on: string; accept: boolean; reason: string | null },
  { by, now }: Act,
): Promise<Repair> {
  const before = await repairAt(tx, id, 'filed')
  assertNotInFuture(on, now)
  assertNotBefore(on, before.filedOn)
  const repair: Repair = {
    ...before,
    status: accept ? 'accepted' : 'not-accepted',
    ...{ answeredOn: on, answerReason: reason, answeredBy: by, changedAt: now.toISOString() },
  }
  await updateRepair(tx, repair)
  return repair
}

export interface RepairVerdict {
  on: string
  outcome: 'granted' | 'refused'
  reason: string
  /** Of the exit decision that a granted repair of an entry leads to. */
  decisionNumber?: string | undefined
  removalReason?: RemovalReason | undefined
}

/**
 * Grants or refuses. A granted exit from a list is a proposed decision, which another person approves; with that the
 * repair is executed. A penalty's publication ends at once, by another person than the one who filed.
 * @throws Problem unknown-repair, already-decided, same-person, dated-in-the-future, not-in-order, and what proposing throws
 */
export async function decideRepair(tx: Tx, id: string, verdict: RepairVerdict, act: Act): Promise<Repair> {
  const before = await repairAt(tx, id, 'accepted')
  const { on, outcome, reason } = verdict
  assertNotInFuture(on, act.now)
  assertNotBefore(on, before.answeredOn ?? before.filedOn)
  const decided = { decidedOn: on, decisionReason: reason, decidedBy: act.by, changedAt: act.now.toISOString() }
  const repair: Repair = { ...before, ...decided, status: outcome }
  if (outcome === 'granted' && before.penaltyId !== null) {
    if (before.filedBy === act.by) throw new Problem('same-person', problems['same-person'].meaning)
    await assertNotOnAnyList(tx, before.uscc)
    await withdrawPenalty(tx, before.penaltyId, { reason: 'repaired', on, note: reason }, act)
    repair.status = 'executed'
  } else if (outcome === 'granted') {
    repair.decisionId = await proposeAbout(tx, repair, 'remove', on, verdict, act)
  }
  await updateRepair(tx, repair)
  return repair
}

/**
 * Cancels a repair that was got by false material: the state before is back, and a term begins anew (44 art 20). For an
 * entry that is a proposed decision, for a penalty it takes another person than the one who granted.
 * @throws Problem unknown-repair, already-decided, same-person, dated-in-the-future, not-in-order, and what proposing throws
 */
export async function cancelRepair(
  tx: Tx,
  id: string,
  given: { on: string; reason: string; decisionNumber?: string | undefined },
  act: Act,
): Promise<Repair> {
  const before = await repairAt(tx, id, 'executed')
  const { on, reason } = given
  assertNotInFuture(on, act.now)
  assertNotBefore(on, before.decidedOn ?? before.filedOn)
  const cancelled = { cancelledOn: on, cancellationReason: reason, changedAt: act.now.toISOString() }
  const repair: Repair = { ...before, ...cancelled, status: 'cancelled' }
  if (before.penaltyId !== null) {
    if (before.decidedBy === act.by) throw new Problem('same-person', problems['same-person'].meaning)
    await restorePenalty(tx, before.penaltyId, on, act)
  } else {
    repair.restorationId = await proposeAbout(tx, repair, 'restore', on, given, act)
  }
  await updateRepair(tx, repair)
  // Until the restoration is approved the exit stands.
  return before.penaltyId === null ? { ...repair, status: 'executed' } : repair
}

/** Proposes what is to become of the entry; answers the id of the decision. */
async function proposeAbout(
  tx: Tx,
  repair: Repair,
  action: 'remove' | 'restore',
  on: string,
  given: { reason: string; decisionNumber?: string | undefined; removalReason?: RemovalReason | undefined },
  act: Act,
): Promise<string> {
  const { decisionNumber } = given
  if (decisionNumber === undefined) {
    const detail = { zh: '须填写 decisionNumber。', en: 'The decision about the entry needs its decisionNumber.' }
    throw new Problem('invalid-request', detail, { errors: [{ pointer: '/body/decisionNumber', detail }] })
  }
  const { list, uscc, authority, ...entry } = await entryOrProblem(tx, repair.listingId ?? '')
  const events = action === 'remove' ? eventsOfRepair(repair) : []
  const { history } = await caseOf(tx, { ...entry, list, uscc, authority }, events, on)
  const reason = given.removalReason === undefined ? {} : { reason: given.removalReason }
  const proposal = await proposeDecision(
    tx,
    {
      ...{ action, list, uscc, listingId: entry.id, authority, decidedOn: on, decisionNumber },
      facts: { summary: given.reason, repairId: repair.id, ...reason },
    },
    act,
    history,
  )
  return proposal.id
}

async function repairAt(tx: Tx, id: string, status: Repair['status']): Promise<Repair> {
  const repair = await lockRepair(tx, id)
  if (repair === null) throw new Problem('unknown-repair', problems['unknown-repair'].meaning)
  if (repair.status !== status) throw new Problem('already-decided', problems['already-decided'].meaning)
  return repair
}

const openStatuses: readonly Repair['status'][] = ['filed', 'accepted', 'granted']
const exitSteps: readonly string[] = ['accept-by', 'decide-by', 'remove-by']

/** The legal deadlines of an application that is open on `today`; none of one that is settled. */
export async function deadlinesOfRepair(db: DbOrTx, rulebook: Rulebook, repair: Repair, today: string) {
  if (!openStatuses.includes(repair.status)) return []
  if (repair.listingId === null) {
    const acceptedOn = repair.status === 'filed' ? null : repair.answeredOn
    return penaltyRepairDeadlines(rulebook, { filedOn: repair.filedOn, acceptedOn, grantedOn: null })
  }
  const entry = await entryOrProblem(db, repair.listingId)
  if (entry.status !== 'in-force') return []
  const { deadlines } = judgeCase(rulebook, await caseOf(db, entry, eventsOfRepair(repair), today))
  return deadlines.filter(({ step }) => exitSteps.includes(step))
}
