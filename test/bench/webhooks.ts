import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import postgres from 'postgres'
import { appendEvents } from '../../src/feed/service.ts'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { migrateDatabase, openDatabase } from '../../src/platform/db.ts'
import { pendingEvent } from '../support/events.ts'

/**
 * From the COMMIT of an event to the arrival of its webhook, beside a bare LISTEN/NOTIFY between two connections, in
 * turns within one run; the same with 100 subscriptions at once, with what each adds to the memory of the process that
 * delivers. `serve` is a process of its own; the database is that of DATABASE_URL.
 */
const events = Number(process.argv[2] ?? 300)
const many = Number(process.argv[3] ?? 100)
const manyEvents = 50

const server = process.env['DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres'
const name = `webhookbench_${process.pid}`
const admin = postgres(server, { max: 1, onnotice: () => undefined })
await admin`create database ${admin(name)} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`
const url = new URL(server)
url.pathname = `/${name}`
await migrateDatabase(url.href)
const database = openDatabase(url.href, { max: 2 })
const { db } = database

/** Tells of each message that comes. */
let onMessage: () => void = () => undefined
const receiver = createServer((request, response) => {
  request.resume().on('end', () => {
    onMessage()
    response.writeHead(204).end()
  })
})
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
const folder = await mkdtemp(`${tmpdir()}/xinjian-bench-`)
const serving = spawn(process.execPath, ['bin/xinjian.js', 'serve', '--json'], {
  env: {
    PATH: process.env['PATH'],
    DATABASE_URL: url.href,
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    DATA_DIR: folder,
    ...{ PORT: '0', JOBS: 'off', LOG_LEVEL: 'warn' },
  },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = (await once(createInterface({ input: serving.stdout }), 'line')) as [string]
const { address } = JSON.parse(line) as { address: string }

const { id } = await createPartner(db, { name: '某协同部门', kind: 'agency' }, new Date())
const { key } = await createKey(db, { partnerId: id, scopes: ['feed'] }, new Date())
async function subscribe(): Promise<void> {
  const response = await fetch(`${address}/v1/subscriptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: hook, types: ['subject.changed'] }),
  })
  if (response.status !== 201) throw new Error(await response.text())
}

/** Milliseconds from the moment at which `commit` sends its COMMIT to each of so many messages. */
async function delivered(count: number, commit: () => Promise<number>): Promise<number[]> {
  const arrivals: number[] = []
  const all = new Promise<void>((resolve) => {
    onMessage = () => {
      arrivals.push(performance.now())
      if (arrivals.length === count) resolve()
    }
  })
  const committed = await commit()
  await all
  return arrivals.map((at) => at - committed)
}

const notifying = postgres(url.href, { max: 1 })
const listening = postgres(url.href, { max: 1 })
let onNotify: () => void = () => undefined
await listening.listen('bare', () => onNotify())
async function notified(): Promise<number> {
  const heard = new Promise<number>((resolve) => (onNotify = () => resolve(performance.now())))
  const committed = await notifying.begin(async (tx) => {
    await tx`select pg_notify('bare', '1')`
    return performance.now()
  })
  return (await heard) - committed
}

const quantile = (values: number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * q)] ?? NaN
const told = (values: number[]) =>
  `p50 ${quantile(values, 0.5).toFixed(1)} ms, p99 ${quantile(values, 0.99).toFixed(1)} ms`
/** Resident memory of the serving process, in kB. */
async function memory(): Promise<number> {
  const status = await readFile(`/proc/${serving.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])
}

await subscribe()
const commitOf = (count: number) => () =>
  db.transaction(async (tx) => {
    await appendEvents(
      tx,
      Array.from({ length: count }, (_, i) => pendingEvent(i + 1)),
    )
    return performance.now()
  })
const commit = commitOf(1)
for (let i = 0; i < 30; i += 1) await delivered(1, commit)
const webhook: number[] = []
const bare: number[] = []
for (let i = 0; i < events; i += 1) {
  webhook.push(...(await delivered(1, commit)))
  bare.push(await notified())
}
const began = performance.now()
await delivered(1000, commitOf(1000))
const backlog = 1000 / ((performance.now() - began) / 1000)

const before = await memory()
for (let i = 1; i < many; i += 1) await subscribe()
const first: number[] = []
const last: number[] = []
for (let i = 0; i < manyEvents; i += 1) {
  const times = await delivered(many, commit)
  first.push(Math.min(...times))
  last.push(Math.max(...times))
}
const after = await memory()

process.stdout.write(`
commit to delivery, ${events} events one by one, in turns with the bare NOTIFY
  bare LISTEN/NOTIFY        ${told(bare)}
  webhook, 1 subscription   ${told(webhook)}
  a backlog of 1,000 events to one receiver: ${Math.round(backlog)} messages/s, in order, each recorded
${many} subscriptions at once, ${manyEvents} events
  first of them             ${told(first)}
  last of them              ${told(last)}
  resident memory of the process ${Math.round(before / 1024)} MB with 1, ${Math.round(after / 1024)} MB with ${many}: ${Math.round((after - before) / (many - 1))} kB a subscription
`)

serving.kill()
await once(serving, 'close')
await rm(folder, { recursive: true })
await Promise.all([notifying.end(), listening.end(), database.close()])
receiver.closeAllConnections()
receiver.close()
await admin`drop database ${admin(name)} with (force)`
await admin.end()
