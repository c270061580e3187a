import { z } from 'zod'
import type { AnnualReportRecord } from '../../registry/domain.ts'
import { webPresenceKinds } from '../../registry/vocabulary.ts'
import { address } from '../address.ts'
import { instant, plainDay, plainText, readerOf, uscc } from '../read.ts'

const schema = z
  .object({
    sourceId: plainText(200),
    updatedAt: instant,
    uscc,
    name: plainText(200),
    // Annual reports are filed since the year 2013 (条例 art 8, in force 2014-10-01).
    year: z.coerce.number().int().min(2013).max(2200),
    publishedOn: plainDay,
    webPresences: z
      .array(z.object({ kind: z.enum(webPresenceKinds), name: plainText(200), url: address }))
      .max(1000)
      .default([]),
  })
  // A report for a year to come would make all others old.
  .refine(({ year, publishedOn }) => year <= Number(publishedOn.slice(0, 4)), {
    path: ['year'],
    message: 'is later than the day of publication',
  })
  .transform(({ webPresences, ...report }): AnnualReportRecord => {
    // The same address twice in one report is one site.
    const byKey = new Map(
      webPresences.map(({ kind, name, url }) => [url.key, { kind, name, url: url.url, host: url.host, key: url.key }]),
    )
    return { ...report, webPresences: [...byKey.values()] }
  })

/** Reads a record of `annual-reports` with its web information (涉网信息; contract section 6). */
export const readAnnualReport = readerOf(schema)
