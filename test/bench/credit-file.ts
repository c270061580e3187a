/**
 * The credit file by code (issue 9), hot, cold and `304`, over HTTP from a process of its own, beside: a Fastify that answers
 * a constant of the same size, pgbench with the same query, and PostGraphile on the same tables; interleaved in one run.
 * Needs `wrk` and `pgbench`, and makes a database of its own on the server of DATABASE_URL. All names are made up.
 */
import { execFile, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { heldFiles } from '../../src/credit-files/repository.ts'
import { openProvince } from './names/bench-database.ts'
import { codeOf } from './names/bench-province.ts'
import { quantile, say } from './names/report.ts'
import { processorMs, residentMb } from './process-figures.ts'
import type { ProfileLine } from './profiler.ts'
import { hand, type Goal, type Result } from './results.ts'

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '32' },
    /** Fewer files than the memory holds, so that all are hot. */
    hot: { type: 'string', default: '2000' },
    /** Some of the measurements alone, separated by commas. */
    only: { type: 'string' },
  },
})
const n = Number(values.n)
const rounds = Number(values.rounds)
/** What a client of PostGraphile asks to show the same file. */
const graphQuery = JSON.stringify({
  query: `{ subjectByUscc(uscc: "CODE") { uscc name formerNames entityType status legalRepresentative establishedOn regionCode province city address industryCode registrationAuthority registrationNumber webPresencesByUscc { nodes { id kind name url host platform icpNumber sources status licenceDisplay firstSeenOn confirmedOn } } annualReportsByUscc { nodes { year publishedOn revision } } listingEntriesByUscc { nodes { id list groundCode authority decisionNumber listedOn status expiresOn removedOn removalReason rulebook } } penaltiesByUscc { nodes { decisionNumber authority ground kind amountFen decidedOn publishedUntil } } honoursByUscc { nodes { title authority awardedOn validUntil } } } }`,
})
const run = promisify(execFile)

interface Measured {
  perSecond: number
  p50: number
  p99: number
  /** Of the server, which tells more than the rate on a machine that has other work too; NaN for what is no server. */
  processorUs: number
}

const database = await openProvince(n)
const folder = mkdtempSync(join(tmpdir(), 'xinjian-bench-'))
const servers: ChildProcess[] = []
const addresses: string[] = []
try {
  const service = await startServer('service')
  // Not while the names are being read.
  while (!(await fetch(`${service}/readyz`)).ok) await sleep(100)
  const file = await (await fetch(`${service}/v1/credit-files/${codeOf(2)}`)).text()
  const constant = await startServer('constant', file)
  const postgraphile = await startServer('postgraphile')
  const etag = (await fetch(`${service}/v1/credit-files/${codeOf(2)}`)).headers.get('etag') ?? ''

  const hot = script(
    'hot',
    `local i = 0
request = function() i = i + 1; return wrk.format("GET", "/v1/credit-files/" .. codes[i % #codes + 1]) end`,
    hotCodes(),
  )
  const cold = script(
    'cold',
    `request = function() return wrk.format("GET", "/v1/credit-files/" .. codes[math.random(#codes)]) end
init = function(args) math.randomseed(os.time() + math.floor(os.clock() * 1e6)) end`,
    coldCodes(),
  )
  const matched = script(
    'matched',
    `wrk.headers["If-None-Match"] = '${etag}'
request = function() return wrk.format("GET", "/v1/credit-files/" .. codes[1]) end`,
    [codeOf(2)],
  )
  const graph = script(
    'graph',
    `wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
request = function() return wrk.format(nil, "/graphql", nil, body:gsub("CODE", codes[math.random(#codes)])) end`,
    coldCodes(),
    graphQuery,
  )

  const measurements: Record<string, () => Promise<Measured>> = {
    constant: () => wrk(constant, hot),
    hot: () => wrk(service, hot),
    'constant asked so': () => wrk(constant, matched),
    'If-None-Match': () => wrk(service, matched),
    'constant asked for these': () => wrk(constant, cold),
    cold: () => wrk(service, cold),
    'constant asked for one address': () => wrk(constant, null, `/v1/credit-files/${codeOf(2)}`),
    PostGraphile: () => wrk(postgraphile, graph),
    pgbench: () => pgbench(),
  }
  await wrk(service, hot)
  const results = new Map(Object.keys(measurements).map((name) => [name, [] as Measured[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(measurements)) {
      if (values.only?.split(',').includes(name) === false) continue
      const measured = await measure()
      results.get(name)?.push(measured)
      say(
        `round ${String(round + 1)}: ${name} ${measured.perSecond.toFixed(0)}/s, p50 ${measured.p50.toFixed(2)}, p99 ${measured.p99.toFixed(2)} ms, ${measured.processorUs.toFixed(0)} µs of processor`,
      )
    }
  }
  const median = (of: Measured[]) =>
    quantile(
      of.map(({ perSecond }) => perSecond),
      0.5,
    )
  const of = (name: string) => results.get(name) ?? []
  /** Nothing of what is no server. */
  const processor = (name: string, words: string) => {
    const us = quantile(
      of(name).map(({ processorUs }) => processorUs),
      0.5,
    )
    return Number.isNaN(us) ? '' : `, ${us.toFixed(0)} µs${words}`
  }
  const beside = (name: string, to: string, goal: Goal | null): Result => ({
    row: 'credit file',
    what: `${name}, of ${to}`,
    measured: `${median(of(name)).toFixed(0)}/s${processor(name, " of the server's processor each")}`,
    yardstick: `${to} ${median(of(to)).toFixed(0)}/s${processor(to, '')}`,
    figures: of(name).map(({ perSecond }, i) => perSecond / (of(to)[i]?.perSecond ?? NaN)),
    unit: '',
    goal,
  })
  const tailOf = (name: string) =>
    quantile(
      of(name).map(({ p50, p99 }) => p99 / p50),
      0.5,
    )
  const tail = (name: string): Result => ({
    row: 'credit file',
    what: `${name}, p99 of p50`,
    measured: `p99 ${quantile(
      of(name).map(({ p99 }) => p99),
      0.5,
    ).toFixed(2)} ms`,
    yardstick: `p50 ${quantile(
      of(name).map(({ p50 }) => p50),
      0.5,
    ).toFixed(2)} ms; of the constant ${tailOf('constant').toFixed(1)}`,
    figures: of(name).map(({ p50, p99 }) => p99 / p50),
    unit: '',
    goal: { most: 3 },
  })
  const profiles = [await profile('hot', hot), await profile('cold', cold)]
  hand({
    profiles,
    results: [
      beside('hot', 'constant', { least: 0.88 }),
      beside('cold', 'constant asked for these', { least: 0.3 }),
      beside('cold', 'PostGraphile', { least: 5 }),
      beside('cold', 'pgbench', null),
      tail('hot'),
      tail('cold'),
      beside('If-None-Match', 'constant asked so', { least: 0.95 }),
      beside('hot', 'constant asked for one address', null),
      {
        row: 'memory',
        what: 'the process that served it',
        measured: `names and 64 MB of files; ${String(file.length)} bytes a file`,
        yardstick: '',
        figures: [residentMb(servers[0]?.pid)],
        unit: 'MB',
        goal: null,
      },
    ],
  })
} finally {
  for (const server of servers) server.kill()
  rmSync(folder, { recursive: true, force: true })
  await database.drop()
}

function hotCodes(): string[] {
  return Array.from({ length: Math.min(n, Number(values.hot)) }, (_, i) => codeOf(i))
}

/** So many that the memory of the process holds few of them. */
function coldCodes(): string[] {
  const count = Math.min(n, 400_000)
  return Array.from({ length: count }, (_, i) => codeOf(Math.floor((i * n) / count)))
}

/** A script of wrk with its codes in a file beside it. */
function script(name: string, lines: string, codes: string[], body = ''): string {
  const path = join(folder, `${name}.lua`)
  writeFileSync(join(folder, `${name}.txt`), codes.join('\n'))
  writeFileSync(
    path,
    `codes = {}
for line in io.lines("${join(folder, `${name}.txt`)}") do codes[#codes + 1] = line end
body = [[${body}]]
${lines}
`,
  )
  return path
}

/** Asks a server by a script, or for one address without any, which costs the client less. */
async function wrk(url: string, path: string | null, address = ''): Promise<Measured> {
  const pid = servers[addresses.indexOf(url)]?.pid
  const before = processorMs(pid)
  const { stdout } = await run('wrk', [
    '-t1',
    `-c${values.connections}`,
    `-d${values.seconds}s`,
    '--latency',
    ...(path === null ? [] : ['-s', path]),
    `${url}${address}`,
  ]).catch((error: unknown) => {
    throw new Error('this bench needs wrk (Debian: apt-get install wrk)', { cause: error })
  })
  if (/Non-2xx or 3xx responses/.test(stdout)) throw new Error(`wrong answers from ${url}: ${stdout}`)
  const number = (form: RegExp) => {
    const [, digits = '', unit = ''] = form.exec(stdout) ?? []
    return Number(digits) * ({ us: 0.001, s: 1000 }[unit] ?? 1)
  }
  return {
    processorUs: ((processorMs(pid) - before) * 1000) / number(/(\d+) requests in/),
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50: number(/50%\s+([\d.]+)(us|ms|s)/),
    p99: number(/99%\s+([\d.]+)(us|ms|s)/),
  }
}

/** The query of a cold read as PostgreSQL alone answers it, prepared, by 8 clients. */
async function pgbench(): Promise<Measured> {
  const path = join(folder, 'pgbench.sql')
  writeFileSync(path, `\\set number random(0, ${String(n - 1)})\n${heldFileQuery()};\n`)
  const { stdout } = await run('pgbench', [
    '-n',
    '-M',
    'prepared',
    '-c8',
    '-j1',
    '-T',
    values.seconds,
    '-f',
    path,
    database.url,
  ])
  const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1])
  return { perSecond, p50: 8000 / perSecond, p99: NaN, processorUs: NaN }
}

function heldFileQuery(): string {
  return heldFiles.text
    .replace(/\$1/g, "'2026-11-25'")
    .replace(/\$2/g, 'array[(select uscc from bench_codes where number = :number)]')
}

/** Where the service spends its time on the processor while it is asked as fast as it answers. */
async function profile(what: string, path: string) {
  const [serving] = servers
  if (serving === undefined) throw new Error('no service')
  serving.send('profile')
  const [service] = addresses
  const { perSecond } = await wrk(service ?? '', path)
  const answered = once(serving, 'message')
  serving.send('profiled')
  const [lines] = (await answered) as [ProfileLine[]]
  return { what: `credit file, ${what}, ${perSecond.toFixed(0)}/s while profiled`, lines }
}

async function startServer(kind: 'service' | 'constant' | 'postgraphile', content = ''): Promise<string> {
  const child = fork(fileURLToPath(new URL('names/bench-server.ts', import.meta.url)), [kind, database.url, content], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  servers.push(child)
  const [address] = (await once(child, 'message')) as [string]
  addresses.push(address)
  return address
}
