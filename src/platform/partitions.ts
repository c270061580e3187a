import { sql } from 'drizzle-orm'
import { faultOf, rowsOf, type DbOrTx } from './db.ts'

/** How many ranges were made, by table. */
export type MadePartitions = Record<'feed_events' | 'annual_report_revisions', number>

/**
 * Makes the next ranges of the log and of the reports before they are needed, and moves into them what the default
 * partition took meanwhile. Any number of processes may call it at any time; one does it, the others make none.
 * @param on the day: reports are made ranges for its year and the next
 * @throws an error of code 55P03 when a long reader holds the default partition; nobody waits behind, so call it again later
 */
export async function makePartitions(db: DbOrTx, on: string): Promise<MadePartitions> {
  const year = Number(on.slice(0, 4))
  const [log] = await rowsOf<{ made: number }>(db, sql`select make_partitions('feed_events', null) as made`)
  const [revisions] = await rowsOf<{ made: number }>(
    db,
    sql`select make_partitions('annual_report_revisions', ${year}) as made`,
  )
  return { feed_events: log?.made ?? 0, annual_report_revisions: revisions?.made ?? 0 }
}

/** The same at the start of a process, which goes on without: the job of the night makes what is missing. */
export async function makePartitionsAtStart(
  db: DbOrTx,
  on: string,
  log: { warn(context: object, message: string): void },
): Promise<void> {
  await makePartitions(db, on).catch((error: unknown) => {
    log.warn({ err: faultOf(error) }, 'the next partitions could not be made; the job make-partitions tries again')
  })
}
