import { z } from 'zod'
import type { ClaimRecord } from '../../registry/claims/domain.ts'
import { platforms } from '../../registry/platforms.ts'
import { address } from '../address.ts'
import { instant, optional, plainDay, plainText, readerOf, uscc } from '../read.ts'

const codeOf = new Map(platforms.flatMap(({ code, name }) => [code, name.zh, name.en].map((known) => [known, code])))

const schema = z
  .object({
    sourceId: plainText(200),
    updatedAt: instant,
    platform: plainText(100).transform((written) => codeOf.get(written) ?? written),
    shopId: plainText(200),
    shopName: plainText(200),
    shopUrl: address,
    // Sellers of small amounts need not be registered (电子商务法 art 10).
    uscc: optional(uscc),
    name: plainText(200),
    reportedOn: plainDay,
  })
  .refine(({ shopUrl: { platform, isShop } }) => platform === null || isShop, {
    path: ['shopUrl'],
    message: 'is an address of the platform and names no shop',
  })
  .transform(({ shopUrl: { url, host, key }, ...seller }): ClaimRecord => {
    const { sourceId, updatedAt, platform, shopId, shopName, name, reportedOn } = seller
    return {
      ...{ source: 'platform-sellers', sourceId, recordKey: `${platform}/${shopId}`, updatedAt },
      ...{ uscc: seller.uscc ?? null, ownerName: name, kind: 'shop', name: shopName, url, host, key, platform, shopId },
      ...{ icpNumber: null, isInUse: true, statedOn: reportedOn },
    }
  })

/** Reads a record of `platform-sellers` (电子商务法 art 28; contract section 6). */
export const readPlatformSeller = readerOf(schema)
