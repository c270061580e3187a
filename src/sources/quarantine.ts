import type { Tx } from '../platform/db.ts'
import { Problem, problems } from '../platform/problem.ts'
import { takers } from './collection.ts'
import { findQuarantinedForUpdate, updateSettled, updateRefusedAgain } from './repository.ts'
import type { QuarantineItem, RetriedRecord } from './schemas.ts'

/** Who settles a record of the quarantine, when and why. */
interface Act {
  by: string
  now: Date
}

/**
 * Tries a record of the quarantine again, as it came or as a person has put it right. The correction is kept beside what
 * came. When it is refused again the record stays, with what is wrong now.
 * @throws Problem unknown-quarantined-record, already-decided
 */
export async function retryQuarantined(
  tx: Tx,
  id: string,
  given: { record?: unknown; reason?: string | undefined },
  { by, now }: Act,
): Promise<RetriedRecord> {
  const held = await openOrProblem(tx, id)
  const corrected = given.record !== undefined
  const raw = corrected ? given.record : held.raw
  const { refused } = await takers[held.collection](tx, [raw], now)
  const [fault] = refused
  if (fault === undefined) {
    const item = await updateSettled(tx, id, {
      status: 'resolved',
      correction: corrected ? JSON.stringify(raw) : null,
      by,
      reason: given.reason ?? null,
      now,
    })
    return { taken: true, reason: null, detail: null, item }
  }
  const { reason, detail } = fault
  // What is wrong with an attempt to put it right says nothing of what came.
  const item = corrected ? held : await updateRefusedAgain(tx, id, { reason, detail })
  return { taken: false, reason, detail, item }
}

/**
 * Throws a record of the quarantine away; it stays discarded when it comes again.
 * @throws Problem unknown-quarantined-record, already-decided
 */
export async function discardQuarantined(
  tx: Tx,
  id: string,
  { reason }: { reason: string },
  { by, now }: Act,
): Promise<QuarantineItem> {
  await openOrProblem(tx, id)
  return updateSettled(tx, id, { status: 'discarded', correction: null, by, reason, now })
}

async function openOrProblem(tx: Tx, id: string): Promise<QuarantineItem> {
  const held = await findQuarantinedForUpdate(tx, id)
  if (held === null) {
    throw new Problem('unknown-quarantined-record', problems['unknown-quarantined-record'].meaning)
  }
  if (held.status !== 'open') throw new Problem('already-decided', problems['already-decided'].meaning)
  return held
}
