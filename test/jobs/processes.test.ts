import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { findLeader } from '../../src/platform/job-schedule.ts'
import { cloneDatabase } from '../support/database.ts'

let database: Database
const children: ChildProcess[] = []

beforeEach(async () => {
  database = await cloneDatabase()
  await database.db.execute(sql`create table ran (job text, on_day date, run_id uuid, pid int)`)
  await database.db.execute(sql`create table held (job text)`)
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await database.close()
})

async function startProcess(at: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'simulated-process.ts'), [database.url, at], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.push(child)
  await once(child, 'message')
  return child
}

/** Moves the clock of a process; resolves when it has looked at the schedule, and run what was its to run. */
async function move(child: ChildProcess, at: Date, wait = true): Promise<{ leads: boolean }> {
  const answered = once(child, 'message')
  child.send({ at: at.toISOString(), wait })
  const [answer] = (await answered) as [{ leads: boolean }]
  return answer
}

/** Midnight in Shanghai. */
const midnight = Date.parse('2026-07-06T16:00:00Z')
const after = (minutes: number) => new Date(midnight + minutes * 60_000)

const runs = () =>
  rowsOf<{ job: string; minute: number; status: string; attempts: number; process: string }>(
    database.db,
    sql`select job, (extract(epoch from slot_at) - ${midnight / 1000})::int / 60 as minute, status, attempts, process
        from job_runs order by job, slot_at`,
  )
const minutesOf = async (job: string, status = 'succeeded') =>
  (await runs()).filter((run) => run.job === job && run.status === status).map((run) => run.minute)
const every = (minutes: number, from: number, to: number) =>
  Array.from({ length: Math.floor((to - from) / minutes) + 1 }, (_, i) => from + i * minutes)

test('of three processes on a day of slots one leads, and each slot is run once; the leader killed, the others catch up', async () => {
  const processes = [await startProcess(after(-1).toISOString())]
  while (processes.length < 3) processes.push(await startProcess(after(-1).toISOString()))
  let leader: ChildProcess | undefined
  // Every ten minutes and at moments of their own, so that nobody is awake at the slots themselves.
  for (let minute = 0; minute <= 12 * 60; minute += 10) {
    const answers = await Promise.all(processes.map((child, i) => move(child, after(minute + i * 0.3))))
    expect(answers.filter(({ leads }) => leads)).toHaveLength(1)
    leader = processes[answers.findIndex(({ leads }) => leads)]
  }
  expect((await findLeader(database.db))?.process).toMatch(new RegExp(`:${leader?.pid ?? 0}$`))

  // The leader is killed in the middle of a run, and for three hours nobody looks.
  await database.db.execute(sql`insert into held values ('each-quarter')`)
  await move(leader!, after(12 * 60 + 20), false)
  for (;;) {
    const [begun] = await rowsOf<{ held: number; others: number }>(
      database.db,
      sql`select count(*) filter (where r.job = 'each-quarter' and r.status = 'running' and ran.run_id is not null)::int as held,
            count(*) filter (where r.job <> 'each-quarter')::int as others
          from job_runs r left join ran on ran.run_id = r.id and ran.pid = ${leader?.pid ?? 0}
          where r.status in ('queued', 'running')`,
    )
    // Its other jobs have ended: the one that is held is the only one in the middle.
    if (begun?.held === 1 && begun.others === 0) break
  }
  const gone = once(leader!, 'exit')
  leader!.kill('SIGKILL')
  await gone
  await database.db.execute(sql`delete from held`)
  const others = processes.filter((child) => child !== leader)
  for (let minute = 15 * 60 + 30; minute <= 24 * 60; minute += 10) {
    for (;;) {
      // PostgreSQL needs a moment to see that the connections of the killed one are gone.
      const answers = await Promise.all(others.map((child, i) => move(child, after(minute + i * 0.3))))
      if (answers.filter(({ leads }) => leads).length === 1) break
    }
  }
  for (;;) {
    const unfinished = (await runs()).filter((run) => ['queued', 'running'].includes(run.status))
    if (unfinished.length === 0) break
    await Promise.all(others.map((child) => move(child, after(24 * 60 + 1))))
  }

  expect(await minutesOf('each-quarter')).toEqual(every(15, 0, 24 * 60))
  expect(await minutesOf('each-night')).toEqual([5])
  // Of the slots at 12:07 to 15:07 (12:07 had been decided) only the newest was run.
  const hours = every(60, 7, 24 * 60).filter((minute) => minute < 12 * 60 + 8 || minute > 15 * 60)
  expect(await minutesOf('latest-hour')).toEqual(hours)
  const all = await runs()
  expect(all.filter((run) => run.status !== 'succeeded')).toEqual([])
  expect(new Set(all.map((run) => run.process)).size).toBeGreaterThan(1)
  // The one that was killed in the middle was begun twice, and every other one once.
  expect(all.filter((run) => run.attempts > 1)).toMatchObject([{ job: 'each-quarter', attempts: 2 }])
  const begun = await rowsOf<{ count: number }>(database.db, sql`select count(*)::int as count from ran`)
  expect(begun[0]?.count).toBe(all.length + 1)
})
