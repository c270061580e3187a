import { Presets, SingleBar } from 'cli-progress'
import { Option, type Command } from 'commander'
import { parseConfig, type Config } from '../config.ts'
import type { Database } from '../platform/db.ts'
import { JobError, type Share } from '../platform/jobs.ts'
import { openConfiguredDatabase } from '../platform/open.ts'
import { openLog } from '../platform/request-log.ts'

/** A mistake of the one who typed the command, told in one line. */
export class UsageError extends Error {}

/** A line on standard output, which is for answers alone. */
export const write = (text: string) => process.stdout.write(`${text}\n`)
/** A line on standard error. */
export const tell = (text: string) => process.stderr.write(`${text}\n`)

/** Prints an answer: JSON with `--json`, else as a person reads it. */
export function answer(command: Command, value: object, forPeople: () => string): void {
  write(command.optsWithGlobals<{ json?: boolean }>().json ? JSON.stringify(value) : forPeople())
}

/** Opens the configured database for a command and closes it, whatever comes. */
export async function withDatabase<Result>(
  run: (database: Database, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = parseConfig(process.env)
  const log = openLog(config)
  const database = await openConfiguredDatabase(config, (line) => log.debug(line))
  try {
    return await run(database, config)
  } finally {
    await database.close()
  }
}

/** A command with a name and a description, which prints its answer as JSON with `--json`. */
export function command(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).addOption(new Option('--json', 'print the answer as JSON'))
}

/** Aborts at SIGINT or SIGTERM, so that a run ends after the chunk at hand and is kept as interrupted. */
export function abortedBySignal(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stopping.abort(new JobError(`stopped by ${signal}`)))
  }
  return stopping.signal
}

const onTerminal = process.stderr.isTTY
let bar: SingleBar | null = null
let toldAt = Date.now()
/** Where nobody watches a bar, a line now and then shows in the log of whoever runs the command that it goes on. */
const lineEveryMs = 10_000

/** How far a command has come: on a terminal a bar, or counts in one line that is written over; elsewhere a line now and then. */
export function showProgress(counts: object, share?: Share): void {
  if (!onTerminal) {
    if (Date.now() - toldAt < lineEveryMs) return
    toldAt = Date.now()
    const percent =
      share === undefined || share.total === 0 ? '' : `${Math.floor((100 * share.done) / share.total)}% · `
    tell(`${percent}${describeCounts(counts, ' · ').trim()}`)
  } else if (share === undefined || share.total <= 0) {
    if (bar !== null) return
    const line = describeCounts(counts, ' · ').slice(0, (process.stderr.columns || 80) - 1)
    process.stderr.write(`\r\u001b[K${line}`)
  } else {
    if (bar === null) {
      bar = new SingleBar(
        {
          format: '  {bar} {percentage}% · {eta_formatted} left{counts}',
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          linewrap: false,
        },
        Presets.shades_classic,
      )
      bar.start(share.total, 0, { counts: '' })
    }
    bar.setTotal(share.total)
    bar.update(Math.min(share.done, share.total), { counts: ` · ${describeCounts(counts, ' · ').trim()}` })
  }
}

/** Clears what `showProgress` wrote on a terminal. */
export function endProgress(): void {
  bar?.stop()
  bar = null
  if (onTerminal) process.stderr.write('\r\u001b[K')
}

/** Counts as a person reads them: one a line, or in one line. */
export function describeCounts(counts: object, separator = '\n'): string {
  return Object.entries(counts)
    .map(([name, value]) => `  ${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(separator)
}
