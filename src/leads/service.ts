import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../platform/db.ts'
import { Problem, problems } from '../platform/problem.ts'
import { contradictionsIn, leadChanges, type Lead } from './domain.ts'
import {
  findLead,
  findStatements,
  insertLeads,
  listStandingLeads,
  listSuspects,
  updateClosed,
  updateGone,
  updateLeads,
} from './repository.ts'

/**
 * Looks for contradictions in what is said of these addresses and businesses now, in the transaction that changed it:
 * opens a lead for each that is new, and closes those whose contradiction is gone. The caller holds the lock of the
 * registry.
 */
export async function reviewLeads(
  tx: Tx,
  touched: { usccs: ReadonlySet<string>; keys: ReadonlySet<string> },
  now: Date,
): Promise<void> {
  if (touched.usccs.size === 0 && touched.keys.size === 0) return
  const about = { keys: [...touched.keys], usccs: [...touched.usccs] }
  const suspects = await listSuspects(tx, about)
  const standing = await listStandingLeads(tx, about)
  const isQuiet = suspects.keys.length === 0 && suspects.usccs.length === 0
  const found = isQuiet
    ? []
    : contradictionsIn(await findStatements(tx, suspects), {
        keys: new Set(suspects.keys),
        usccs: new Set(suspects.usccs),
      })
  const { opened, refreshed, gone } = leadChanges(standing, found)
  await updateGone(tx, gone, now)
  await updateLeads(tx, refreshed, now)
  await insertLeads(
    tx,
    opened.map((contradiction) => ({ ...contradiction, id: uuidv7() })),
    now,
  )
}

/**
 * Closes a lead by a person, with the reason. It is opened anew only when something new has come to it.
 * @throws Problem unknown-lead, already-decided for one that is closed
 */
export async function closeLead(
  tx: Tx,
  id: string,
  { reason, by, now }: { reason: string; by: string; now: Date },
): Promise<Lead> {
  const closed = await updateClosed(tx, id, { by, reason, now })
  const lead = await findLead(tx, id)
  if (lead === null) throw new Problem('unknown-lead', problems['unknown-lead'].meaning)
  if (!closed) throw new Problem('already-decided', problems['already-decided'].meaning)
  return lead
}
