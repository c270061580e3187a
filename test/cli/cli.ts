import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { inject } from 'vitest'

const root = join(import.meta.dirname, '../..')

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  /** Resolves when the process has ended, however it did. */
  ended: Promise<Ended>
}

/** Starts `xinjian` as a process of its own. Of the environment it has nothing but these settings. */
export function start(args: string[], env: Record<string, string> = {}): Running {
  const { PATH = '', HOME = '', TMPDIR } = process.env
  const child = spawn(process.execPath, [join(root, 'bin/xinjian.js'), ...args], {
    cwd: root,
    env: {
      PATH,
      HOME,
      ...(TMPDIR !== undefined && { TMPDIR }),
      LOG_LEVEL: 'warn',
      RATE_LIMIT: 'off',
      DATA_DIR: inject('dataDir'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended: Ended = { code: null, signal: null, stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (ended.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (ended.stderr += chunk.toString()))
  return {
    child,
    ended: once(child, 'close').then(() => ({ ...ended, code: child.exitCode, signal: child.signalCode })),
  }
}

/** Without the progress and the log lines (slow queries) that a slow machine adds. */
const messagesOf = (stderr: string): string =>
  stderr.replace(/^(?:\{.*|(?:\d+% · )?(?!xinjian:|error:)\w+: [\d{].*)\n/gm, '')

/** Runs `xinjian` to its end; `stderr` has its messages alone. */
export async function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const ended = await start(args, env).ended
  return { ...ended, stderr: messagesOf(ended.stderr) }
}

/** What a command answers with `--json`. A command that fails, or writes anything else on stdout, fails the test. */
export async function answerOf<Answer>(args: string[], env: Record<string, string> = {}): Promise<Answer> {
  const { code, stdout, stderr } = await run([...args, '--json'], env)
  if (code !== 0) throw new Error(`xinjian ${args.join(' ')} ended with ${code}: ${stderr}`)
  if (stdout.trimEnd().includes('\n')) throw new Error(`more than one line on stdout: ${stdout}`)
  return JSON.parse(stdout) as Answer
}

export interface Serving extends Running {
  address: string
}

/** Starts `xinjian serve` on a free port and waits until it tells its address. */
export async function serve(env: Record<string, string>): Promise<Serving> {
  const running = start(['serve', '--json'], { PORT: '0', JOBS: 'off', ...env })
  const lines = createInterface({ input: running.child.stdout! })
  const first = await Promise.race([
    once(lines, 'line').then(([line]) => line as string),
    running.ended.then(({ stderr }) => Promise.reject(new Error(`serve ended: ${stderr}`))),
  ])
  const { address } = JSON.parse(first) as { address: string }
  return { ...running, address }
}

/** Tells a process to stop, and waits until it has. */
export async function stop(running: Running, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
  running.child.kill(signal)
  return running.ended
}

export interface Event {
  type: string
  subject: string
  sequence: string
  hash: string
  data: Record<string, unknown>
}

/** Every event of the feed, read over HTTP page by page. */
export async function readFeed(address: string, key: string): Promise<Event[]> {
  const events: Event[] = []
  for (;;) {
    const response = await fetch(`${address}/v1/feed/events?after=${events.length}`, {
      headers: { authorization: `Bearer ${key}` },
    })
    const page = (await response.json()) as { events: Event[]; head: number }
    events.push(...page.events)
    if (page.events.length === 0) return events
  }
}

/**
 * What is wrong with a feed: positions that are not 1, 2, 3 …, or a hash that is not SHA-256 over the hash before and
 * the RFC 8785 form of the event without `hash`. Written from the contract, and from nothing of the service.
 */
export function faultsOf(events: Event[]): string[] {
  const faults: string[] = []
  let previous = ''
  events.forEach(({ hash, ...event }, i) => {
    if (event.sequence !== String(i + 1)) faults.push(`position ${event.sequence} at place ${i + 1}`)
    if (
      hash !==
      createHash('sha256')
        .update(`${previous}${canonical(event)}`)
        .digest('hex')
    ) {
      faults.push(`hash at position ${event.sequence}`)
    }
    previous = hash
  })
  return faults
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`
}
