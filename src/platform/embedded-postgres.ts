import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { lchown, mkdtemp, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import {
  type Home,
  clearStalePidFile,
  findBinaries,
  isInUse,
  prepareHome,
  readPidFile,
  run,
  serverEnv,
} from './embedded-postgres-files.ts'

export interface EmbeddedServer {
  /** connection URL for a database of that server, e.g. postgres://xinjian:<password>@127.0.0.1:<port>/<database> */
  urlOf(database: string): string
  /** releases our use; stops the server when nobody else is connected to it */
  release(): Promise<void>
}

// LC_CTYPE must know Chinese, whatever the provider: with LC_CTYPE=C, icu and builtin too, pg_trgm yields no trigram at
// all. Order stays by code point.
const LOCALES = [
  ['--locale=C.UTF-8'],
  ['--locale=en_US.UTF-8', '--lc-collate=C'],
  ['--locale=zh_CN.UTF-8', '--lc-collate=C'],
]
// Errors of statements stay out of the log: they repeat personal data, and nobody rotates it.
const SETTINGS = (
  'listen_addresses=127.0.0.1 unix_socket_directories= max_connections=200 shared_buffers=256MB effective_cache_size=1GB work_mem=8MB ' +
  'maintenance_work_mem=128MB random_page_cost=1.1 timezone=UTC log_timezone=UTC log_checkpoints=off log_min_messages=log'
).split(' ')
const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
const LOCK = 7_283_001
const PRESENCE = 'xinjian-embedded'

/**
 * Starts the real PostgreSQL server whose data lie in `dataDir`, or joins the one that is already running there,
 * whoever started it.
 *
 * The folder is ours alone (a foreign file in it is refused while it holds no database). The server outlives this
 * process, `kill -9` included, keeps its port from start to start where that is free, and is a superuser's: `urlOf`
 * hands out the owner of every database. `durable` counts for a start, not for a join. Each user keeps one idle
 * connection until `release()`, which never rejects and may be called twice; close your own pools before it.
 *
 * Throws an Error of one line, ending in the last lines of the server's log where there are any.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string
  log: (line: string) => void
  durable?: boolean
}): Promise<EmbeddedServer> {
  const { log, durable = true } = options
  const home = await prepareHome(resolve(options.dataDir), log)
  const bin = await findBinaries(home, log)
  if (!existsSync(home.server)) await createCluster(home, bin, durable, log)
  await removeAbandoned(home)
  const password = (await readFile(join(home.server, 'password'), 'utf8')).trim()

  // No lock file of our own: rename() and PostgreSQL's exclusive postmaster.pid choose the winner, and the loser joins
  // it.
  const deadline = Date.now() + 180_000
  let reason = ''
  for (let failures = 0; ;) {
    const seen = await readPidFile(home)
    if (await isInUse(home, seen)) {
      const url = (database: string) =>
        `postgres://xinjian:${password}@127.0.0.1:${seen?.port}/${encodeURIComponent(database)}`
      try {
        if (seen?.ready) {
          const presence = await connectPresence(url('postgres'))
          log(`PostgreSQL is at 127.0.0.1:${seen.port} (pid ${seen.pid}, data in ${home.data})`)
          return { urlOf: url, release: releaser(home, bin, presence, log) }
        }
        reason ||= 'another start, stop or recovery has not ended'
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
        if (reason.includes('password authentication failed')) failures = 5
      }
    } else if (failures < 5) {
      if (failures > 0 && seen) await clearStalePidFile(home, seen.text, log)
      reason = await launch(
        home,
        bin,
        durable,
        await freePort(reason.includes('could not bind') ? 0 : await lastPort(home)),
      )
      if (reason === '') continue
      // Always tried again: the reason cannot be told apart by the log, where the lines of other starts mix in.
      failures += 1
    }
    if (failures >= 5 || Date.now() > deadline)
      throw new Error(`PostgreSQL did not start in ${home.folder}: ${reason} (log: ${home.log})`)
    await sleep(50)
  }
}

/**
 * initdb into a folder aside, then one rename: a kill in the middle leaves rubbish, never half a server, and data and
 * password are born together.
 */
async function createCluster(home: Home, bin: string, durable: boolean, log: (line: string) => void): Promise<void> {
  const fresh = await mkdtemp(join(home.folder, 'new-'))
  const passwordFile = join(fresh, 'password')
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx', flush: true })
  const { uid, gid } = home.account
  if (uid !== undefined && gid !== undefined) for (const path of [passwordFile, fresh]) await lchown(path, uid, gid)
  const common = [
    '-D',
    join(fresh, 'data'),
    '--username=xinjian',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=libc',
  ]
  for (const locale of LOCALES) {
    const made = await run(
      join(bin, 'initdb'),
      [...common, ...locale, '--lc-messages=C', ...(durable ? [] : ['--no-sync'])],
      home.account,
    )
    if (made.ok) {
      // Fails when another process was first: its server is in the place, and ours is rubbish.
      await rename(fresh, home.server).then(
        () => log(`Created the database in ${home.server} (${locale.join(' ')})`),
        () => undefined,
      )
    } else if (!existsSync(home.server) && made.text.includes('invalid locale')) continue
    if (existsSync(home.server)) return
    throw new Error(`PostgreSQL could not create its data in ${home.folder}: ${lastLines(made.text)}`)
  }
  throw new Error(
    `PostgreSQL found none of the locales C.UTF-8, en_US.UTF-8, zh_CN.UTF-8: install one of them, or set DATABASE_URL`,
  )
}

/**
 * What killed or slower initdbs left. One that is still running meets a missing folder, and joins the server that made
 * it late.
 */
async function removeAbandoned(home: Home): Promise<void> {
  for (const name of await readdir(home.folder)) {
    if (name.startsWith('new-'))
      await rm(join(home.folder, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

/**
 * Not `pg_ctl start`: it puts the paths unescaped into a shell line, so a folder named `a$b` or `` a`b` `` starts
 * elsewhere or runs a command. Answers '' once the server is ready, or why it is not.
 */
async function launch(home: Home, bin: string, durable: boolean, port: number): Promise<string> {
  const settings = [`port=${port}`, ...SETTINGS, ...(durable ? [] : NOT_DURABLE)].flatMap((setting) => ['-c', setting])
  // NOFOLLOW: root opens it in a folder of another account.
  const file = await open(
    home.log,
    constants.O_APPEND |
      constants.O_CREAT |
      constants.O_RDWR |
      (process.platform === 'win32' ? 0 : constants.O_NOFOLLOW),
    0o600,
  )
  try {
    const { uid, gid } = home.account
    if (uid !== undefined && gid !== undefined) await file.chown(uid, gid)
    const { size } = await file.stat()
    // A session of its own: neither Ctrl-C in the terminal nor kill -9 of Node reaches it.
    const child = spawn(join(bin, 'postgres'), ['-D', home.data, ...settings], {
      ...home.account,
      cwd: home.folder,
      env: serverEnv(),
      detached: true,
      windowsHide: true,
      stdio: ['ignore', file.fd, file.fd],
    })
    let ended = ''
    child.once('error', (error) => (ended = error.message))
    child.once('exit', (code, signal) => (ended ||= `it ended with ${signal ?? `code ${code}`}`))
    child.unref()
    while (ended === '') {
      const seen = await readPidFile(home)
      if (seen?.ready && seen.pid === child.pid) return ''
      await sleep(20)
    }
    const written = (await readFile(home.log)).subarray(size).toString()
    return lastLines(written) || ended
  } finally {
    await file.close()
  }
}

/**
 * A connection held for as long as we use the server, with a shared lock: a `serve` whose pool is idle still counts as
 * a user, and nobody can join between the count and the stop. `max_lifetime` must be off: by default postgres.js
 * reconnects within the hour, without the lock.
 */
async function connectPresence(url: string): Promise<postgres.Sql> {
  const presence = postgres(url, {
    max: 1,
    max_lifetime: null,
    connect_timeout: 10,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: PRESENCE },
  })
  try {
    await presence`select pg_advisory_lock_shared(${LOCK}::bigint)`
    return presence
  } catch (error) {
    await presence.end({ timeout: 0 })
    throw error
  }
}

/**
 * The last one out gets the lock alone, and stops the server unless a stranger (psql, a pool without us) is connected.
 */
function releaser(home: Home, bin: string, presence: postgres.Sql, log: (line: string) => void): () => Promise<void> {
  const leave = async () => {
    try {
      await presence`select pg_advisory_unlock_shared(${LOCK}::bigint)`
      const [lock] = await presence<{ held: boolean }[]>`select pg_try_advisory_lock(${LOCK}::bigint) as held`
      // A backend of a pool just closed is still listed for some milliseconds.
      for (let tries = 0; lock?.held && tries < 10; tries += 1) {
        const others =
          await presence`select from pg_stat_activity where backend_type = 'client backend' and application_name <> ${PRESENCE}`
        if (others.length === 0) {
          const stopped = await run(
            join(bin, 'pg_ctl'),
            ['stop', '-D', home.data, '-m', 'fast', '-t', '60'],
            home.account,
          )
          log(stopped.ok ? 'PostgreSQL stopped' : `PostgreSQL did not stop: ${lastLines(stopped.text)}`)
          break
        }
        await sleep(50)
      }
    } catch {
      // The server is gone already; nothing is left to stop.
    }
    await presence.end({ timeout: 0 })
  }
  let leaving: Promise<void> | undefined
  return () => (leaving ??= leave())
}

/**
 * The port of the last run, so that a client's saved connection and the pools of a process that outlived the server
 * find it again.
 */
async function lastPort(home: Home): Promise<number> {
  const options = await readFile(join(home.data, 'postmaster.opts'), 'utf8').catch(() => '')
  return Number(/"port=(\d+)"/.exec(options)?.[1] ?? 0)
}

function freePort(wanted: number): Promise<number> {
  return new Promise((found, fail) => {
    const probe = createServer()
    probe.once('error', (error) => (wanted === 0 ? fail(error) : found(freePort(0))))
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function lastLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-4)
    .join(' | ')
}
