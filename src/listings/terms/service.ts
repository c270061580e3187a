import { v7 as uuidv7 } from 'uuid'
import { presentRulebook } from '../../law/service.ts'
import type { Db, Tx } from '../../platform/db.ts'
import { judgeCase } from '../../rulebook/case.ts'
import { groundInForce, versionInForce } from '../../rulebook/grounds.ts'
import { addDays, addYears } from '../../rulebook/plain-date.ts'
import type { Rulebook } from '../../rulebook/rulebook.ts'
import { dueDayOf, historyOf } from '../decisions/domain.ts'
import { insertDecisions, listDecisionsOfListings, upsertEntries } from '../decisions/repository.ts'
import { applyDecision, type Decision, type Entry } from '../domain.ts'
import { takeEffect, tellEndOfPublication } from '../effects.ts'
import { groupByListing } from '../projection.ts'
import { seriesOf } from '../late-reporters.ts'
import {
  insertNotices,
  listUsccsInForce,
  lockAbnormalEntries,
  lockExpiredEntries,
  lockEntriesToHide,
  takeNumbers,
  updateShown,
  type NamedEntry,
} from './repository.ts'

export interface JobOptions {
  db: Db
  on: string
  now: () => Date
  signal?: AbortSignal | undefined
  onProgress?: ((counts: object) => void | Promise<void>) | undefined
}

const chunkSize = 1000

/**
 * Works through rows in order of id, a transaction a chunk: `step` locks the rows after an id, does what is to be done with
 * them and answers them. A run that is killed is completed by the next, since what is done is no longer found.
 */
async function inChunks<Counts extends object>(
  { db, signal, onProgress }: JobOptions,
  counts: Counts,
  step: (tx: Tx, after: string | null) => Promise<readonly { id: string }[]>,
): Promise<Counts> {
  let after: string | null = null
  for (;;) {
    signal?.throwIfAborted()
    const from = after
    const rows: readonly { id: string }[] = await db.transaction((tx) => step(tx, from))
    await onProgress?.(counts)
    if (rows.length < chunkSize) return counts
    after = rows.at(-1)?.id ?? null
  }
}

/**
 * Removes entries whose term is over, where the rules let them end by themselves (令44 art 21): with effect from the day on
 * which the term ended, also when the run comes later. Others are left to people, and counted.
 */
export async function expireTerms(options: JobOptions): Promise<{ expired: number; leftToPeople: number }> {
  const rulebook = await presentRulebook(options.db)
  const counts = { expired: 0, leftToPeople: 0 }
  return inChunks(options, counts, async (tx, after) => {
    const entries = await lockExpiredEntries(tx, options.on, after, chunkSize)
    const lives = await livesOf(tx, entries)
    const ending = entries.flatMap((entry) => {
      const decisions = lives.get(entry.id) ?? []
      const endsOn = entry.expiresOn ?? options.on
      const last = decisions.at(-1)?.effectiveOn ?? ''
      const facts = caseFacts(entry, decisions, options.on)
      const isAutomatic = judgeCase(rulebook, facts).exitPolicy === 'auto' && endsOn >= last
      return isAutomatic ? [{ entry, decisions, endsOn }] : []
    })
    counts.expired += ending.length
    counts.leftToPeople += entries.length - ending.length
    await removeEntries(tx, rulebook, ending, { reason: 'term-over', summary: '列入期限届满' }, options.now())
    return entries
  })
}

function caseFacts({ list, groundCode, rulebook: version }: Entry, decisions: readonly Decision[], on: string) {
  return { list, groundCode, version, history: historyOf(decisions), on }
}

async function livesOf(tx: Tx, entries: readonly Entry[]): Promise<Map<string, Decision[]>> {
  return groupByListing(await listDecisionsOfListings(tx, entries))
}

interface Ending {
  entry: NamedEntry
  decisions: readonly Decision[]
  endsOn: string
}

/** Removes entries by decisions of a job, in this transaction. */
async function removeEntries(
  tx: Tx,
  rulebook: Rulebook,
  endings: readonly Ending[],
  facts: { reason: 'term-over' | 'entered-on-serious-list'; summary: string },
  now: Date,
): Promise<void> {
  if (endings.length === 0) return
  const seriesName = (on: string) => `移出决〔${on.slice(0, 4)}〕`
  const [first] = endings
  const series = seriesName(first?.endsOn ?? '')
  const before = await takeNumbers(tx, series, endings.length)
  const made = endings.map(({ entry, decisions, endsOn }, i) => {
    const history = [...historyOf(decisions), { action: 'remove' as const, on: endsOn }]
    const { publishedUntil, isPublic } = judgeCase(rulebook, { ...caseFacts(entry, decisions, endsOn), history })
    const decision: Decision = {
      ...decisionOf(entry, `${series}${before + i + 1}号`, endsOn, now),
      ...{ action: 'remove', facts, step: decisions.length + 1, expiresOn: null, publishedUntil, shown: isPublic },
      rulebook: entry.rulebook,
    }
    return {
      decision,
      change: {
        action: 'remove' as const,
        on: endsOn,
        entry: withoutName(applyDecision(entry, decision)),
        ...nameOf(entry),
      },
    }
  })
  await record(tx, rulebook, made, now)
}

async function record(
  tx: Tx,
  rulebook: Rulebook,
  made: readonly { decision: Decision; change: Parameters<typeof takeEffect>[2][number] }[],
  now: Date,
): Promise<void> {
  await insertDecisions(
    tx,
    made.map(({ decision }) => decision),
  )
  await upsertEntries(
    tx,
    made.map(({ change }) => change.entry),
  )
  await takeEffect(
    tx,
    rulebook,
    made.map(({ change }) => change),
    now,
  )
}

function decisionOf(
  { list, uscc, id, groundCode, reportYear, authority }: Entry,
  decisionNumber: string,
  on: string,
  now: Date,
) {
  return {
    ...{
      id: uuidv7(),
      origin: 'job' as const,
      list,
      uscc,
      listingId: id,
      groundCode,
      reportYear,
      authority,
      decisionNumber,
    },
    ...{ decidedOn: on, effectiveOn: on, dueOn: null, recordedAt: now.toISOString() },
  }
}

function nameOf({ name, regionCode }: NamedEntry) {
  return { name, regionCode }
}

function withoutName(entry: Entry & { name?: string; regionCode?: string }): Entry {
  const { name: _name, regionCode: _region, ...rest } = entry
  return rest
}

/**
 * Tells the feed of entries that may no longer be shown by the rules of the day `on`: their publication period is over, or
 * they ended and a later rule takes ended ones from view (rulebook 2.8, 3.7).
 */
export async function endPublication(options: JobOptions): Promise<{ ended: number }> {
  const { on } = options
  const rulebook = await presentRulebook(options.db)
  const counts = { ended: 0 }
  return inChunks(options, counts, async (tx, after) => {
    const entries = await lockEntriesToHide(tx, on, after, chunkSize)
    counts.ended += await hideWhatIsOver(tx, rulebook, entries, on, options.now())
    return entries
  })
}

/**
 * Takes those of these entries from view that may not be shown by the rules of the day `on`, and tells the feed, in this
 * transaction. Also for who records a decision late, so that no copy shows what is over until the job runs.
 * @returns how many
 */
export async function hideWhatIsOver(
  tx: Tx,
  rulebook: Rulebook,
  entries: readonly NamedEntry[],
  on: string,
  now: Date,
): Promise<number> {
  const lives = await livesOf(tx, entries)
  const ended = entries.filter((entry) => {
    const judged = judgeCase(rulebook, caseFacts(entry, lives.get(entry.id) ?? [], on))
    // Where later rules leave open how an entry ends, the period holds that was told when it was decided.
    const publishedUntil = judged.publishedUntil ?? entry.publishedUntil
    return entry.shown && publishedUntil !== null && publishedUntil < on
  })
  if (ended.length === 0) return 0
  await updateShown(
    tx,
    ended.map(({ id }) => id),
  )
  await tellEndOfPublication(
    tx,
    ended.map((entry) => ({ entry: withoutName(entry), ...nameOf(entry) })),
    now,
  )
  return ended.length
}

/**
 * Gives the notice of the coming promotion, within the 60 days before the third anniversary of an entry (令68 art 15), for
 * days on which there was one: until 2024-04-30.
 */
export async function sendSixtyDayNotices(options: JobOptions): Promise<{ noticed: number }> {
  const { on } = options
  const counts = { noticed: 0 }
  const rulebook = await presentRulebook(options.db)
  if (!promotionExists(rulebook, on)) return counts
  // The anniversary is to come, and its 60 days have begun.
  const query = { from: addDays(addYears(on, -3), 1), to: addYears(addDays(on, 60), -3), noticed: false }
  return inChunks(options, counts, async (tx, after) => {
    const entries = await lockAbnormalEntries(tx, { ...query, after, limit: chunkSize })
    // Also where the rule is repealed before the anniversary: the notice stays as history (rulebook 3.7).
    const notices = entries.map(({ id: listingId, uscc, listedOn }) => ({
      ...{ listingId, uscc, noticedOn: on, anniversaryOn: addYears(listedOn, 3) },
    }))
    await insertNotices(tx, notices, options.now())
    counts.noticed += notices.length
    return entries
  })
}

/** Whether an entry of the abnormal list was promoted after three years on that day (条例 2014 art 17(2)). */
function promotionExists(rulebook: Rulebook, on: string): boolean {
  return rulebook.steps.some(({ code, from, to }) => code === 'ABN-3Y' && from <= on && (to === null || on <= to))
}

/** The ground of promotion, by the version of the day (rulebook 3.1): Order 83 while it was in force, else the Regulation. */
function groundOfPromotion(rulebook: Rulebook, on: string): string | null {
  return ['SER-83-5-1', 'SER-TL14-17-2'].find((code) => groundInForce(rulebook, code, on) !== null) ?? null
}

/**
 * Enters on the serious-violator list the enterprises that stayed on the abnormal list for three years, had their notice
 * and did not do their duty (条例 2014 art 17(2); 令83 arts 5(1) and 8), and closes the entry that led there. Only for days
 * on which that rule was in force: after 2024-04-30 nobody is promoted, whenever the entry was made.
 */
export async function promoteToSerious(
  options: JobOptions,
): Promise<{ promoted: number; alreadyListed: number; groundCode: string | null }> {
  const { on } = options
  const rulebook = await presentRulebook(options.db)
  const groundCode = promotionExists(rulebook, on) ? groundOfPromotion(rulebook, on) : null
  const counts = { promoted: 0, alreadyListed: 0, groundCode }
  if (groundCode === null) return counts
  const query = { from: '2014-10-01', to: addYears(on, -3), noticed: true }
  return inChunks(options, counts, async (tx, after) => {
    const entries = await lockAbnormalEntries(tx, { ...query, after, limit: chunkSize })
    const lives = await livesOf(tx, entries)
    const listed = new Set(
      await listUsccsInForce(
        tx,
        groundCode,
        entries.map(({ uscc }) => uscc),
      ),
    )
    const promoted: NamedEntry[] = []
    for (const entry of entries) {
      if (listed.has(entry.uscc)) counts.alreadyListed += 1
      else promoted.push(entry)
      // An enterprise on the abnormal list for several reasons is promoted once.
      listed.add(entry.uscc)
    }
    await removeEntries(
      tx,
      rulebook,
      entries.map((entry) => ({ entry, decisions: lives.get(entry.id) ?? [], endsOn: on })),
      { reason: 'entered-on-serious-list', summary: '列入满三年，转入严重违法失信企业名单' },
      options.now(),
    )
    await enterPromoted(tx, rulebook, promoted, { on, groundCode }, options.now())
    counts.promoted += promoted.length
    return entries
  })
}

async function enterPromoted(
  tx: Tx,
  rulebook: Rulebook,
  promoted: readonly NamedEntry[],
  { on, groundCode }: { on: string; groundCode: string },
  now: Date,
): Promise<void> {
  if (promoted.length === 0) return
  const list = 'serious-violator'
  const version = versionInForce(rulebook, list, on)?.code ?? ''
  const series = seriesOf(on).replace('经异列', '严失列')
  const before = await takeNumbers(tx, series, promoted.length)
  const made = promoted.map((abnormal, i) => {
    const anniversaryOn = addYears(abnormal.listedOn, 3)
    const history = [{ action: 'due' as const, on: anniversaryOn }]
    const entered = [...history, { action: 'enter' as const, on }]
    const { expiresOn, publishedUntil, isPublic } = judgeCase(rulebook, { list, groundCode, history: entered, on })
    const decision: Decision = {
      ...decisionOf(abnormal, `${series}${before + i + 1}号`, on, now),
      ...{ action: 'enter', list, groundCode, listingId: uuidv7(), reportYear: null, rulebook: version, step: 1 },
      ...{ expiresOn, publishedUntil, shown: isPublic },
      dueOn: dueDayOf(rulebook, { action: 'enter', list, groundCode, decidedOn: on }, history),
      facts: { establishedOn: anniversaryOn, abnormalListingId: abnormal.id },
    }
    return {
      decision,
      change: { action: 'enter' as const, on, entry: applyDecision(null, decision), ...nameOf(abnormal) },
    }
  })
  await record(tx, rulebook, made, now)
}
