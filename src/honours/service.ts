import { v7 as uuidv7 } from 'uuid'
import { appendEvents } from '../feed/service.ts'
import { assertNotInFuture, businessOrProblem, type Act } from '../listings/decisions/service.ts'
import type { Tx } from '../platform/db.ts'
import { Problem, problems } from '../platform/problem.ts'
import { insertHonour } from './repository.ts'
import type { Honour } from './schemas.ts'

/**
 * Records an honour and tells the feed of it.
 * @throws Problem unknown-subject, dated-in-the-future, not-in-order, already-recorded
 */
export async function awardHonour(
  tx: Tx,
  given: Pick<Honour, 'uscc' | 'title' | 'authority' | 'awardedOn'> & { validUntil?: string | null | undefined },
  { by, now }: Act,
): Promise<Honour> {
  const { uscc, title, authority, awardedOn, validUntil = null } = given
  assertNotInFuture(awardedOn, now)
  if (validUntil !== null && validUntil < awardedOn) throw new Problem('not-in-order', problems['not-in-order'].meaning)
  const { name, regionCode } = await businessOrProblem(tx, uscc)
  const recordedAt = now.toISOString()
  const honour: Honour = { id: uuidv7(), uscc, title, authority, awardedOn, validUntil, recordedBy: by, recordedAt }
  if (!(await insertHonour(tx, honour))) throw new Problem('already-recorded', problems['already-recorded'].meaning)
  await appendEvents(tx, [
    {
      id: uuidv7(),
      type: 'honour.awarded',
      key: `honour:${honour.id}`,
      uscc,
      list: null,
      regionCode,
      occurredAt: recordedAt,
      data: { id: honour.id, name, regionCode, title, authority, awardedOn, validUntil },
    },
  ])
  return honour
}
