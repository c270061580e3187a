import { v7 as uuidv7 } from 'uuid'
import { presentRulebook } from '../law/service.ts'
import {
  assertNotBefore,
  assertNotInFuture,
  caseOf,
  entryOrProblem,
  judgedBy,
  proposeDecision,
  type Act,
} from '../listings/decisions/service.ts'
import type { DbOrTx, Tx } from '../platform/db.ts'
import { Problem, problems } from '../platform/problem.ts'
import { judgeCase, permit } from '../rulebook/case.ts'
import type { Deadline } from '../rulebook/case-deadlines.ts'
import { groundOfVersion } from '../rulebook/grounds.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import { stepDue } from '../rulebook/steps.ts'
import type { Entry } from '../listings/domain.ts'
import { eventsOfObjection, type Objection } from './domain.ts'
import { existsOpenObjection, insertObjection, lockObjection, updateObjection } from './repository.ts'

/** For who reports what is overdue. */
export { listObjections } from './repository.ts'

export interface NewObjection {
  listingId: string
  filedOn: string
  statement: string
  evidence?: unknown
  /** Takes one that was filed late, with the reason. */
  manualOverride?: { reason: string } | undefined
}

/**
 * Files an objection (异议) against an entry: within 30 days of its publication (令68 art 16; 令69 art 19), and where the
 * law knows one at all: against an entry under 令44 there is none.
 * @throws Problem unknown-listing, dated-in-the-future, dated-before-entry, not-permitted-by-rulebook,
 * objection-out-of-time, already-recorded while another is open
 */
export async function fileObjection(tx: Tx, given: NewObjection, { by, now }: Act): Promise<Objection> {
  const { listingId, filedOn, statement, evidence = [], manualOverride } = given
  assertNotInFuture(filedOn, now)
  const entry = await entryOrProblem(tx, listingId)
  const rulebook = await presentRulebook(tx)
  const isLate = wasFiledLate(rulebook, entry, filedOn)
  if (isLate && manualOverride === undefined) {
    throw new Problem('objection-out-of-time', problems['objection-out-of-time'].meaning)
  }
  if (!isLate || entry.status !== 'in-force') {
    const facts = await caseOf(tx, entry, [], filedOn)
    judgedBy(() => permit(rulebook, facts, 'object'))
  }
  if (await existsOpenObjection(tx, listingId)) {
    throw new Problem('already-recorded', problems['already-recorded'].meaning)
  }
  const at = now.toISOString()
  const nothing = { answeredOn: null, answerReason: null, decidedOn: null, decisionReason: null, decisionId: null }
  const objection: Objection = {
    ...nothing,
    ...{ id: uuidv7(), listingId, uscc: entry.uscc, status: 'filed', filedOn, statement, evidence },
    overrideReason: isLate ? (manualOverride?.reason ?? null) : null,
    ...{ filedBy: by, answeredBy: null, decidedBy: null, recordedAt: at, changedAt: at },
  }
  await insertObjection(tx, objection)
  return objection
}

/** Whether an objection that the law knows comes after its last day. */
function wasFiledLate(
  rulebook: Rulebook,
  { groundCode, rulebook: version, listedOn }: Entry,
  filedOn: string,
): boolean {
  const { objectionStep } = groundOfVersion(rulebook, groundCode, version)
  if (objectionStep === null) return false
  const due = stepDue(rulebook, objectionStep, listedOn)
  const last = due?.dueOn ?? due?.unrolledDueOn ?? null
  return last !== null && filedOn > last
}

/**
 * Accepts an objection, to verify it, or refuses it with the reason.
 * @throws Problem unknown-objection, already-decided, dated-in-the-future, not-in-order
 */
export async function answerObjection(
  tx: Tx,
  id: string,
  { on, accept, reason }: { on: string; accept: boolean; reason: string | null },
  { by, now }: Act,
): Promise<Objection> {
  const before = await openObjection(tx, id, 'filed')
  assertNotInFuture(on, now)
  assertNotBefore(on, before.filedOn)
  const objection: Objection = {
    ...before,
    status: accept ? 'accepted' : 'refused',
    ...{ answeredOn: on, answerReason: reason, answeredBy: by, changedAt: now.toISOString() },
  }
  await updateObjection(tx, objection)
  return objection
}

/**
 * Says what was found. An objection that is upheld proposes the correction, which another person approves; with that the
 * entry is void and the objection corrected.
 * @throws Problem unknown-objection, already-decided, dated-in-the-future, not-in-order, and what proposing throws
 */
export async function decideObjection(
  tx: Tx,
  id: string,
  verdict: { on: string; outcome: 'upheld' | 'rejected'; reason: string; decisionNumber?: string | undefined },
  act: Act,
): Promise<Objection> {
  const before = await openObjection(tx, id, 'accepted')
  const { on, outcome, reason } = verdict
  assertNotInFuture(on, act.now)
  assertNotBefore(on, before.answeredOn ?? before.filedOn)
  const decided = { decidedOn: on, decisionReason: reason, decidedBy: act.by, changedAt: act.now.toISOString() }
  const objection: Objection = { ...before, ...decided, status: outcome }
  if (outcome === 'upheld') {
    const entry = await entryOrProblem(tx, before.listingId)
    const { history } = await caseOf(tx, entry, eventsOfObjection(objection), on)
    const { list, uscc, authority, id: listingId } = entry
    const proposal = await proposeDecision(
      tx,
      {
        ...{ action: 'correct', list, uscc, listingId, authority, decidedOn: on },
        decisionNumber: verdict.decisionNumber ?? '',
        facts: { summary: reason, objectionId: id },
      },
      act,
      history,
    )
    objection.decisionId = proposal.id
  }
  await updateObjection(tx, objection)
  return objection
}

async function openObjection(tx: Tx, id: string, status: Objection['status']): Promise<Objection> {
  const objection = await lockObjection(tx, id)
  if (objection === null) throw new Problem('unknown-objection', problems['unknown-objection'].meaning)
  if (objection.status !== status) throw new Problem('already-decided', problems['already-decided'].meaning)
  return objection
}

/** The legal deadlines of an objection that is open on `today`; none of one that is settled. */
export async function deadlinesOfObjection(
  db: DbOrTx,
  rulebook: Rulebook,
  objection: Objection,
  today: string,
): Promise<Deadline[]> {
  if (!['filed', 'accepted', 'upheld'].includes(objection.status)) return []
  const entry = await entryOrProblem(db, objection.listingId)
  if (entry.status !== 'in-force') return []
  const facts = await caseOf(db, entry, eventsOfObjection(objection), today)
  const { deadlines } = judgeCase(rulebook, facts)
  return deadlines.filter(({ code }) => code.startsWith('OBJ-'))
}
