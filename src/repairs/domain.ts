import type { CaseEvent } from '../rulebook/course.ts'
import type { RepairStatus } from './vocabulary.ts'

/** An application for credit repair and how far it has come. */
export interface Repair {
  id: string
  /** The entry or the penalty that is to end: one of the two. */
  listingId: string | null
  penaltyId: string | null
  uscc: string
  status: RepairStatus
  filedOn: string
  statement: string
  documents: unknown
  answeredOn: string | null
  answerReason: string | null
  decidedOn: string | null
  decisionReason: string | null
  cancelledOn: string | null
  cancellationReason: string | null
  decisionId: string | null
  restorationId: string | null
  filedBy: string
  answeredBy: string | null
  decidedBy: string | null
  recordedAt: string
  changedAt: string
}

/** What an application adds to the case of its entry, up to the exit that a decision grants (rulebook 3.4). */
export function eventsOfRepair({ status, filedOn, answeredOn, decidedOn }: Repair): CaseEvent[] {
  const events: CaseEvent[] = [{ action: 'apply', on: filedOn }]
  if (answeredOn !== null) events.push({ action: status === 'not-accepted' ? 'refuse' : 'accept', on: answeredOn })
  if (decidedOn !== null && status === 'refused') events.push({ action: 'refuse', on: decidedOn })
  return events
}
