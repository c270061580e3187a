import { basename } from 'node:path'
import { actorOfCommand, recordAudit } from '../platform/audit.ts'
import { InvalidArgumentError, type Command } from 'commander'
import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { systemClock } from '../platform/clock.ts'
import { importFile } from '../sources/import.ts'
import type { RecordCounts } from '../sources/service.ts'
import { collections, type Collection } from '../sources/vocabulary.ts'
import {
  abortedBySignal,
  answer,
  command,
  describeCounts,
  endProgress,
  showProgress,
  tell,
  UsageError,
  withDatabase,
} from './terminal.ts'

/** `import`. */
export function addImportCommand(program: Command): void {
  command(
    program,
    'import <collection> <files...>',
    `Import records from files; a collection is ${collections.join(' or ')}`,
  )
    .option(
      '--as-of <date or instant>',
      'the time as of which a table speaks whose rows have no updatedAt (更新时间); when the file was last written without it',
      parseMoment,
    )
    .addHelpText(
      'after',
      `
Files end in .ndjson, .jsonl, .csv, .tsv (UTF-8 or GB 18030) or .xlsx. Fields and column heads are those of the source
protocol (sourceId, updatedAt, uscc, name, …) or, in tables, of the official forms (统一社会信用代码, 企业名称, 年度, 网址, …).
Several rows of one code and year are one annual report with several sites. Records that cannot be taken are kept in
quarantine with the reason, and counted in the answer. docs/operating/jobs-and-files.md has all heads.`,
    )
    .action(async (collection: string, files: string[], options: { asOf?: Date }, self: Command) => {
      if (!(collections as readonly string[]).includes(collection)) {
        throw new UsageError(`there is no collection ${collection}; there are ${collections.join(', ')}`)
      }
      const signal = abortedBySignal()
      await withDatabase(async ({ db }) => {
        const results: (RecordCounts & { file: string })[] = []
        for (const file of files) {
          const counts = await importFile(db, collection as Collection, file, {
            now: () => systemClock.now(),
            asOf: options.asOf ?? (await modifiedAt(file)),
            signal,
            onProgress: showProgress,
            onNotice: (notice) => {
              endProgress()
              tell(`xinjian: ${notice}`)
            },
          })
          endProgress()
          results.push({ file, ...counts })
          const done = { actor: actorOfCommand(), objectId: collection, details: { file: basename(file), counts } }
          await recordAudit(db, { action: 'collection.imported', ...done, at: systemClock.now() })
        }
        answer(self, results.length === 1 ? (results[0] ?? {}) : results, () =>
          results.map(({ file, ...counts }) => `${file}\n${describeCounts(counts)}`).join('\n'),
        )
      })
    })
}

/** When a file was last written, but not after now; one that is missing is told of by who reads it. */
async function modifiedAt(file: string): Promise<Date> {
  const now = systemClock.now()
  const modified = await stat(file).then(
    (stats) => stats.mtime,
    () => now,
  )
  return modified < now ? modified : now
}

function parseMoment(text: string): Date {
  if (z.iso.date().safeParse(text).success) return new Date(`${text}T00:00:00+08:00`)
  if (z.iso.datetime({ offset: true }).safeParse(text).success) return new Date(text)
  throw new InvalidArgumentError('It must be a day such as 2026-07-01, or a moment such as 2026-07-01T02:03:04Z.')
}
