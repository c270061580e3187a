/**
 * How visits are judged and how far they go, as data. No law gives these figures: a business is told of in public by them,
 * so each waits for a second and a third look.
 */
export const visitPolicy = {
  /** A site that answers is looked at again after this many days; the duty is to display at all times (电子商务法 art 15). */
  againAfterDays: 30,
  /** One that failed, or showed no licence for the first time. */
  retryAfterDays: 1,
  /** One that is known to be unreachable. */
  unreachableAgainAfterDays: 7,
  /** Unreachable: failed on so many different days, the last of them so many days after the first. */
  unreachable: { failedDays: 3, overDays: 3 },
  /** Licence missing: seen on so many different days, with no day between on which it was displayed. */
  missing: { days: 2 },
  /**
   * Retired without word from the business: its host or page has not existed for a year, in which it had to report anew
   * what sites it runs (企业信息公示暂行条例 arts 8 and 9).
   */
  goneDays: 365,
} as const

export type VisitPolicy = typeof visitPolicy

/** Bounds of one visit. Times in milliseconds. */
export const visitLimits = {
  /** Connecting, the answer and its body. */
  timeoutMs: 20_000,
  /** Of a page, as sent and unpacked. */
  maxBytes: 2 * 1024 * 1024,
  /** RFC 9309 2.5 asks for at least 500 KiB. */
  maxRobotsBytes: 512 * 1024,
  /** RFC 9309 2.3.1.2 asks for at least five for robots.txt. */
  maxRedirects: 5,
  /** A `Crawl-delay` is honoured up to this. */
  maxCrawlDelayMs: 120_000,
  /** Pages of one site in one run: a platform has thousands of shops, and its turn must end. */
  pagesPerTurn: 50,
} as const

/**
 * Our own network is suspected when so many sites meet no answer and none answers in between; with none known that ever
 * answered, as in a first run, when it is `atMost`.
 */
export const suspiciousFailures = { each: 20, atMost: 200 } as const
