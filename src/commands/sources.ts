import { InvalidArgumentError, type Command } from 'commander'
import { z } from 'zod'
import { systemClock } from '../platform/clock.ts'
import { Problem } from '../platform/problem.ts'
import { rereadCollection } from '../sources/reread.ts'
import { listSources, resumeAndTell } from '../sources/source-state.ts'
import { collections, type Collection } from '../sources/vocabulary.ts'
import {
  abortedBySignal,
  answer,
  command,
  describeCounts,
  endProgress,
  showProgress,
  UsageError,
  withDatabase,
} from './terminal.ts'

/** `source list`, `source resume` and `source reread`. */
export function addSourceCommands(program: Command): void {
  const source = program.command('source').description('Sources that are pulled, and what they sent')
  command(source, 'list', 'How each source behaves: pulled, left alone or stopped, and why').action(
    async (_options, self: Command) => {
      await withDatabase(async ({ db }) => {
        const sources = await listSources(db, systemClock.now())
        answer(self, sources, () =>
          sources.map(({ collection, ...state }) => `${collection}\n${describeCounts(state)}`).join('\n'),
        )
      })
    },
  )

  command(source, 'resume <collection>', 'Let a source that is stopped or left alone be pulled again')
    .requiredOption('--reason <reason>', 'why it may go on, which is kept (required)')
    .option('--accept', 'what it was stopped for is right: the next complete pull is not stopped for the same')
    .action(async (name: string, options: { reason: string; accept?: boolean }, self: Command) => {
      const collection = collectionOf(name)
      await withDatabase(async ({ db }) => {
        const { reason, accept = false } = options
        const resumed = { reason, accept, by: null, now: systemClock.now() }
        const state = await db
          .transaction((tx) => resumeAndTell(tx, collection, resumed))
          .catch((error: unknown) => {
            if (error instanceof Problem) throw new UsageError(`the source of ${collection} is not stopped`)
            throw error
          })
        answer(self, state, () => `The source of ${collection} is pulled again from the next run on.`)
      })
    })

  command(source, 'reread <collection>', 'Read kept bytes again by the present parser')
    .option('--from <date>', 'first day (YYYY-MM-DD, in Asia/Shanghai) on which they came', parseDay)
    .option('--to <date>', 'last day on which they came', parseDay)
    .addHelpText(
      'after',
      `
Every page and file of the collection that is still kept (RAW_RETENTION_DAYS) is read in the order in which it came.
What reads as before changes nothing.`,
    )
    .action(async (name: string, options: { from?: string; to?: string }, self: Command) => {
      const collection = collectionOf(name)
      await withDatabase(async ({ db }) => {
        const counts = await rereadCollection({
          db,
          collection,
          ...options,
          now: () => systemClock.now(),
          signal: abortedBySignal(),
          onProgress: showProgress,
        })
        endProgress()
        answer(self, counts, () => describeCounts(counts))
      })
    })
}

function collectionOf(name: string): Collection {
  const found = collections.find((collection) => collection === name)
  if (found === undefined) throw new UsageError(`there is no collection ${name}; there are ${collections.join(', ')}`)
  return found
}

function parseDay(text: string): string {
  if (!z.iso.date().safeParse(text).success) throw new InvalidArgumentError('It must be a day such as 2026-07-01.')
  return text
}
