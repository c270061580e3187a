import { v7 as uuidv7 } from 'uuid'
import { reviewLeads } from '../leads/service.ts'
import { openOutbound, type Outbound } from '../platform/outbound.ts'
import type { Db } from '../platform/db.ts'
import { changesPresence, takePresenceCheck } from '../registry/web-presence-checks.ts'
import { parseWebAddress } from '../registry/web-address.ts'
import { afterVisit, type Visit } from './domain.ts'
import { suspiciousFailures, visitLimits, visitPolicy } from './policy.ts'
import {
  deletePages,
  insertFinding,
  insertStates,
  insertVisit,
  listAnsweringUrls,
  listDuePresences,
  listDueSites,
  listUnplanned,
  updateState,
  type DuePresence,
} from './repository.ts'
import { productToken } from './robots.ts'
import { openSites, realPace, siteOf, type Pace } from './sites.ts'
import { openTurn, type VisitTools } from './visit.ts'

export interface WebCheckOptions {
  db: Db
  /** Of the same database, for the locks of sites. */
  databaseUrl: string
  on: string
  now: () => Date
  /** Where this service is reached; told to whoever runs a site. */
  publicUrl: string
  /** Hosts (host or host:port) that may be visited though they are private. */
  allowedHosts?: readonly string[]
  /** The rest between two requests to a site. */
  delayMs: number
  /** Sites that are visited at the same time. */
  parallelSites: number
  /** Days after which the bytes of a page are forgotten. */
  keepPagesDays: number
  /** At most so many visits are made. */
  maxVisits?: number
  /** Only what was visited before is visited again. */
  againOnly?: boolean
  signal?: AbortSignal | undefined
  onProgress?: ((counts: object) => void | Promise<void>) | undefined
  outbound?: Outbound
  pace?: Pace
}

export interface WebCheckCounts {
  visited: number
  displayed: number
  missing: number
  unchecked: number
  failed: number
  /** Left for another run: somebody else was visiting the site that it led to. */
  postponed: number
  /** Web presences of which something published changed. */
  changed: number
  forgottenPages: number
}

/** Whether any site or shop was ever visited. */
export { existsVisit } from './repository.ts'

/** Sites whose turns are planned at a time. */
const sitesAtOnce = 500
/** Addresses that are asked when nothing answers, to tell a dead network of ours from dead sites. */
const controls = 3

/**
 * Visits the sites and shops that are due, each site by one request at a time, and takes what the visits establish into
 * the registry. Every visit commits by itself, so a run that is killed is gone on with by the next.
 * @throws Error when nothing answers and the fault seems to be ours: then no failure is recorded
 */
export async function checkWebPresences(options: WebCheckOptions): Promise<WebCheckCounts> {
  const { db, on, now, maxVisits = Infinity, againOnly = false } = options
  const ending = new AbortController()
  const stop = () => ending.abort(options.signal?.reason)
  options.signal?.addEventListener('abort', stop)
  if (options.signal?.aborted) stop()
  const { signal } = ending
  const counts: WebCheckCounts = {
    ...{ visited: 0, displayed: 0, missing: 0, unchecked: 0, failed: 0, postponed: 0, changed: 0, forgottenPages: 0 },
  }
  const outbound = options.outbound ?? openOutbound({ allowedHosts: options.allowedHosts ?? [], plainHttp: true })
  const pace = options.pace ?? realPace(now)
  const sites = openSites(db, options.databaseUrl, { delayMs: options.delayMs, pace, signal })
  sites.lost.addEventListener('abort', () => ending.abort(sites.lost.reason))
  const tools: VisitTools = {
    ...{ outbound, sites, signal, publicUrl: options.publicUrl },
    userAgent: `${productToken}-licence-check/1.0 (+${options.publicUrl})`,
  }
  const ledger = openLedger({ db, on, counts, networkWorks: () => anyAnswers(db, tools) })
  /** Sites that stay due after their turn, which must not come again in this run. */
  const leftOver = new Set<string>()
  let begun = 0

  const takeTurn = async (name: string): Promise<void> => {
    const claimed = await sites.claim(name)
    leftOver.add(name)
    if (claimed === null) return
    try {
      const turn = openTurn(claimed, tools)
      for (const presence of await listDuePresences(db, {
        ...{ site: name, on, againOnly, limit: visitLimits.pagesPerTurn },
      })) {
        if (begun >= maxVisits) return
        begun += 1
        const visit = await turn.visit(presence)
        signal.throwIfAborted()
        if (visit === null) counts.postponed += 1
        else await ledger.take(presence, visit, now())
        await options.onProgress?.({ ...counts })
      }
    } finally {
      await claimed.release()
    }
  }

  try {
    await planVisits(db, on)
    for (;;) {
      const due = await listDueSites(db, { on, againOnly, without: [...leftOver], limit: sitesAtOnce })
      if (due.length === 0 || begun >= maxVisits) break
      const next = due.values()
      const work = async () => {
        for (const name of next) {
          if (signal.aborted || begun >= maxVisits) return
          await takeTurn(name)
        }
      }
      const workers = Array.from({ length: Math.max(1, options.parallelSites) }, () =>
        work().catch((error: unknown) => {
          // One that fails ends all: what they do is cut off, and nothing is left running.
          ending.abort(error)
          throw error
        }),
      )
      const [failure] = (await Promise.allSettled(workers)).filter((ended) => ended.status === 'rejected')
      if (failure !== undefined) throw signal.reason ?? failure.reason
      signal.throwIfAborted()
    }
    await ledger.close()
    counts.forgottenPages = await forgetPages(db, now(), options.keepPagesDays, signal)
    return counts
  } finally {
    options.signal?.removeEventListener('abort', stop)
    await sites.close()
    if (options.outbound === undefined) await outbound.close()
  }
}

/** Plans a first visit of whatever was filed since the last run. */
async function planVisits(db: Db, on: string): Promise<void> {
  for (;;) {
    const unplanned = await listUnplanned(db, 5000)
    if (unplanned.length === 0) return
    await insertStates(
      db,
      unplanned.map(({ id, url, host, platform }) => ({
        webPresenceId: id,
        site: siteOf(host),
        // The platform's own address is nobody's shop, and what is on it says nothing of a seller.
        dueOn: platform !== null && parseWebAddress(url)?.isShop !== true ? null : on,
      })),
    )
  }
}

/**
 * Keeps visits. One that met no answer at all is kept only when another was answered afterwards, or a site that answered
 * before still does: else our own network is as likely to be at fault, and every business would be told to be unreachable.
 */
function openLedger({
  db,
  on,
  counts,
  networkWorks,
}: {
  db: Db
  on: string
  counts: WebCheckCounts
  networkWorks: () => Promise<boolean | null>
}) {
  const unproven: { presence: DuePresence; visit: Visit; at: Date }[] = []
  const keep = async (presence: DuePresence, visit: Visit, at: Date) => {
    counts.visited += 1
    if (visit.outcome === 'failed' || visit.outcome === 'gone') counts.failed += 1
    else counts[visit.licence] += 1
    if (await record(db, presence, visit, { on, at })) counts.changed += 1
  }
  const keepUnproven = async () => {
    for (const { presence, visit, at } of unproven.splice(0)) await keep(presence, visit, at)
  }
  /** @param bearable so many without an answer are no sign of a fault while no site is known that should answer */
  const prove = async (bearable: number, goOn: () => Promise<void>) => {
    const works = await networkWorks()
    if (works === true) return keepUnproven()
    if (works === null && unproven.length < bearable) return goOn()
    throw new Error(
      `none of ${unproven.length} sites answered, nor did one that did before: the network of this machine seems to be at fault, so nothing of it was recorded`,
    )
  }
  return {
    take: async (presence: DuePresence, visit: Visit, at: Date): Promise<void> => {
      const reachedNobody = visit.httpStatus === null && ['failed', 'gone'].includes(visit.outcome)
      if (!reachedNobody) {
        await keepUnproven()
        return keep(presence, visit, at)
      }
      unproven.push({ presence, visit, at })
      const { each, atMost } = suspiciousFailures
      if (unproven.length % each === 0) await prove(atMost, async () => undefined)
    },
    close: async (): Promise<void> => {
      if (unproven.length > 0) await prove(suspiciousFailures.each, keepUnproven)
    },
  }
}

/** Whether one of the sites that answered last answers now; null when none is known, or may be asked at this moment. */
async function anyAnswers(db: Db, { outbound, sites, userAgent, signal }: VisitTools): Promise<boolean | null> {
  let isUnknown = true
  for (const each of await listAnsweringUrls(db, controls)) {
    const url = new URL('/robots.txt', each)
    const site = await sites.claim(siteOf(url.hostname))
    // It is being visited, here or in another process: what comes of that is not known yet.
    if (site === null) continue
    isUnknown = false
    try {
      const { timeoutMs, maxRobotsBytes: maxBytes } = visitLimits
      const headers = { 'user-agent': userAgent }
      await site.ask(() => outbound.send(url, { method: 'GET', headers, timeoutMs, maxBytes, signal }))
      return true
    } catch {
      signal.throwIfAborted()
    } finally {
      await site.release()
    }
  }
  return isUnknown ? null : false
}

/** Commits a visit with all that follows from it; answers whether something published changed. */
async function record(
  db: Db,
  presence: DuePresence,
  visit: Visit,
  { on, at }: { on: string; at: Date },
): Promise<boolean> {
  const { id: webPresenceId, subjectStatus } = presence
  const judged = afterVisit(presence.state, visit, { on, subjectStatus, policy: visitPolicy })
  return db.transaction(async (tx) => {
    const found = changesPresence(presence, judged)
      ? await takePresenceCheck(tx, { webPresenceId, ...judged }, at)
      : null
    if (found !== null) {
      await insertFinding(tx, { ...found, id: uuidv7(), webPresenceId, foundAt: at })
      await reviewLeads(tx, { usccs: new Set([presence.uscc]), keys: new Set([presence.key]) }, at)
    }
    await insertVisit(tx, { ...visit, id: uuidv7(), webPresenceId, url: presence.url, visitedAt: at })
    await updateState(tx, webPresenceId, { ...judged, checkedAt: at })
    return found !== null
  })
}

/** Deletes the bytes of pages that were last seen so many days ago; the visits stay. */
async function forgetPages(db: Db, now: Date, days: number, signal: AbortSignal): Promise<number> {
  const before = new Date(now.getTime() - days * 86_400_000)
  let forgotten = 0
  for (;;) {
    signal.throwIfAborted()
    const deleted = await deletePages(db, before, 500)
    forgotten += deleted
    if (deleted === 0) return forgotten
  }
}
