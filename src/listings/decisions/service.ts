import { v7 as uuidv7 } from 'uuid'
import { presentRulebook, problemOf } from '../../law/service.ts'
import { dayOf } from '../../platform/clock.ts'
import type { DbOrTx, Tx } from '../../platform/db.ts'
import { Problem, problems } from '../../platform/problem.ts'
import { lockRegistry } from '../../registry/service.ts'
import { RuleError, type CaseEvent, type CaseFacts } from '../../rulebook/course.ts'
import { applyDecision, foldEntry, type Decision, type DecisionFacts, type Entry } from '../domain.ts'
import { takeEffect } from '../effects.ts'
import { hideWhatIsOver } from '../terms/service.ts'
import type { DecisionAction, List } from '../vocabulary.ts'
import { historyOf, judgeEntering, judgeStep, type Business, type Judgement, type Proposal } from './domain.ts'
import {
  existsAnyEntryInForce,
  existsEntryInForce,
  findEntry,
  insertDecisions,
  insertProposal,
  listDecisionsOfListing,
  lockBusiness,
  lockEntry,
  lockProposal,
  updateProposal,
  upsertEntries,
  type ProposalRow,
} from './repository.ts'

/** For who reports what is overdue. */
export { listProposals } from './repository.ts'

export interface NewProposal {
  action: DecisionAction
  list: List
  uscc: string
  groundCode?: string | undefined
  listingId?: string | undefined
  decisionNumber: string
  authority: string
  decidedOn: string
  facts: DecisionFacts
  evidence?: unknown
}

/** Who does something, and when. */
export interface Act {
  /** The partner whose key it is. */
  by: string
  now: Date
}

/**
 * Proposes a decision: the rulebook of the day of decision is asked, and nothing is changed yet.
 * @param history the whole case, where it is more than the decisions about the entry
 * @throws Problem unknown-subject, unknown-listing, ground-not-on-list, not-permitted-by-rulebook, dated-before-entry,
 * dated-in-the-future, already-listed
 */
export async function proposeDecision(
  tx: Tx,
  proposal: NewProposal,
  act: Act,
  history?: readonly CaseEvent[],
): Promise<ProposalRow> {
  const id = uuidv7()
  const listingId = proposal.listingId ?? uuidv7()
  const { judged, groundCode } = await judge(tx, { ...proposal, listingId }, act.now, history)
  const { uscc, action, list, decisionNumber, authority, decidedOn, evidence = null } = proposal
  const row: ProposalRow = {
    ...{
      id,
      status: 'proposed',
      action,
      list,
      uscc,
      listingId,
      groundCode,
      decisionNumber,
      authority,
      decidedOn,
      evidence,
    },
    ...kept(judged),
    history: judged.history,
    proposedBy: act.by,
    proposedAt: act.now.toISOString(),
    settledBy: null,
    settledAt: null,
    rejectionReason: null,
  }
  await insertProposal(tx, row)
  return row
}

function kept({ reportYear, dueOn, facts, rulebook, manualReview }: Judgement) {
  return { reportYear, dueOn, facts, rulebook, manualReview }
}

/**
 * Approves a proposed decision: it is judged again under locks, recorded for ever, and the entry, the feed and whatever
 * else follows change with it in this transaction.
 * @throws Problem unknown-decision, already-decided, same-person, and what `proposeDecision` throws
 */
export async function approveDecision(tx: Tx, id: string, act: Act): Promise<ProposalRow> {
  const proposal = await proposalToSettle(tx, id, act.by)
  const { action, list, uscc, listingId, decisionNumber, authority, decidedOn } = proposal
  const { judged, groundCode, rulebook, business, decisions } = await judge(tx, proposal, act.now, proposal.history)
  const { dueOn, facts, expiresOn, publishedUntil, shown, reportYear } = judged
  const decision: Decision = {
    ...{
      id,
      action,
      list,
      uscc,
      listingId,
      groundCode,
      reportYear,
      decisionNumber,
      authority,
      decidedOn,
      dueOn,
      facts,
    },
    origin: 'staff',
    effectiveOn: decidedOn,
    rulebook: judged.rulebook,
    recordedAt: act.now.toISOString(),
    step: decisions.length + 1,
    ...{ expiresOn, publishedUntil, shown },
  }
  const entry = applyDecision(foldEntry(decisions), decision)
  await insertDecisions(tx, [decision])
  await upsertEntries(tx, [entry])
  const { name, regionCode } = business
  await takeEffect(tx, rulebook, [{ action, on: decidedOn, entry, name, regionCode }], act.now)
  await hideWhatIsOver(tx, rulebook, [{ ...entry, name, regionCode }], dayOf(act.now), act.now)
  return settle(tx, { ...proposal, ...kept(judged) }, { status: 'approved', reason: null }, act)
}

/**
 * Rejects a proposed decision.
 * @throws Problem unknown-decision, already-decided, same-person
 */
export async function rejectDecision(tx: Tx, id: string, reason: string | null, act: Act): Promise<ProposalRow> {
  const proposal = await proposalToSettle(tx, id, act.by)
  return settle(tx, proposal, { status: 'rejected', reason }, act)
}

async function settle(
  tx: Tx,
  proposal: ProposalRow,
  { status, reason }: { status: 'approved' | 'rejected'; reason: string | null },
  { by, now }: Act,
): Promise<ProposalRow> {
  const row = { ...proposal, status, rejectionReason: reason, settledBy: by, settledAt: now.toISOString() }
  await updateProposal(tx, row)
  return row
}

async function proposalToSettle(tx: Tx, id: string, by: string): Promise<ProposalRow> {
  const proposal = await lockProposal(tx, id)
  if (proposal === null) throw new Problem('unknown-decision', problems['unknown-decision'].meaning)
  if (proposal.status !== 'proposed') throw new Problem('already-decided', problems['already-decided'].meaning)
  if (proposal.proposedBy === by) throw new Problem('same-person', problems['same-person'].meaning)
  return proposal
}

/** Judges a decision by what is held now, with business and entry locked until the transaction ends. */
async function judge(
  tx: Tx,
  proposal: Omit<NewProposal, 'groundCode'> & { listingId: string; groundCode?: string | undefined },
  now: Date,
  history?: readonly CaseEvent[],
) {
  assertNotInFuture(proposal.decidedOn, now)
  // The listing of late reporters takes this lock too, so that nobody is entered twice.
  await lockRegistry(tx)
  const business = await businessOrProblem(tx, proposal.uscc)
  const rulebook = await presentRulebook(tx)
  const { listingId, uscc, list } = proposal
  if (proposal.action === 'enter') {
    const groundCode = proposal.groundCode ?? ''
    const judged = judgedBy(() => judgeEntering(rulebook, { ...proposal, groundCode }, business))
    await assertNotListed(tx, { uscc, groundCode, reportYear: judged.reportYear, otherThan: listingId })
    return { judged, groundCode, rulebook, business, decisions: [] }
  }
  const entry = await lockEntry(tx, { id: listingId, uscc })
  if (entry?.list !== list) {
    throw new Problem('unknown-listing', problems['unknown-listing'].meaning)
  }
  const { groundCode, reportYear } = entry
  const decisions = await listDecisionsOfListing(tx, entry)
  const step: Proposal = { ...proposal, groundCode }
  const judged = judgedBy(() => judgeStep(rulebook, step, entry, decisions, history))
  if (proposal.action === 'restore') await assertNotListed(tx, { uscc, groundCode, reportYear, otherThan: listingId })
  return { judged, groundCode, rulebook, business, decisions }
}

/** What is answered, or the refusal of the rulebook as a problem. */
export function judgedBy<Answer>(judge: () => Answer): Answer {
  try {
    return judge()
  } catch (error) {
    throw error instanceof RuleError ? problemOf(error) : error
  }
}

/**
 * The business under a code, locked against other decisions until the transaction ends.
 * @throws Problem unknown-subject
 */
export async function businessOrProblem(tx: Tx, uscc: string): Promise<Business> {
  const business = await lockBusiness(tx, uscc)
  if (business === null) throw new Problem('unknown-subject', problems['unknown-subject'].meaning)
  return business
}

/**
 * Refuses a day that has not come yet in Asia/Shanghai.
 * @throws Problem dated-in-the-future
 */
export function assertNotInFuture(day: string, now: Date): void {
  if (day > dayOf(now)) throw new Problem('dated-in-the-future', problems['dated-in-the-future'].meaning)
}

async function assertNotListed(db: DbOrTx, query: Parameters<typeof existsEntryInForce>[1]): Promise<void> {
  if (await existsEntryInForce(db, query)) throw new Problem('already-listed', problems['already-listed'].meaning)
}

/**
 * The entry of a business.
 * @throws Problem unknown-listing
 */
export async function entryOrProblem(db: DbOrTx, listingId: string) {
  const entry = await findEntry(db, listingId)
  if (entry === null) throw new Problem('unknown-listing', problems['unknown-listing'].meaning)
  return entry
}

/**
 * Refuses a step that is dated before the one it follows.
 * @throws Problem not-in-order
 */
export function assertNotBefore(day: string, earlier: string): void {
  if (day < earlier) throw new Problem('not-in-order', problems['not-in-order'].meaning)
}

/** The case of an entry as the rulebook takes it: the decisions about it, with what was asked for (`events`). */
export async function caseOf(
  db: DbOrTx,
  { id, uscc, list, groundCode, rulebook: version }: Entry,
  events: readonly CaseEvent[],
  on: string,
): Promise<CaseFacts> {
  const decided = historyOf(await listDecisionsOfListing(db, { id, uscc }))
  // The sort is stable: what is asked for on the day of a decision follows on it.
  const history = [...decided, ...events].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
  return { list, groundCode, version, history, on }
}

/**
 * Refuses to end a penalty's publication early for a business that is on a list (45 art 14(4)).
 * @throws Problem not-permitted-by-rulebook
 */
export async function assertNotOnAnyList(db: DbOrTx, uscc: string): Promise<void> {
  if (!(await existsAnyEntryInForce(db, uscc))) return
  throw problemOf(
    new RuleError(
      'not-permitted',
      { zh: '该主体仍在名单上。', en: 'The business is on a list.' },
      { zh: '《市场监督管理行政处罚信息公示规定》第十四条第（四）项', en: 'Order 45 art 14(4)' },
    ),
  )
}
