import robotsParser from 'robots-parser'

/** Its types tell of a default export that the CommonJS module itself is. */
const parseRobots = robotsParser as unknown as typeof robotsParser.default

/** The name under which sites may address us in their robots.txt. */
export const productToken = 'xinjian'

/** What the robots.txt of an origin lets us do (RFC 9309). */
export interface Robots {
  allows(url: URL): boolean
  /** Milliseconds that it asks for between requests; null where it asks for none. */
  crawlDelayMs: number | null
}

/** RFC 9309 2.3.1.3: where there is no robots.txt, everything is allowed. */
export const allowsAll: Robots = { allows: () => true, crawlDelayMs: null }

/** No rule is as long; a pattern of megabytes would be tried on every address. */
const maxLine = 2000

/** Reads a robots.txt: the longest rule that fits decides, of the group that names us, else of `*`. */
export function readRobots(origin: string, text: string): Robots {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.length <= maxLine)
  const rules = parseRobots(`${origin}/robots.txt`, lines.join('\n'))
  const seconds = rules.getCrawlDelay(productToken)
  return {
    allows: (url) => rules.isAllowed(url.href, productToken) ?? true,
    crawlDelayMs: seconds !== undefined && seconds > 0 ? seconds * 1000 : null,
  }
}
