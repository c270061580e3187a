import { v7 as uuidv7 } from 'uuid'
import { appendEvents } from '../../src/feed/service.ts'
import type { PendingEvent } from '../../src/feed/domain.ts'
import type { List } from '../../src/listings/vocabulary.ts'
import type { Db } from '../../src/platform/db.ts'
import { upsertEntries } from '../../src/listings/decisions/repository.ts'
import { madeUpUscc } from '../support/businesses.ts'

/** An entry as the log tells it, made without the procedure that leads to one. */
export interface MadeUpEntry {
  id: string
  list: List
  uscc: string
  name: string
  regionCode: string
}

type Type = Extract<PendingEvent['type'], 'listing.entered' | 'listing.removed' | 'listing.revoked'>

/** Commits what the log is told of an entry: entered, removed and no longer shown, or void from the start. */
export async function tellOfEntry(db: Db, entry: MadeUpEntry, type: Type = 'listing.entered'): Promise<void> {
  const { id, list, name, regionCode, uscc } = entry
  const status = type === 'listing.entered' ? 'in-force' : type === 'listing.removed' ? 'removed' : 'revoked'
  const data =
    type === 'listing.revoked'
      ? { id, list, status, name, regionCode, shown: false }
      : {
          id,
          list,
          status,
          ground: { code: list === 'abnormal' ? 'ABN-68-4-1' : 'SER-44-5-1', label: '示例', article: '示例' },
          reportYear: null,
          name,
          regionCode,
          shown: status === 'in-force',
        }
  await db.transaction((tx) =>
    appendEvents(tx, [
      {
        id: uuidv7(),
        type,
        key: `listing:${id}`,
        uscc,
        list,
        regionCode,
        occurredAt: '2026-11-25T02:00:00.000Z',
        data,
      },
    ]),
  )
}

/** Puts a made-up business on a list: its entry, and the event that tells of it. */
export async function enterOnList(
  db: Db,
  number: number,
  list: List,
  fields: Partial<MadeUpEntry> & { listedOn?: string } = {},
): Promise<MadeUpEntry> {
  const { listedOn = '2026-11-25', ...given } = fields
  const entry = {
    id: uuidv7(),
    list,
    uscc: madeUpUscc(number),
    name: `虚构省示例${number}号贸易有限公司`,
    regionCode: '999900',
    ...given,
  }
  await db.transaction((tx) =>
    upsertEntries(tx, [
      {
        id: entry.id,
        list,
        uscc: entry.uscc,
        groundCode: list === 'abnormal' ? 'ABN-68-4-1' : 'SER-44-5-1',
        reportYear: null,
        authority: '虚构省市场监督管理局',
        decisionNumber: `虚构〔2026〕${number}`,
        listedOn,
        status: 'in-force',
        expiresOn: null,
        removedOn: null,
        removalReason: null,
        removalDecisionNumber: null,
        rulebook: list === 'abnormal' ? 'RV-ABN-2025' : 'RV-SER-2024',
        restartedOn: null,
        publishedUntil: null,
        shown: true,
      },
    ]),
  )
  await tellOfEntry(db, entry)
  return entry
}
