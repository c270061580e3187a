import type { CaseEvent } from '../rulebook/course.ts'
import type { ObjectionStatus } from './vocabulary.ts'

/** An objection and how far it has come. */
export interface Objection {
  id: string
  listingId: string
  uscc: string
  status: ObjectionStatus
  filedOn: string
  statement: string
  evidence: unknown
  /** Why one that was filed late is taken all the same. */
  overrideReason: string | null
  answeredOn: string | null
  answerReason: string | null
  decidedOn: string | null
  decisionReason: string | null
  decisionId: string | null
  filedBy: string
  answeredBy: string | null
  decidedBy: string | null
  recordedAt: string
  changedAt: string
}

/** What an objection adds to the case of its entry (rulebook 3.5). */
export function eventsOfObjection({ status, filedOn, answeredOn, decidedOn }: Objection): CaseEvent[] {
  const events: CaseEvent[] = [{ action: 'object', on: filedOn }]
  if (answeredOn !== null) events.push({ action: status === 'refused' ? 'refuse' : 'accept', on: answeredOn })
  if (decidedOn !== null && status !== 'accepted') {
    events.push({ action: status === 'rejected' ? 'refuse' : 'uphold', on: decidedOn })
  }
  return events
}
