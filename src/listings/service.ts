import { v7 as uuidv7 } from 'uuid'
import { appendEvents } from '../feed/service.ts'
import type { Db, Tx } from '../platform/db.ts'
import { presentRulebook } from '../law/service.ts'
import { lockRegistry } from '../registry/service.ts'
import { closedWindow, type ReportingWindow } from '../rulebook/annual-report.ts'
import { groundOfVersion } from '../rulebook/grounds.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import { usccsInQuarantine } from '../sources/service.ts'
import { entryOf, judgeLateReporter, type EnterDecision, type Entry, type LateReporter } from './domain.ts'
import { countWithoutUscc, insertEnterDecisions, insertEntries, listWithoutReport } from './repository.ts'

export interface LateReporterCounts {
  /** The year whose report is missing; null when no window has closed yet in the year of the run. */
  reportYear: number | null
  windowClosedOn: string | null
  /** Last day on which entering is in time, and whether the run is later than it. */
  listBy: string | null
  listByIsProvisional: boolean
  late: boolean
  examined: number
  entered: number
  /** Who filed nothing and was not entered, by reason. */
  notEntered: Record<string, number>
}

const chunkSize = 2000

/**
 * Enters the businesses that filed no annual report in the window that closed in the year of `on` on the abnormal list.
 * Chunks commit one by one, each with its decisions, entries and events together; a run that is killed is completed by
 * the next, which enters nobody twice.
 */
export async function listLateReporters(options: {
  db: Db
  on: string
  now: () => Date
  signal?: AbortSignal | undefined
  /** A last look before anybody is entered; what it throws stops the run. */
  beforeEntering?: ((window: ReportingWindow) => Promise<void>) | undefined
  onProgress?: ((counts: LateReporterCounts) => void | Promise<void>) | undefined
}): Promise<LateReporterCounts> {
  const { db, on } = options
  const rulebook = await presentRulebook(db)
  const window = closedWindow(rulebook, on)
  const counts: LateReporterCounts = {
    reportYear: window?.reportYear ?? null,
    windowClosedOn: window?.closesOn ?? null,
    listBy: window?.listBy.on ?? null,
    listByIsProvisional: window?.listBy.provisional ?? false,
    late: window?.listBy.on != null && on > window.listBy.on,
    examined: 0,
    entered: 0,
    notEntered: {},
  }
  if (window === null) return counts
  await options.beforeEntering?.(window)
  let after = ''
  for (;;) {
    options.signal?.throwIfAborted()
    const last = await db.transaction(async (tx) => listChunk(tx, rulebook, window, on, after, options.now(), counts))
    await options.onProgress?.(counts)
    if (last === null) break
    after = last
  }
  const withoutUscc = await countWithoutUscc(db)
  if (withoutUscc > 0) counts.notEntered['without-uscc'] = withoutUscc
  return counts
}

/** Judges the next businesses; answers the last code of them, or null when there are none. */
async function listChunk(
  tx: Tx,
  rulebook: Rulebook,
  window: ReportingWindow,
  on: string,
  after: string,
  now: Date,
  counts: LateReporterCounts,
): Promise<string | null> {
  const { reportYear, closesOn } = window
  // Or a mended report could move from quarantine to the reports between the looks at each, and be seen in neither.
  await lockRegistry(tx)
  const businesses = await listWithoutReport(tx, { reportYear, closesOn, after, limit: chunkSize })
  const last = businesses.at(-1)
  if (last === undefined) return null
  const skip = (reason: string) => {
    counts.notEntered[reason] = (counts.notEntered[reason] ?? 0) + 1
  }
  // A report that came and could not be read is no proof that none was filed: a person has to look.
  const waiting = await usccsInQuarantine(
    tx,
    'annual-reports',
    businesses.map((business) => business.uscc),
  )
  const decisions: EnterDecision[] = []
  for (const business of businesses) {
    const verdict = judgeLateReporter(rulebook, business, window, on, uuidv7)
    if (!verdict.enter) skip(verdict.reason)
    else if (waiting.has(business.uscc)) skip('report-in-quarantine')
    else decisions.push(verdict.decision)
  }
  counts.examined += businesses.length
  counts.entered += decisions.length
  await enter(tx, rulebook, decisions, businesses, now)
  return last.uscc
}

/** Records decisions, their entries and their events, in this transaction (design rule 1). */
async function enter(
  tx: Tx,
  rulebook: Rulebook,
  decisions: readonly EnterDecision[],
  businesses: readonly LateReporter[],
  now: Date,
): Promise<void> {
  if (decisions.length === 0) return
  const businessOf = new Map(businesses.map((business) => [business.uscc, business]))
  const entries = decisions.map(entryOf)
  await insertEnterDecisions(tx, decisions, now)
  await insertEntries(tx, entries)
  await appendEvents(
    tx,
    entries.map((entry) => ({
      id: uuidv7(),
      type: 'listing.entered',
      key: `listing:${entry.id}`,
      uscc: entry.uscc,
      list: entry.list,
      regionCode: businessOf.get(entry.uscc)?.regionCode ?? '',
      occurredAt: now.toISOString(),
      data: eventData(rulebook, entry, businessOf.get(entry.uscc)),
    })),
  )
}

/** An entry as the feed tells it: the fields of a public entry, in Chinese, with the business's name and region. */
function eventData(rulebook: Rulebook, entry: Entry, business: LateReporter | undefined): Record<string, unknown> {
  const { groundCode, reportYear, ...fields } = entry
  const ground = groundOfVersion(rulebook, groundCode, entry.rulebook)
  return {
    ...fields,
    ground: { code: ground.code, label: ground.label.zh, article: ground.article.zh },
    reportYear,
    name: business?.name ?? '',
    regionCode: business?.regionCode ?? '',
  }
}
