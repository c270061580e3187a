import type { Tx } from '../platform/db.ts'
import { findPresence, updatePresence, type CheckedPresence } from './presence-repository.ts'
import { listSubjectsByCodes, lockRegistry, updateDisputes } from './repository.ts'
import { appendSubjectChanges } from './changes.ts'
import type { LicenceDisplay, WebPresenceStatus } from './vocabulary.ts'

/** What checks establish of a site: it answers, it has not for days, or nobody runs it any more. */
export type PresenceReach = 'answers' | 'unreachable' | 'retired'

/** What checks of a web presence have established; null for what they leave as it is. */
export interface PresenceCheck {
  webPresenceId: string
  reach: PresenceReach | null
  licenceDisplay: LicenceDisplay | null
}

/**
 * The status of a web presence after a check. Who claims it is told by claims alone, so a dispute stays, and so does what
 * its business has given up.
 */
function statusAfter(held: WebPresenceStatus, reach: PresenceReach | null): WebPresenceStatus {
  if (reach === null || held === 'disputed' || held === 'retired') return held
  return reach === 'answers' ? 'active' : reach
}

/** Whether a check would change a row; for callers that hold no lock, as far as they know. */
export function changesPresence(
  held: Pick<CheckedPresence, 'status' | 'licenceDisplay'>,
  { reach, licenceDisplay }: Pick<PresenceCheck, 'reach' | 'licenceDisplay'>,
): boolean {
  return (
    statusAfter(held.status, reach) !== held.status ||
    (licenceDisplay !== null && licenceDisplay !== held.licenceDisplay)
  )
}

/**
 * Takes what checks established into the registry, with the event, inside the caller's transaction. It is the only way by
 * which `unreachable` and the display of the licence come about.
 * @returns what the web presence is from now on; null when nothing of it changed or it is held no more
 */
export async function takePresenceCheck(
  tx: Tx,
  check: PresenceCheck,
  now: Date,
): Promise<Pick<CheckedPresence, 'status' | 'licenceDisplay'> | null> {
  await lockRegistry(tx)
  const held = await findPresence(tx, check.webPresenceId)
  if (held === null || !changesPresence(held, check)) return null
  const next = {
    status: statusAfter(held.status, check.reach),
    licenceDisplay: check.licenceDisplay ?? held.licenceDisplay,
  }
  await updatePresence(tx, check.webPresenceId, next)
  // While it was unreachable nobody asked who else claims it. A platform's own address claims nothing.
  const isClaim = held.platform === null || held.key !== held.host
  const disputed = next.status === 'active' && isClaim ? await updateDisputes(tx, [held.key]) : []
  const usccs = [...new Set([held.uscc, ...disputed])]
  await appendSubjectChanges(
    tx,
    (await listSubjectsByCodes(tx, { usccs, registrationNumbers: [] }))
      .filter(({ uscc }) => uscc !== null && usccs.includes(uscc))
      .map((subject) => ({ subject, changed: ['webPresences'] })),
    now,
  )
  return disputed.includes(held.uscc) ? { ...next, status: 'disputed' } : next
}
