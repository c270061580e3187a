import type { Db, Tx } from '../platform/db.ts'
import { presentRulebook } from '../law/service.ts'
import { lockRegistry } from '../registry/service.ts'
import { closedWindow, type ReportingWindow } from '../rulebook/annual-report.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import { sharedEventData, takeEffect, type EntryChange } from './effects.ts'
import { judgeClass, seriesOf, windowRegions, type ReporterClass } from './late-reporters.ts'
import { countWithoutUscc, enterLateReporters, type EnteredReporter, type JudgedClass } from './repository.ts'

/** For the command that makes the entries anew. */
export { rebuildEntries } from './projection.ts'

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

/** A transaction each. Measured from 2,000 up: smaller ones feel their commits, larger ones gain little and hold locks longer. */
const chunkSize = 5000

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
  const classes: JudgedClass[] = []
  let after: string | null = ''
  while (after !== null) {
    options.signal?.throwIfAborted()
    const from: string = after
    after = await db.transaction(async (tx) =>
      enterChunk(tx, { rulebook, window, on, after: from, classes, counts }, options.now()),
    )
    await options.onProgress?.(counts)
  }
  const withoutUscc = await countWithoutUscc(db)
  if (withoutUscc > 0) counts.notEntered['without-uscc'] = withoutUscc
  return counts
}

interface ChunkOptions {
  rulebook: Rulebook
  window: ReportingWindow
  on: string
  after: string
  /** The classes judged so far; new ones are added. */
  classes: JudgedClass[]
  counts: LateReporterCounts
}

/** Enters the next businesses; answers the last code looked at, or null when none was left. */
async function enterChunk(tx: Tx, options: ChunkOptions, now: Date): Promise<string | null> {
  const { rulebook, window, on, after, classes, counts } = options
  // Or a mended report could move from quarantine to the reports between the looks at each, and be seen in neither.
  await lockRegistry(tx)
  const query = {
    reportYear: window.reportYear,
    closesOn: window.closesOn,
    dueOn: window.listBy.on,
    on,
    facts: { reportYear: window.reportYear, windowClosedOn: window.closesOn, provisional: window.listBy.provisional },
    series: seriesOf(on),
    windowRegions: windowRegions(rulebook, window.reportYear),
    after,
    limit: chunkSize,
    now,
  }
  let chunk = await enterLateReporters(tx, { ...query, classes })
  if (chunk.unjudged.length > 0) {
    classes.push(...chunk.unjudged.map((reporter) => judgedClass(rulebook, reporter, window, on)))
    chunk = await enterLateReporters(tx, { ...query, classes })
  }
  counts.examined += chunk.examined
  counts.entered += chunk.entered.length
  for (const [reason, count] of Object.entries(chunk.notEntered)) {
    counts.notEntered[reason] = (counts.notEntered[reason] ?? 0) + count
  }
  await takeEffect(tx, rulebook, entryChanges(chunk.entered, classes, { reportYear: window.reportYear, on }), now, {
    told: true,
  })
  return chunk.last
}

function judgedClass(rulebook: Rulebook, reporter: ReporterClass, window: ReportingWindow, on: string): JudgedClass {
  const verdict = judgeClass(rulebook, reporter, window, on)
  if (!verdict.enter) {
    const nothing = {
      groundCode: null,
      list: null,
      rulebook: null,
      expiresOn: null,
      publishedUntil: null,
      lastDay: null,
    }
    return { ...reporter, ...nothing, shown: false, eventData: null, reason: verdict.reason }
  }
  const { enter: _, lastDay, ...found } = verdict
  const entry = { ...newEntry, ...found, reportYear: window.reportYear, listedOn: on }
  return { ...reporter, ...found, lastDay, reason: null, eventData: sharedEventData(rulebook, entry) }
}

const newEntry = {
  status: 'in-force',
  removedOn: null,
  removalReason: null,
  removalDecisionNumber: null,
  restartedOn: null,
} as const

/** The changes that the statement has made. */
function entryChanges(
  entered: readonly EnteredReporter[],
  classes: readonly JudgedClass[],
  { reportYear, on }: { reportYear: number; on: string },
): EntryChange[] {
  const judged = new Map(classes.map((one) => [one.groundCode, one]))
  return entered.map(({ listingId, name, regionCode, ...reporter }) => {
    const { list = null, rulebook = null, expiresOn, publishedUntil, shown } = judged.get(reporter.groundCode) ?? {}
    if (list === null || rulebook === null) throw new Error(`entered on ${reporter.groundCode}, which no class names`)
    const term = { expiresOn: expiresOn ?? null, publishedUntil: publishedUntil ?? null, shown: shown ?? true }
    const entry = { ...newEntry, ...reporter, ...term, id: listingId, list, rulebook, reportYear, listedOn: on }
    return { action: 'enter', on, entry, name, regionCode }
  })
}
