import { v7 as uuidv7 } from 'uuid'
import type { Db, Tx } from '../platform/db.ts'
import type { Clock } from '../platform/clock.ts'
import { changeOf, standsOtherwise } from './monitor-domain.ts'
import {
  existsMonitorWork,
  findReaderPosition,
  insertAlerts,
  listMembers,
  listMembersToScreen,
  listTouchedMembers,
  tryLockMonitors,
  updateReaderPosition,
  updateScreenedMembers,
  type NewAlert,
  type ScreenedMember,
  type WatchedMember,
} from './monitor-repository.ts'
import { publishAlerts, type QueueAlerts, type RaisedAlert } from './monitor-alerts.ts'
import { tellingPairs } from './names.ts'
import { listListingEvents } from './repository.ts'
import type { Screener } from './screener.ts'

const batchSize = 1000

interface Worker {
  db: Db
  clock: Clock
  screener: Screener
  /** Told of alerts as they are raised. */
  queueAlerts?: QueueAlerts | undefined
}

/**
 * Does what there is to do for the monitors of all partners: looks at new and changed members, then reads the log on and
 * looks at the members that it touches. One process at a time does (the lock belongs to the transaction), and what it found
 * commits with the position up to which it has read: a crash repeats a page and raises nothing twice.
 * @returns how many members were looked at
 */
export async function runMonitors(worker: Worker): Promise<number> {
  let looked = 0
  while (await existsMonitorWork(worker.db)) {
    const done = await worker.db.transaction(async (tx) => {
      if (!(await tryLockMonitors(tx))) return null
      const fresh = await listMembersToScreen(tx, batchSize)
      if (fresh.length === 0) return readPage(tx, worker)
      await findReaderPosition(tx)
      await look(tx, worker, fresh)
      return fresh.length
    })
    // Another process is at it.
    if (done === null) break
    looked += done
  }
  return looked
}

/** Reads the next page of the log and looks at the members that it touches. */
async function readPage(tx: Tx, worker: Worker): Promise<number> {
  const position = await findReaderPosition(tx)
  const { events, next } = await listListingEvents(tx, position, batchSize)
  await worker.screener.refresh(tx)
  const change = changeOf(events, (uscc) => worker.screener.listedNamesOf(uscc))
  const touched = change.usccs.length > 0 ? await listTouchedMembers(tx, { ...change, position: next }) : []
  for (let i = 0; i < touched.length; i += batchSize) {
    await look(tx, worker, await listMembers(tx, touched.slice(i, i + batchSize)))
  }
  await updateReaderPosition(tx, next)
  return touched.length
}

/** Screens members, each by its monitor's settings, and raises an alert for each that stands otherwise than before. */
async function look(
  tx: Tx,
  { screener, clock, queueAlerts }: Worker,
  members: readonly WatchedMember[],
): Promise<void> {
  const raisedAt = clock.now().toISOString()
  for (const alike of groupBySettings(members)) {
    const [{ lists, threshold }] = alike
    const candidates = alike.map(({ ref, candidate }) => ({ ref, ...candidate }))
    const { position, judgements } = await screener.screen(tx, candidates, { lists, threshold, on: null, all: false })
    const screened: ScreenedMember[] = []
    const alerts: (NewAlert & RaisedAlert)[] = []
    alike.forEach((member, i) => {
      const judgement = judgements[i]
      if (judgement === undefined) return
      const { ref, ...result } = judgement.result
      const { monitorId, partnerId, candidate } = member
      const namePairs = judgement.looksForName && candidate.name !== undefined ? tellingPairs(candidate.name) : []
      screened.push({ monitorId, ref, owner: judgement.ownerUscc, namePairs, result })
      if (!standsOtherwise(member.result, result)) return
      const before = member.result?.decision ?? null
      alerts.push({ id: uuidv7(), monitorId, partnerId, ref, position, raisedAt, before, result })
    })
    await updateScreenedMembers(tx, screened, position)
    if (alerts.length > 0) await insertAlerts(tx, alerts)
    if (queueAlerts !== undefined) await publishAlerts(tx, alerts, queueAlerts)
  }
}

function groupBySettings(members: readonly WatchedMember[]): [WatchedMember, ...WatchedMember[]][] {
  const groups = new Map<string, [WatchedMember, ...WatchedMember[]]>()
  for (const member of members) {
    const key = `${member.lists.join()} ${member.threshold}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [member])
    else group.push(member)
  }
  return [...groups.values()]
}
