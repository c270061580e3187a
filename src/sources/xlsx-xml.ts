import { SaxesParser } from 'saxes'

/** What an element is told with: its name without a prefix, its attributes by theirs. */
export interface XmlHandlers {
  open: (name: string, attributes: Record<string, string>) => void
  text: (text: string) => void
  close: (name: string) => void
}

/** XML that no office program writes, or that is made to harm. */
class XmlError extends Error {
  override name = 'XmlError'
}

/** So much may come without an element beginning or ending; a cell holds 32,767 characters. */
const maxBytesWithoutEvent = 1024 * 1024
/** Elements within each other. */
const maxDepth = 256

/**
 * Parses XML piece by piece, in UTF-8 or UTF-16, and holds nothing of it but the element at hand. Of document types and
 * their entities there is nothing in a workbook.
 * @returns what takes each piece; without one the document ends
 */
export function xmlReader(handlers: XmlHandlers): (piece?: Uint8Array) => void {
  const parser = new SaxesParser()
  let sinceEvent = 0
  let depth = 0
  const local = (name: string) => name.slice(name.indexOf(':') + 1)
  parser.on('error', (error) => {
    throw new XmlError(error.message)
  })
  parser.on('doctype', () => {
    throw new XmlError('has a document type')
  })
  parser.on('opentag', ({ name, attributes }) => {
    sinceEvent = 0
    depth += 1
    if (depth > maxDepth) throw new XmlError('has elements too deep within each other')
    handlers.open(local(name), attributes)
  })
  parser.on('text', (text) => handlers.text(text))
  parser.on('cdata', (text) => handlers.text(text))
  parser.on('closetag', ({ name }) => {
    sinceEvent = 0
    depth -= 1
    handlers.close(local(name))
  })
  let decoder: TextDecoder | null = null
  return (piece) => {
    if (piece === undefined) {
      parser.write(decoder?.decode() ?? '').close()
      return
    }
    decoder ??= new TextDecoder(encodingOf(piece), { fatal: true })
    sinceEvent += piece.length
    parser.write(decoder.decode(piece, { stream: true }))
    if (sinceEvent > maxBytesWithoutEvent) throw new XmlError('has a value that is longer than any cell')
  }
}

function encodingOf(start: Uint8Array): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8'
}

/** The attribute of this name, whatever its prefix. */
export function attribute(attributes: Record<string, string>, name: string): string | undefined {
  return attributes[name] ?? Object.entries(attributes).find(([key]) => key.endsWith(`:${name}`))?.[1]
}
