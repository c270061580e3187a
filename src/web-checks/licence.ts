import { parseUscc } from '../registry/identifiers.ts'
import { officialLinks, isRegulatorHost, regulatorPath } from './data/official-links.ts'
import type { Evidence, Holder } from './domain.ts'
import { blockBreak, type Page, type PageLink } from './page.ts'

/**
 * Where a page displays the licence data of a business, or a link that stands for them (电子商务法 art 15, 网络交易监督管理办法
 * art 12): its unified code, its registration number, the mark of a market regulator, or its credit file here. Only what is
 * the business's own counts. Null when there is none.
 * @param page.url the address that the page came from
 * @param publicUrl where this service is reached, for links to its credit files and badges
 */
export function findLicence(page: Page & { url: string }, holder: Holder, publicUrl: string): Evidence | null {
  const byNumber =
    findNumber(page, 'code', holder.uscc) ??
    (holder.registrationNumber === null ? null : findNumber(page, 'registration-number', holder.registrationNumber))
  if (byNumber !== null) return byNumber
  for (const link of page.links) {
    const kind = kindOfLink(link, page.url, holder, publicUrl)
    if (kind === null) continue
    return { kind, url: page.url, text: clip(link.text), element: link.element, href: link.href.slice(0, 1000) }
  }
  return null
}

/** Shown on either side of what was found. */
const around = 40

/**
 * The number as a person sees it, whatever elements, spaces or hyphens stand between its characters; not where it is part
 * of a longer one. Full-width characters are half-width already.
 */
function findNumber(page: Page & { url: string }, kind: Evidence['kind'], number: string): Evidence | null {
  const between = `[ ${blockBreak}\\p{Pd}]*`
  const characters = Array.from(number, (character) => character.replace(/[^\p{L}\p{N}]/u, '\\$&'))
  const seen = new RegExp(`(?<![0-9A-Za-z])${characters.join(between)}(?![0-9A-Za-z])`, 'iu').exec(page.text)
  if (seen === null) return null
  const end = seen.index + seen[0].length
  return {
    kind,
    url: page.url,
    text: clip(page.text.slice(Math.max(0, seen.index - around), end + around)),
    element: page.elementAt(seen.index),
    href: null,
  }
}

function kindOfLink(link: PageLink, base: string, holder: Holder, publicUrl: string): Evidence['kind'] | null {
  const url = urlOf(link.href, base)
  if (url === null) return null
  const written = readable(url)
  const codes = codesIn(written)
  // A link with another's code is another's licence.
  if (codes.length > 0 && !codes.includes(holder.uscc)) return null
  if (url.href.startsWith(`${publicUrl}/`)) {
    const isFile = /^(?:\/v1)?\/credit-files\//.test(url.href.slice(publicUrl.length))
    return isFile && codes.includes(holder.uscc) ? 'credit-file-link' : null
  }
  return isOfficial(url) ? 'official-link' : null
}

/** Whether an address is the page of one business on the site of a market regulator. */
export function isOfficial(url: URL): boolean {
  const { hostname } = url
  const target = `${url.pathname}${url.search}`
  const known = officialLinks.some(
    ({ host, path }) => (hostname === host || hostname.endsWith(`.${host}`)) && path.test(target),
  )
  return known || (isRegulatorHost(hostname) && regulatorPath.test(target))
}

/** A unified code, with the region in digits: random characters, such as a signature, hardly ever have its form. */
const codeForm = '[0-9A-HJ-NPQRTUWXY]{2}\\d{6}[0-9A-HJ-NPQRTUWXY]{10}'
const codeAnywhere = new RegExp(`(?=(${codeForm}))`, 'g')
const codeApart = new RegExp(`(?<![0-9A-Za-z])${codeForm}(?![0-9A-Za-z])`, 'gi')

/** Valid unified codes in an address, which may join them to other characters. */
function codesIn(address: string): string[] {
  return [...address.matchAll(codeAnywhere)].flatMap(([, code = '']) => parseUscc(code) ?? [])
}

/** Valid codes of others on a page, a few of them: whose licence it shows instead. */
export function codesOfOthers(page: Page, holder: Holder): string[] {
  const codes = [...page.text.matchAll(codeApart)].flatMap(([code]) => parseUscc(code) ?? [])
  return [...new Set(codes)].filter((code) => code !== holder.uscc).slice(0, 3)
}

const licenceLabel = /营业执照|证照|亮照|工商(?:信息|公示|亮照)|经营者信息|主体信息|企业公示|资质/

/**
 * A link or picture that says it is the licence and is no mark of a regulator: the law takes it too, but what it shows must
 * be looked at. Answers its address, absolute; null for a picture in the page itself or one that leads nowhere.
 */
export function findLabelledLicence(page: Page & { url: string }): { url: URL | null; isPicture: boolean } | null {
  const label = page.links.find(({ text }) => licenceLabel.test(text))
  if (label === undefined) return null
  return { url: urlOf(label.href, page.url), isPicture: label.isPicture }
}

/** An address of the web, made absolute; null for any other. */
export function urlOf(href: string, base: string): URL | null {
  const written = href.trim()
  if (!URL.canParse(written, base)) return null
  const url = new URL(written, base)
  return /^https?:$/.test(url.protocol) ? url : null
}

function readable(url: URL): string {
  try {
    return decodeURIComponent(url.href)
  } catch {
    return url.href
  }
}

function clip(text: string): string {
  return text.replaceAll(blockBreak, ' ').replaceAll(/ +/g, ' ').trim().slice(0, 300)
}
