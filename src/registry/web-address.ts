/** Addresses of web sites and online shops, as people write, share and paste them. */

export interface WebAddress {
  /** Absolute URL with a scheme, for links. */
  url: string
  /** Host in lower case and punycode, without `www.`, `m.` and other prefixes of the same site. */
  host: string
  /** What two writings of the same site or shop have in common: host, path and the query that chooses a shop. */
  key: string
}

const mirrorPrefix = /^(www\d?|m|wap|mobile|3g|h5)\.(?=[^.]+\.)/
/** Query parameters that say how a link was shared, not what it points to. */
const trackingParameter =
  /^(utm_.*|spm|scm|from|share.*|source|ref|referer|fbclid|gclid|track.*|pvid|_.*|timestamp|t)$/i

/**
 * Parses what a person would paste: with or without scheme, in any case, Chinese host names and punycode, full-width
 * characters, text of a shared message around a link. Null when there is no host with a dot in it, or when it is not
 * of the web (`mailto:`, an address literal of a machine).
 */
export function parseWebAddress(pasted: string): WebAddress | null {
  const text = pasted.normalize('NFKC').trim().replaceAll('。', '.')
  const written = /https?:\/\/[^\s"'<>]+/i.exec(text)?.[0] ?? text
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `https://${written}`
  if (!/^https?:\/\//i.test(withScheme) || /\s/.test(withScheme)) return null
  if (!URL.canParse(withScheme)) return null
  const url = new URL(withScheme)
  if (url.username !== '' || !isPublicHost(url.hostname)) return null
  const host = url.hostname.replace(/\.$/, '').replace(mirrorPrefix, '')
  const path = url.pathname
    .replace(/\/(index|default|home)\.(html?|php|aspx?|jsp)$/i, '/')
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '')
  const query = [...url.searchParams]
    .filter(([name]) => !trackingParameter.test(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&')
  const key = `${host}${path}${query && `?${query}`}`
  // PostgreSQL takes no NUL, and no filed address has a control character.
  return /\p{Cc}/u.test(key) ? null : { url: url.href, host, key }
}

/** A made-up path of thousands of steps would be megabytes of keys (18 MB and 100 ms for an address of 4 kB). */
const maxSteps = 20

/**
 * The keys under which an address may be filed, most exact first: itself, without its query, then ever shorter paths,
 * so that the link of a product finds its shop. The bare host comes last.
 */
export function keysToTry(address: WebAddress): string[] {
  const [path = address.key] = address.key.split('?')
  const steps = path.split('/').slice(0, maxSteps)
  const shorter = steps.map((_, i) => steps.slice(0, steps.length - i).join('/'))
  return [...new Set([address.key, path, ...shorter])]
}

function isPublicHost(hostname: string): boolean {
  return /^([^.\s]+\.)+[a-z][a-z0-9-]*\.?$/.test(hostname)
}
