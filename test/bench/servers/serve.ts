import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

/** A `serve` process of its own, as it is run in production, without jobs and rate limits. */
export interface Serving {
  address: string
  /** Memory that it holds, in megabytes. */
  memoryMb(): number
  stop(): Promise<void>
}

export async function startServing(
  url: string,
  folder: string,
  settings: Record<string, string> = {},
): Promise<Serving> {
  const child: ChildProcess = spawn(process.execPath, ['bin/xinjian.js', 'serve', '--json'], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: url,
      DATA_DIR: folder,
      ...{ PORT: '0', JOBS: 'off', LOG_LEVEL: 'warn', RATE_LIMIT: 'off' },
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout! })
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [unknown]
  if (typeof line !== 'string') throw new Error('serve ended before it listened')
  const { address } = JSON.parse(line) as { address: string }
  // The index of names is filled after it listens.
  while (!(await fetch(`${address}/readyz`)).ok);
  return {
    address,
    memoryMb: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(child.pid)}/status`, 'utf8'))?.[1]) / 1024,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}

/** A script of wrk that asks these paths, chosen at random; it needs a folder for its files. */
export function wrkScript(folder: string, name: string, paths: readonly string[]): string {
  writeFileSync(join(folder, `${name}.txt`), paths.join('\n'))
  const file = join(folder, `${name}.lua`)
  writeFileSync(
    file,
    `paths = {}
for line in io.lines("${join(folder, `${name}.txt`)}") do paths[#paths + 1] = line end
init = function(args) math.randomseed(os.time() + math.floor(os.clock() * 1e6)) end
request = function() return wrk.format("GET", paths[math.random(#paths)]) end
`,
  )
  return file
}

export interface Load {
  perSecond: number
  /** Milliseconds; of several servers, of the slowest. */
  p99: number
}

/** Asks all servers at once, the connections shared out among them. */
export async function wrkAll(
  addresses: readonly string[],
  script: string,
  { seconds, connections, headers = {} }: { seconds: string; connections: number; headers?: Record<string, string> },
): Promise<Load> {
  const each = Math.max(1, Math.floor(connections / addresses.length))
  const loads = await Promise.all(
    addresses.map(async (address): Promise<Load> => {
      const given = [
        '-t1',
        `-c${String(each)}`,
        `-d${seconds}s`,
        '--latency',
        '-s',
        script,
        ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
      ]
      const { stdout } = await promisify(execFile)('wrk', [...given, address]).catch((error: unknown) => {
        throw new Error('this bench needs wrk (Debian: apt-get install wrk)', { cause: error })
      })
      if (/Non-2xx or 3xx responses/.test(stdout)) throw new Error(`wrong answers from ${address}: ${stdout}`)
      const [, digits = '', unit = ''] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? []
      return {
        perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
        p99: Number(digits) * ({ us: 0.001, s: 1000 }[unit] ?? 1),
      }
    }),
  )
  return {
    perSecond: loads.reduce((sum, { perSecond }) => sum + perSecond, 0),
    p99: Math.max(...loads.map(({ p99 }) => p99)),
  }
}
