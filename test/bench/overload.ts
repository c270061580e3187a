/**
 * Overload (issue 8): what `serve`, a process of its own, answers in a second when it is kept busy is its capacity; then
 * requests come at half of that (the calm), and at four times that whatever becomes of them, and at half again. Requests
 * are sent at their time, over kept connections, by processes of their own, so that a late answer holds nobody back.
 */
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'
import { openBenchDatabase } from './names/bench-database.ts'
import { quantile, say, table } from './names/report.ts'

interface Load {
  address: string
  /** Requests a second; 0 keeps `clients` busy without a rest. */
  rate: number
  clients: number
  seconds: number
}

interface Outcome {
  accepted: number[]
  refused: number[]
  other: number
}

/** What costs the service many milliseconds, so that those who send, on the same machine, take little of it. */
const path = () => `/v1/search?q=${encodeURIComponent(`示例${String(1 + Math.floor(Math.random() * 500))}号贸易`)}`

async function send(load: Load): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.clients })
  const outcome: Outcome = { accepted: [], refused: [], other: 0 }
  const one = () =>
    new Promise<void>((resolve) => {
      const from = performance.now()
      const sent = get(`${load.address}${path()}`, { agent }, (response) => {
        response.resume()
        response.on('end', () => {
          const ms = performance.now() - from
          if (response.statusCode === 200) outcome.accepted.push(ms)
          else if (response.statusCode === 503 || response.statusCode === 429) outcome.refused.push(ms)
          else outcome.other += 1
          resolve()
        })
      })
      sent.on('error', () => {
        outcome.other += 1
        resolve()
      })
    })
  const until = performance.now() + load.seconds * 1000
  if (load.rate === 0) {
    await Promise.all(
      Array.from({ length: load.clients }, async () => {
        while (performance.now() < until) await one()
      }),
    )
  } else {
    const begun = performance.now()
    const under: Promise<void>[] = []
    for (let sent = 0; performance.now() < until;) {
      const due = Math.floor(((performance.now() - begun) / 1000) * load.rate)
      for (; sent < due; sent += 1) under.push(one())
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await Promise.all(under)
  }
  agent.destroy()
  return outcome
}

if (process.send !== undefined) {
  process.on('message', (load: Load) => {
    void send(load).then((outcome) => process.send?.(outcome, () => process.exit(0)))
  })
} else {
  const seconds = Number(process.argv[2] ?? 10)
  /** Requests that are worked on at once: a search keeps one core busy. */
  const places = process.argv[3] ?? '1'
  const senders = 2
  const database = await openBenchDatabase()
  if (database === null) {
    say('no PostgreSQL answers: set DATABASE_URL')
    process.exit(1)
  }
  await take(
    database.db,
    'subjects',
    Array.from({ length: 500 }, (_, i) => subjectItem(i + 1)),
  )
  const folder = await mkdtemp(`${tmpdir()}/xinjian-bench-`)
  const serving = spawn(process.execPath, ['bin/xinjian.js', 'serve', '--json'], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      DATA_DIR: folder,
      PORT: '0',
      JOBS: 'off',
      // Refusals are to come from the load, not from one address that asks a lot.
      RATE_LIMIT: 'off',
      // Latency is held by few places and a short burst; what is set by default is generous.
      MAX_REQUESTS: places,
      MAX_WAITING_REQUESTS: '16',
      MAX_BURST_MS: '250',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: serving.stdout }), 'line')) as [string]
  const { address } = JSON.parse(line) as { address: string }
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${serving.pid}/status`, 'utf8'))?.[1]) / 1024

  const under = async (load: Omit<Load, 'address'>): Promise<Outcome> => {
    const parts = await Promise.all(
      Array.from({ length: senders }, async () => {
        const sender = fork(fileURLToPath(import.meta.url), { execArgv: process.execArgv })
        sender.send({ ...load, address, rate: load.rate / senders, clients: Math.ceil(load.clients / senders) })
        const [outcome] = (await once(sender, 'message')) as [Outcome]
        return outcome
      }),
    )
    return {
      accepted: parts.flatMap(({ accepted }) => accepted),
      refused: parts.flatMap(({ refused }) => refused),
      other: parts.reduce((sum, { other }) => sum + other, 0),
    }
  }
  const row = (name: string, asked: number, { accepted, refused, other }: Outcome): string[] => [
    name,
    String(Math.round(asked)),
    String(Math.round(accepted.length / seconds)),
    String(Math.round(refused.length / seconds)),
    [0.5, 0.95, 0.99].map((share) => quantile(accepted, share).toFixed(1)).join(' / '),
    refused.length === 0 ? '' : [0.5, 0.99].map((share) => quantile(refused, share).toFixed(1)).join(' / '),
    String(other),
    `${Math.round(memory())} MB`,
  ]
  await under({ rate: 0, clients: 16, seconds: 3 })
  const busy = await under({ rate: 0, clients: 16, seconds })
  const capacity = busy.accepted.length / seconds
  const rows = [row('capacity: 16 clients without a rest', capacity, busy)]
  for (const [name, share] of [
    ['calm: half', 0.5],
    ['overload: four times', 4],
    ['calm again: half', 0.5],
  ] as const) {
    rows.push(row(name, capacity * share, await under({ rate: capacity * share, clients: 2000, seconds })))
  }
  table(
    [
      'load',
      'asked /s',
      'accepted /s',
      'refused /s',
      'accepted ms p50 / p95 / p99',
      'refused ms p50 / p99',
      'failed',
      'RSS',
    ],
    rows,
  )
  serving.kill('SIGTERM')
  await once(serving, 'exit')
  await rm(folder, { recursive: true })
  await database.drop()
}
