import { sql } from 'drizzle-orm'
import { parseConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/platform/db.ts'
import { createSchedule } from '../../src/platform/job-schedule.ts'
import type { Job } from '../../src/platform/jobs.ts'

/** A process that runs jobs, whose clock is told to it: `{at}` moves it, lets it look at the schedule and run what is due. */
const database = openDatabase(process.argv[2] ?? '', { max: 4 })
let now = new Date(process.argv[3] ?? '')

const jobThat = (name: string, cron: string, catchUp: 'latest' | 'each'): Job => ({
  ...{ name, cron, catchUp, description: 'notes that it ran' },
  run: async ({ db, on, runId }) => {
    await db.execute(sql`insert into ran (job, on_day, run_id, pid) values (${name}, ${on}, ${runId}, ${process.pid})`)
    // Where the test wants to kill in the middle of a run.
    for (;;) {
      const held = await db.execute(sql`select from held where job = ${name}`)
      if (held.length === 0) break
    }
    return {}
  },
})

const schedule = createSchedule({
  database,
  config: parseConfig({}),
  clock: { now: () => now },
  jobs: [
    jobThat('each-quarter', '*/15 * * * *', 'each'),
    jobThat('latest-hour', '7 * * * *', 'latest'),
    jobThat('each-night', '5 0 * * *', 'each'),
  ],
  log: {
    info: () => undefined,
    warn: () => undefined,
    error: (context, message) => process.stderr.write(`${message} ${JSON.stringify(context)}\n`),
  },
})

process.on('message', ({ at, wait }: { at: string; wait: boolean }) => {
  now = new Date(at)
  void schedule
    .tick()
    .then(() => (wait ? schedule.idle() : undefined))
    .then(() => process.send?.({ leads: schedule.leads() }))
})
process.send?.({ leads: false })
