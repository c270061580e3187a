import { parse as parseHost } from 'tldts'
import { platformOf, shopKey } from './platforms.ts'

/** Addresses of web sites and online shops, as people write, share and paste them. */

export interface WebAddress {
  /** Absolute URL with a scheme, for links. */
  url: string
  /** Host in lower case and punycode, without `www.`, `m.` and other prefixes of the same site. */
  host: string
  /**
   * What two writings of the same site or shop have in common: host, path and the query that chooses a shop. A shop of a
   * known platform has one key for all its links, `host/kind/identity`.
   */
  key: string
  /** Code of the platform that the host belongs to, null for a site of its own. */
  platform: string | null
  /** Whether the address names a shop of that platform, and not the platform or one of its other pages. */
  isShop: boolean
}

const mirrorPrefix = /^(?:www\d?|m|wap|mobile|3g|h5)\./
/** Query parameters that say how a link was shared, not what it points to. */
const trackingParameter =
  /^(utm_.*|spm|scm|from|share.*|source|ref|referer|fbclid|gclid|track.*|pvid|_.*|timestamp|t)$/i
/** A link in a message ends at a space, a quotation mark, or punctuation that is no part of an address. */
const linkInText = /https?:\/\/[^\s"'<>「」『』【】《》“”（），。！？；、…]+/i
/** A bare address in a message: a host with a dot in it, and perhaps more. */
const bareInText = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+(?::\d+)?(?:[/?#]\S*)?$/i

/**
 * Parses what a person would paste: with or without scheme, in any case, Chinese host names and punycode, full-width
 * characters, text of a shared message around a link. Null when there is no host under a public suffix, or when it is not
 * of the web (`mailto:`, an address literal of a machine).
 */
export function parseWebAddress(pasted: string): WebAddress | null {
  const text = pasted.normalize('NFKC').trim().replaceAll('。', '.')
  // Punctuation of a message is told from that of an address before NFKC makes them the same.
  for (const written of [linkInText.exec(pasted)?.[0], /https?:\/\/[^\s"'<>]+/i.exec(text)?.[0], text]) {
    const address = written === undefined ? null : parseLink(written.normalize('NFKC'))
    if (address !== null) return address
  }
  const bare = /\s/.test(text) ? text.split(/\s+/).find((word) => bareInText.test(word)) : undefined
  return bare === undefined ? null : parseLink(bare)
}

function parseLink(written: string): WebAddress | null {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `https://${written}`
  if (!/^https?:\/\//i.test(withScheme) || /\s/.test(withScheme) || !URL.canParse(withScheme)) return null
  const url = new URL(withScheme)
  const hostname = url.hostname.replace(/\.$/, '')
  if (url.username !== '' || !isPublicHost(hostname)) return null
  const host = withoutMirror(hostname)
  const platform = platformOf(hostname)
  const query = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]))
  const shop = platform && shopKey(platform, { host: hostname, path: url.pathname, query })
  const key = shop ?? siteKey(host, url)
  // PostgreSQL takes no NUL, and no filed address has a control character.
  if (/\p{Cc}/u.test(key)) return null
  return { url: url.href, host, key, platform: platform?.code ?? null, isShop: shop !== null }
}

function siteKey(host: string, url: URL): string {
  const path = url.pathname
    .replace(/\/(index|default|home)\.(html?|php|aspx?|jsp)$/i, '/')
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '')
  const query = [...url.searchParams]
    .filter(([name]) => !trackingParameter.test(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&')
  return `${host}${path}${query && `?${query}`}`
}

/** A made-up path of thousands of steps would be megabytes of keys (18 MB and 100 ms for an address of 4 kB). */
const maxSteps = 20

/**
 * The keys under which an address may be filed, most exact first: itself, without its query, then ever shorter paths,
 * so that the link of a product finds its shop. The bare host comes last. On a known platform there is only the address
 * itself, and nothing for the platform's own host, which is never one seller.
 */
export function keysToTry(address: WebAddress): string[] {
  if (address.platform !== null) return address.key === address.host ? [] : [address.key]
  const [path = address.key] = address.key.split('?')
  const steps = path.split('/').slice(0, maxSteps)
  const shorter = steps.map((_, i) => steps.slice(0, steps.length - i).join('/'))
  return [...new Set([address.key, path, ...shorter])]
}

/** The host without the prefix of a mirror of the same site: `m.brand.example`, but not `m.com`. */
function withoutMirror(hostname: string): string {
  const rest = hostname.replace(mirrorPrefix, '')
  return rest !== hostname && parseHost(rest).domain !== null ? rest : hostname
}

/** Whether a host is a name that can be registered, under a suffix that looks like one (also a made-up `.example`). */
function isPublicHost(hostname: string): boolean {
  return /^[^\s]+\.[a-z][a-z0-9-]*$/.test(hostname) && parseHost(hostname).domain !== null
}
