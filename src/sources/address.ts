import { z } from 'zod'
import { parseWebAddress } from '../registry/web-address.ts'
import { plainText } from './read.ts'

/** What an index of PostgreSQL can hold, with room to spare; escaping makes a long address many times longer. */
const maxKeyBytes = 2000

/** The address of a site or shop, as people write it. */
export const address = plainText(2000).transform((written, context) => {
  const parsed = parseWebAddress(written)
  if (parsed !== null && Buffer.byteLength(parsed.key) <= maxKeyBytes) return parsed
  context.addIssue({ code: 'custom', message: 'is no address of a web site or shop' })
  return z.NEVER
})
