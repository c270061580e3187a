import { Parser } from 'htmlparser2'

/** A page as somebody who looks at it reads it, without script. */
export interface Page {
  title: string
  /** The visible text; `blockBreak` stands where one block ends and the next begins. */
  text: string
  /** The elements that the text at this place of `text` stands in, outermost first. */
  elementAt(place: number): string
  links: PageLink[]
  /** False for a page that nests deeper than any page of a person: it was not read to its end. */
  isWhole: boolean
  hasScript: boolean
  hasFrames: boolean
  /** Where the page sends on by itself (`<meta http-equiv=refresh>`). */
  refreshTo: string | null
}

export interface PageLink {
  /** As written. */
  href: string
  /** Its text, with the labels of the pictures in it. */
  text: string
  element: string
  /** The link leads to a picture, or is one. */
  isPicture: boolean
}

/** No character of a text: NUL never comes out of HTML, which replaces it. */
export const blockBreak = '\0'

interface Element {
  name: string
  parent: Element | null
  isHidden: boolean
}

/** Text in them is for machines. */
const unread = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'head',
  'svg',
  'select',
  'textarea',
  'iframe',
  'object',
])
/** Elements that stand within a line; all others end it. */
const inline = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
)
/** Enough for any page of a person, and a bound on what one of a machine costs. */
const maxLinks = 5000
/** Browsers nest to 512. The parser's time grows with the square of it: 100,000 unclosed elements took 10 s. */
const maxDepth = 1000

/**
 * Reads a page as it stands, and never fails: HTML is what a browser makes of any text. Hidden elements (`hidden`,
 * `display: none`) are left out; what style sheets and script would hide or show is not known.
 */
export function readPage(html: string): Page {
  const pieces: string[] = []
  const places: { place: number; element: Element | null }[] = []
  const links: PageLink[] = []
  let open: Element | null = null
  let link: PageLink | null = null
  let length = 0
  let depth = 0
  let title = ''
  let inTitle = false
  let hasScript = false
  let hasFrames = false
  let refreshTo: string | null = null

  const append = (piece: string) => {
    if (piece === '' || (piece === blockBreak && pieces.at(-1) === blockBreak)) return
    places.push({ place: length, element: open })
    pieces.push(piece)
    length += piece.length
  }

  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1
      if (depth > maxDepth) parser.pause()
      open = { name, parent: open, isHidden: (open?.isHidden ?? false) || unread.has(name) || isHidden(attributes) }
      if (name === 'title') inTitle = true
      if (name === 'script') hasScript = true
      if (name === 'frame' || name === 'iframe') hasFrames = true
      if (name === 'meta' && attributes['http-equiv']?.toLowerCase() === 'refresh') {
        refreshTo ??= refreshTarget(attributes['content'] ?? '')
      }
      if (open.isHidden) return
      if (!inline.has(name) && name !== 'img') append(blockBreak)
      const href = attributes['href']
      if ((name === 'a' || name === 'area') && href !== undefined && links.length < maxLinks) {
        const label = attributes['title'] ?? attributes['alt'] ?? ''
        link = { href, text: label, element: pathOf(open), isPicture: false }
        links.push(link)
      }
      if (name === 'img') {
        const label = `${attributes['alt'] ?? ''} ${attributes['title'] ?? ''}`.trim()
        if (link !== null) link.text += ` ${label}`
        // A picture by itself: where it comes from may say whose it is.
        if (links.length < maxLinks && attributes['src'] !== undefined) {
          links.push({ href: attributes['src'], text: label, element: pathOf(open), isPicture: true })
        }
      }
    },
    ontext(text) {
      if (inTitle) title += text
      if (open?.isHidden) return
      const read = text.normalize('NFKC').replace(/[\s\u200b-\u200d\u2060\ufeff\0]+/gu, ' ')
      append(read)
      if (link !== null && link.text.length < 500) link.text += read
    },
    onclosetag(name) {
      depth -= 1
      if (name === 'title') inTitle = false
      if (name === 'a') link = null
      const wasHidden = open?.isHidden ?? false
      open = open?.parent ?? null
      if (!wasHidden && !inline.has(name) && name !== 'img') append(blockBreak)
    },
  })
  parser.write(html)
  const isWhole = depth <= maxDepth
  if (isWhole) parser.end()
  return {
    title: title.trim().slice(0, 300),
    text: pieces.join(''),
    elementAt: (place) => pathOf(places.findLast((piece) => piece.place <= place)?.element ?? null),
    links,
    isWhole,
    hasScript,
    hasFrames,
    refreshTo,
  }
}

function isHidden(attributes: Record<string, string>): boolean {
  if ('hidden' in attributes) return true
  return (attributes['style'] ?? '')
    .toLowerCase()
    .split(';')
    .some((declaration) => {
      const [property, value] = declaration.split(':').map((part) => part.trim())
      return (property === 'display' && value?.startsWith('none')) || (property === 'visibility' && value === 'hidden')
    })
}

/** At most so many elements of a path are told, from the innermost outwards. */
const maxPath = 12

function pathOf(element: Element | null): string {
  const names: string[] = []
  for (let each = element; each !== null && names.length < maxPath; each = each.parent) names.unshift(each.name)
  return names.join(' > ')
}

/** The address in `5; url=/home.html`; null when the page only reloads, or after more than ten seconds. */
function refreshTarget(content: string): string | null {
  const [seconds = '', ...rest] = content.split(/[;,]/)
  const [name = '', ...address] = rest.join(';').split('=')
  if (name.trim().toLowerCase() !== 'url' || !(Number(seconds) <= 10)) return null
  const target = address
    .join('=')
    .trim()
    .replace(/^['"]|['"]$/g, '')
  return target === '' ? null : target
}
