import type { Db, Tx } from '../platform/db.ts'
import { lockRegistry } from '../registry/service.ts'
import { closedWindow, type ReportingWindow } from '../rulebook/annual-report.ts'
import type { Entry } from './domain.ts'
import { takeEffect } from './effects.ts'
import { judgeClass, seriesOf, type ReporterClass } from './late-reporters.ts'
import { countWithoutUscc, enterLateReporters, type EnteredReporter, type JudgedClass } from './repository.ts'

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

/** What a chunk holds in memory at once; a larger one is hardly faster. */
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
  const window = closedWindow(on)
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
      enterChunk(tx, { window, on, after: from, classes, counts }, options.now()),
    )
    await options.onProgress?.(counts)
  }
  const withoutUscc = await countWithoutUscc(db)
  if (withoutUscc > 0) counts.notEntered['without-uscc'] = withoutUscc
  return counts
}

interface ChunkOptions {
  window: ReportingWindow
  on: string
  after: string
  /** The classes judged so far; new ones are added. */
  classes: JudgedClass[]
  counts: LateReporterCounts
}

/** Enters the next businesses; answers the last code looked at, or null when none was left. */
async function enterChunk(tx: Tx, options: ChunkOptions, now: Date): Promise<string | null> {
  const { window, on, after, classes, counts } = options
  // Or a mended report could move from quarantine to the reports between the looks at each, and be seen in neither.
  await lockRegistry(tx)
  const query = {
    reportYear: window.reportYear,
    closesOn: window.closesOn,
    dueOn: window.listBy.on,
    on,
    facts: { reportYear: window.reportYear, windowClosedOn: window.closesOn, provisional: window.listBy.provisional },
    series: seriesOf(on),
    after,
    limit: chunkSize,
    now,
  }
  let chunk = await enterLateReporters(tx, { ...query, classes })
  if (chunk.unjudged.length > 0) {
    classes.push(...chunk.unjudged.map((reporter) => judgedClass(reporter, window, on)))
    chunk = await enterLateReporters(tx, { ...query, classes })
  }
  counts.examined += chunk.examined
  counts.entered += chunk.entered.length
  for (const [reason, count] of Object.entries(chunk.notEntered)) {
    counts.notEntered[reason] = (counts.notEntered[reason] ?? 0) + count
  }
  const verdicts = new Map(classes.map((judged) => [judged.groundCode, judged]))
  const changes = chunk.entered.map((reporter) => ({
    action: 'enter' as const,
    entry: entryOf(reporter, verdicts.get(reporter.groundCode), { reportYear: window.reportYear, on }),
    name: reporter.name,
    regionCode: reporter.regionCode,
  }))
  await takeEffect(tx, changes, now)
  return chunk.last
}

function judgedClass(reporter: ReporterClass, window: ReportingWindow, on: string): JudgedClass {
  const verdict = judgeClass(reporter, window, on)
  const none = { groundCode: null, list: null, rulebook: null, expiresOn: null, publishedUntil: null, shown: true }
  return verdict.enter ? { ...reporter, reason: null, ...verdict } : { ...reporter, ...none, reason: verdict.reason }
}

/** The entry as the statement wrote it. */
function entryOf(
  { listingId: id, uscc, groundCode, authority, decisionNumber }: EnteredReporter,
  judged: JudgedClass | undefined,
  { reportYear, on }: { reportYear: number; on: string },
): Entry {
  if (judged?.list == null || judged.rulebook === null)
    throw new Error(`entered on ${groundCode}, which no class names`)
  return {
    id,
    list: judged.list,
    uscc,
    groundCode,
    reportYear,
    authority,
    decisionNumber,
    listedOn: on,
    status: 'in-force',
    expiresOn: judged.expiresOn,
    removedOn: null,
    removalReason: null,
    removalDecisionNumber: null,
    rulebook: judged.rulebook,
    restartedOn: null,
    publishedUntil: judged.publishedUntil,
    shown: judged.shown,
  }
}
