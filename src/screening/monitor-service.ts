import { v7 as uuidv7 } from 'uuid'
import { lists, type List } from '../listings/vocabulary.ts'
import type { DbOrTx, Tx } from '../platform/db.ts'
import { Problem, problems } from '../platform/problem.ts'
import type { Candidate } from './domain.ts'
import { memberOf } from './monitor-domain.ts'
import {
  deleteMember,
  deleteMonitor,
  findMonitor,
  insertMonitor,
  lockMonitor,
  updateMemberCount,
  upsertMembers,
  type Monitor,
} from './monitor-repository.ts'
import { defaultThreshold } from './schemas.ts'

const maxMembers = 1_000_000

/** Makes a monitor without members. */
export async function createMonitor(
  tx: Tx,
  partnerId: string,
  request: { name: string; lists?: List[] | undefined; threshold?: number | undefined },
  now: Date,
): Promise<Monitor> {
  const monitor: Monitor = {
    id: uuidv7(),
    name: request.name,
    lists: [...new Set(request.lists ?? lists)],
    threshold: request.threshold ?? defaultThreshold,
    memberCount: 0,
    createdAt: now.toISOString(),
  }
  await insertMonitor(tx, partnerId, monitor)
  return monitor
}

/** @throws Problem unknown-monitor, also for another partner's */
export async function readMonitor(db: DbOrTx, partnerId: string, id: string): Promise<Monitor> {
  return known(await findMonitor(db, partnerId, id))
}

/** Deletes a monitor with its members and alerts. @throws Problem unknown-monitor */
export async function removeMonitor(tx: Tx, partnerId: string, id: string): Promise<void> {
  known(await findMonitor(tx, partnerId, id))
  await deleteMonitor(tx, id)
}

export interface TakenMembers {
  added: number
  memberCount: number
}

/**
 * Adds members to a monitor, or changes those with the same ref (of two with one ref in a call the last counts). They are
 * looked at soon afterwards, and what is found is an alert.
 * @throws Problem unknown-monitor, monitor-full
 */
export async function putMembers(
  tx: Tx,
  partnerId: string,
  id: string,
  candidates: readonly Candidate[],
): Promise<TakenMembers> {
  const monitor = known(await lockMonitor(tx, partnerId, id))
  const byRef = new Map(candidates.map((candidate) => [candidate.ref, candidate]))
  // In order of ref, as the worker takes them, so that neither waits for the other.
  const members = [...byRef.values()].map(memberOf).sort((a, b) => (a.ref < b.ref ? -1 : 1))
  const added = await upsertMembers(tx, id, members)
  const memberCount = monitor.memberCount + added
  if (memberCount > maxMembers) throw new Problem('monitor-full', problems['monitor-full'].meaning)
  if (added > 0) await updateMemberCount(tx, id, added)
  return { added, memberCount }
}

/** Removes a member. @throws Problem unknown-monitor, also when there is no such member */
export async function removeMember(tx: Tx, partnerId: string, id: string, ref: string): Promise<void> {
  known(await lockMonitor(tx, partnerId, id))
  if (!(await deleteMember(tx, id, ref))) throw unknown()
  await updateMemberCount(tx, id, -1)
}

function known(monitor: Monitor | null): Monitor {
  if (monitor === null) throw unknown()
  return monitor
}

const unknown = () => new Problem('unknown-monitor', problems['unknown-monitor'].meaning)
