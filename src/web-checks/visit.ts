import { createHash } from 'node:crypto'
import { OutboundError, type Outbound, type OutboundAnswer } from '../platform/outbound.ts'
import { parseWebAddress } from '../registry/web-address.ts'
import { decodePage, unpack } from './body.ts'
import type { Visit, VisitedPresence } from './domain.ts'
import { codesOfOthers, findLabelledLicence, findLicence, urlOf } from './licence.ts'
import { readPage, type Page } from './page.ts'
import { visitLimits } from './policy.ts'
import { allowsAll, readRobots, type Robots } from './robots.ts'
import { siteOf, type ClaimedSite, type Sites } from './sites.ts'
import type { VisitReason } from './vocabulary.ts'

export interface VisitTools {
  outbound: Outbound
  sites: Sites
  userAgent: string
  /** Where this service is reached. */
  publicUrl: string
  signal: AbortSignal
}

/** Visits of one site while it is claimed; robots.txt files are read once for all of them. */
export interface Turn {
  /** Null when the visit led to a site that somebody else is visiting: it is made another time. */
  visit(presence: VisitedPresence): Promise<Visit | null>
}

/** The site that a redirect leads to is being visited. */
class Postponed extends Error {
  override name = 'Postponed'
}

/** The visit ends here without a page that can be judged. */
class NoPage extends Error {
  override name = 'NoPage'
  readonly reason: VisitReason
  readonly httpStatus: number | null
  constructor(reason: VisitReason, httpStatus: number | null = null) {
    super(reason)
    this.reason = reason
    this.httpStatus = httpStatus
  }
}

const gone: readonly VisitReason[] = ['no-such-host', 'not-found']
const failed: readonly VisitReason[] = ['http-error', 'connection-failed', 'timeout', 'private-address']

export function openTurn(claimed: ClaimedSite, tools: VisitTools): Turn {
  const { outbound, sites, userAgent, publicUrl, signal } = tools
  const robotsOf = new Map<string, Robots>()

  const visit = async (presence: VisitedPresence): Promise<Visit | null> => {
    const others: ClaimedSite[] = []
    const trace = { url: presence.url }
    try {
      return await look(presence, others, trace)
    } catch (error) {
      if (error instanceof Postponed) return null
      if (!(error instanceof NoPage)) throw error
      const { reason, httpStatus } = error
      const outcome = gone.includes(reason) ? 'gone' : failed.includes(reason) ? 'failed' : 'unclear'
      return {
        ...{ outcome, reason, httpStatus, licence: 'unchecked', finalUrl: trace.url },
        ...{ evidence: null, otherCodes: [], page: null },
      }
    } finally {
      for (const site of others) await site.release()
    }
  }

  /** The site of an address, claimed for as long as the visit lasts. */
  const siteFor = async (url: URL, others: ClaimedSite[]): Promise<ClaimedSite> => {
    const name = siteOf(url.hostname)
    const known = [claimed, ...others].find((site) => site.name === name)
    if (known !== undefined) return known
    const other = await sites.claim(name)
    if (other === null) throw new Postponed()
    others.push(other)
    return other
  }

  const ask = async (url: URL, others: ClaimedSite[], maxBytes: number): Promise<OutboundAnswer> => {
    const site = await siteFor(url, others)
    try {
      return await site.ask(() =>
        outbound.send(url, {
          method: 'GET',
          headers: {
            'user-agent': userAgent,
            accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.1',
            'accept-language': 'zh-CN,zh;q=0.9,en;q=0.5',
            'accept-encoding': 'gzip, deflate, br',
          },
          timeoutMs: visitLimits.timeoutMs,
          maxBytes,
          signal,
        }),
      )
    } catch (error) {
      if (error instanceof OutboundError) throw new NoPage(reasonOf(error))
      throw error
    }
  }

  /** The robots.txt of an origin (RFC 9309): asked for once in a turn. */
  const robotsFor = async (origin: string, others: ClaimedSite[]): Promise<Robots> => {
    const known = robotsOf.get(origin)
    if (known !== undefined) return known
    let url = new URL('/robots.txt', origin)
    for (let redirects = 0; ; redirects += 1) {
      const answer = await ask(url, others, visitLimits.maxRobotsBytes).catch((error: unknown) => {
        // What hangs there may answer elsewhere, and what cannot be asked may not be visited.
        throw error instanceof NoPage && error.reason === 'timeout' ? new NoPage('robots-unavailable') : error
      })
      const next = redirectOf(answer, url)
      if (next !== null && redirects < visitLimits.maxRedirects) {
        url = next
        continue
      }
      if (answer.status >= 500 || answer.status === 429) throw new NoPage('robots-unavailable', answer.status)
      const robots = answer.status >= 200 && answer.status < 300 ? await rulesIn(answer, origin) : allowsAll
      robotsOf.set(origin, robots)
      if (robots.crawlDelayMs !== null) {
        const site = await siteFor(new URL(origin), others)
        site.slowDownTo(Math.min(robots.crawlDelayMs, visitLimits.maxCrawlDelayMs))
      }
      return robots
    }
  }

  /** Asks for a page, following what leads on. `trace` tells how far it came. */
  const fetchPage = async (from: URL, others: ClaimedSite[], trace: { url: string }) => {
    let url = from
    for (let redirects = 0; redirects <= visitLimits.maxRedirects; redirects += 1) {
      trace.url = url.href
      const robots = await robotsFor(url.origin, others)
      if (!robots.allows(url)) throw new NoPage('robots-forbidden')
      const answer = await ask(url, others, visitLimits.maxBytes)
      const target = redirectOf(answer, url)
      if (target !== null) {
        url = target
        continue
      }
      const page = await pageOf(answer, url)
      const onwards = page.refreshTo === null ? null : urlOf(page.refreshTo, url.href)
      if (onwards === null || onwards.href === url.href) return page
      url = onwards
    }
    throw new NoPage('too-many-redirects')
  }

  const look = async (presence: VisitedPresence, others: ClaimedSite[], trace: { url: string }): Promise<Visit> => {
    const filed = new URL(presence.url)
    const page = await fetchPage(filed, others, trace).catch((error: unknown) => {
      const canBePlain = filed.protocol === 'https:' && filed.port === '' && error instanceof NoPage
      // Many a filed address has no scheme, and many a site no certificate.
      if (!canBePlain || trace.url !== filed.href || !['connection-failed', 'insecure'].includes(error.reason))
        throw error
      return fetchPage(new URL(filed.href.replace('https:', 'http:')), others, trace)
    })
    const home = judge(page, presence, publicUrl)
    const second = home.licence === 'displayed' ? null : nextToLookAt(page, presence)
    if (second === null) return home
    const beyond = second.url === null ? null : await lookBeyond(second.url, presence, others)
    if (beyond?.licence === 'displayed') return { ...home, ...beyond }
    if (second.isLabelled) return { ...home, licence: 'unchecked', reason: 'picture' }
    // The page that was filed is not the home page, and the home page tells.
    return beyond === null ? { ...home, licence: 'unchecked', reason: 'other-page' } : { ...home, ...beyond }
  }

  const lookBeyond = async (url: URL, presence: VisitedPresence, others: ClaimedSite[]): Promise<Visit | null> => {
    try {
      return judge(await fetchPage(url, others, { url: url.href }), presence, publicUrl)
    } catch (error) {
      if (error instanceof NoPage) return null
      throw error
    }
  }

  return { visit }
}

interface FetchedPage extends Page {
  url: string
  status: number
  complete: boolean
  bytes: Buffer
  contentType: string
}

async function pageOf(answer: OutboundAnswer, url: URL): Promise<FetchedPage> {
  const { status } = answer
  if (status === 404 || status === 410) throw new NoPage('not-found', status)
  if (status >= 500) throw new NoPage('http-error', status)
  if (status < 200 || status >= 300) throw new NoPage('refused', status)
  const contentType = headerOf(answer, 'content-type')
  const unpacked = await unpack(answer.body, headerOf(answer, 'content-encoding'), visitLimits.maxBytes)
  if (unpacked === null) throw new NoPage('not-html', status)
  const html = decodePage(unpacked.bytes, contentType)
  const isHtml =
    contentType === ''
      ? html.trimStart().startsWith('<')
      : /^\s*(text\/html|application\/xhtml\+xml)/i.test(contentType)
  if (!isHtml) throw new NoPage('not-html', status)
  return {
    ...readPage(html),
    ...{ url: url.href, status, complete: answer.complete && unpacked.complete, bytes: unpacked.bytes, contentType },
  }
}

async function rulesIn(answer: OutboundAnswer, origin: string): Promise<Robots> {
  const unpacked = await unpack(answer.body, headerOf(answer, 'content-encoding'), visitLimits.maxRobotsBytes)
  return unpacked === null ? allowsAll : readRobots(origin, new TextDecoder('utf-8').decode(unpacked.bytes))
}

/** A page with so little to read, and with script or frames, is filled by them. */
const littleText = 120

/** What a page shows of the licence of the business that filed it. */
function judge(page: FetchedPage, presence: VisitedPresence, publicUrl: string): Visit {
  const evidence = findLicence(page, presence, publicUrl)
  const common = {
    outcome: 'answered',
    finalUrl: page.url,
    httpStatus: page.status,
    evidence,
    otherCodes: codesOfOthers(page, presence),
    page: {
      bytes: page.bytes,
      sha256: createHash('sha256').update(page.bytes).digest('hex'),
      contentType: page.contentType,
    },
  } as const
  if (evidence !== null) return { ...common, licence: 'displayed', reason: null }
  const reason = whyNotMissing(page, presence)
  return reason === null ? { ...common, licence: 'missing', reason } : { ...common, licence: 'unchecked', reason }
}

/** Why a page without a licence on it does not show that the licence is missing; null when it does. */
function whyNotMissing(page: FetchedPage, presence: VisitedPresence): VisitReason | null {
  if (!page.complete || !page.isWhole) return 'incomplete'
  const isOfPlatform = presence.platform !== null
  const isTheOne = isOfPlatform
    ? parseWebAddress(page.url)?.key === presence.key
    : siteOf(new URL(page.url).hostname) === siteOf(new URL(presence.url).hostname)
  // A log-in page, a notice of the platform, somebody else's site.
  if (!isTheOne) return 'other-page'
  const read = page.text.replaceAll(/[\s\0]/g, '').length
  return read < littleText && (page.hasScript || page.hasFrames) ? 'needs-script' : null
}

/**
 * A second page of the same site that may show what the first does not: the licence that it names, or the home page. Without
 * an address for a licence that only people can judge: a picture, or a page elsewhere.
 */
function nextToLookAt(page: FetchedPage, presence: VisitedPresence): { url: URL | null; isLabelled: boolean } | null {
  const here = new URL(page.url)
  const label = findLabelledLicence(page)
  if (label !== null) {
    const isNear = label.url !== null && siteOf(label.url.hostname) === siteOf(here.hostname)
    return { url: isNear && !label.isPicture ? label.url : null, isLabelled: true }
  }
  const home = new URL('/', here)
  const isHome = home.pathname === here.pathname && here.search === ''
  // The front page of where a shop stands is nobody's shop.
  return presence.kind === 'website' && presence.platform === null && !isHome ? { url: home, isLabelled: false } : null
}

/** Where an answer sends on; null when it does not. */
function redirectOf(answer: OutboundAnswer, url: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(answer.status)) return null
  const target = urlOf(headerOf(answer, 'location'), url.href)
  if (target === null || headerOf(answer, 'location') === '') return null
  target.hash = ''
  return target
}

function headerOf(answer: OutboundAnswer, name: string): string {
  const value = answer.headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

function reasonOf({ reason, message }: OutboundError): VisitReason {
  if (reason === 'timeout') return 'timeout'
  if (reason === 'destination-refused') return 'private-address'
  if (/ENOTFOUND|ENODATA/.test(message)) return 'no-such-host'
  return /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/i.test(message) ? 'insecure' : 'connection-failed'
}
