import { z } from 'zod'
import type { ClaimRecord } from '../../registry/claims/domain.ts'
import { address } from '../address.ts'
import { instant, optional, plainDay, plainText, readerOf, uscc } from '../read.ts'

const schema = z
  .object({
    sourceId: plainText(200),
    updatedAt: instant,
    // 京ICP备12345678号-1, written with and without spaces.
    icpNumber: plainText(100).transform((written) => written.normalize('NFKC').replace(/\s/g, '')),
    host: address,
    siteName: plainText(200),
    ownerName: plainText(200),
    ownerUscc: optional(uscc),
    filedOn: plainDay,
    status: z.enum(['active', 'cancelled']),
  })
  .transform(({ host: { host }, ...filing }): ClaimRecord => {
    const { sourceId, updatedAt, icpNumber, siteName, ownerName, ownerUscc = null, filedOn, status } = filing
    return {
      ...{ source: 'icp-filing', sourceId, recordKey: sourceId, updatedAt, uscc: ownerUscc, ownerName, icpNumber },
      // A filing is of a whole host, whatever page of it is written down.
      ...{ kind: 'website', name: siteName, url: `https://${host}/`, host, key: host, platform: null, shopId: null },
      isInUse: status === 'active',
      statedOn: filedOn,
    }
  })

/** Reads a record of `icp-filings` (ICP备案; contract section 6). */
export const readIcpFiling = readerOf(schema)
