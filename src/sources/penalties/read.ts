import { z } from 'zod'
import type { PenaltyRecord } from '../../penalties/domain.ts'
import { withoutPersonalData } from '../../registry/personal-data.ts'
import { instant, optional, plainDay, plainText, readerOf, uscc } from '../read.ts'

/** What the log tells of a penalty can never be taken back: nobody's personal data goes into it. */
const published = (max: number) => plainText(max).transform(withoutPersonalData)

const yesOrNo = z.preprocess(
  (value) => (typeof value === 'string' ? value.trim().toLowerCase() : value),
  z
    .union([z.boolean(), z.enum(['true', 'false', '1', '0', '是', '否'])])
    .transform((value) => value === true || value === 'true' || value === '1' || value === '是'),
)

const schema = z.object({
  sourceId: plainText(200),
  updatedAt: instant,
  uscc,
  decisionNumber: published(100),
  authority: published(200),
  ground: published(500),
  kind: published(200),
  amountFen: optional(z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)),
  decidedOn: plainDay,
  severe: yesOrNo,
})

/** Reads a record of `penalties` (行政处罚信息; contract section 6). */
export const readPenalty = readerOf<PenaltyRecord>(schema)
