import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { decodeBuffer } from 'encoding-sniffer'

/**
 * The body of an answer without its compression, `maxBytes` at most: a small answer may unpack to gigabytes. Null for a
 * compression that was not asked for and is not known.
 */
export async function unpack(
  body: Buffer,
  contentEncoding: string,
  maxBytes: number,
): Promise<{ bytes: Buffer; complete: boolean } | null> {
  const encoding = contentEncoding.trim().toLowerCase()
  if (encoding === '' || encoding === 'identity')
    return { bytes: body.subarray(0, maxBytes), complete: body.length <= maxBytes }
  const unpacker = /^(x-)?gzip$/.test(encoding)
    ? createGunzip()
    : encoding === 'deflate'
      ? createInflate()
      : encoding === 'br'
        ? createBrotliDecompress()
        : null
  if (unpacker === null) return null
  const chunks: Buffer[] = []
  let length = 0
  let complete = true
  unpacker.end(body)
  try {
    for await (const chunk of unpacker as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > maxBytes) {
        complete = false
        break
      }
    }
  } catch {
    // Broken, or cut off: what came out of it stands.
    complete = false
  }
  unpacker.destroy()
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), complete }
}

/** What older Chinese pages that name no encoding are written in, unless they are UTF-8. */
const oldDefault = 'gb18030'

/** A page as text, by the encoding that it names: byte order mark, header, `<meta>`; else UTF-8 where it is that, else GB 18030. */
export function decodePage(bytes: Buffer, contentType: string): string {
  const label = /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType)?.[1]
  return decodeBuffer(bytes, {
    ...(label !== undefined && { transportLayerEncodingLabel: label }),
    defaultEncoding: isUtf8(bytes) ? 'utf-8' : oldDefault,
  })
}

/** Whether all of it is UTF-8, but for a character that was cut off at the end. */
function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
