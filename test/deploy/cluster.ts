import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'

const exec = promisify(execFile)

/** The folder of a PostgreSQL with the tools of a backup, which the embedded one has not; null where there is none. */
export function findTools(): string | null {
  const homes = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : []
  const folders = homes.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`)
  return (
    folders.find((bin) => ['initdb', 'pg_ctl', 'pg_basebackup'].every((name) => existsSync(join(bin, name)))) ?? null
  )
}

/** A server that archives its WAL, of which a base backup is taken and which is lost. docs/operating/backup.md */
export interface Cluster {
  urlOf: (user: string, database: string) => string
  folder: string
  /** One statement, as the superuser, in the database xinjian. */
  ask: <Row extends object>(statement: string) => Promise<Row[]>
  baseBackup: () => Promise<void>
  /** Ends the server at once and deletes its data. */
  lose: () => Promise<void>
  /** Lays the base backup down and replays the archive up to the moment; resolves when it takes writes. */
  restoreTo: (moment: string) => Promise<void>
  remove: () => Promise<void>
}

export async function startCluster(bin: string): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'xinjian-drill-'))
  const [data, base, archive] = ['data', 'base', 'archive'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const identity = identityOfServer()
  const asServer = { ...identity, cwd: '/', env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } }
  await mkdir(archive)
  await chown(folder, identity)
  const port = await freePort()
  const tool = (name: string, ...args: string[]) => exec(join(bin, name), args, asServer)
  const start = () => tool('pg_ctl', '-D', data, '-w', '-t', '300', '-l', join(folder, 'log'), 'start')
  await tool('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-k', '-N')
  const settings = [
    `listen_addresses = '127.0.0.1'`,
    `port = ${port}`,
    `unix_socket_directories = ''`,
    `archive_mode = on`,
    `archive_command = 'test ! -f ${archive}/%f && cp %p ${archive}/%f.part && mv ${archive}/%f.part ${archive}/%f'`,
    `archive_timeout = 60`,
  ]
  await appendFile(join(data, 'postgresql.conf'), `${settings.join('\n')}\n`)
  await start()
  const urlOf = (user: string, database: string) => `postgres://${user}:secret-of-drill@127.0.0.1:${port}/${database}`
  const ask = async <Row extends object>(statement: string): Promise<Row[]> => {
    const client = postgres(urlOf('postgres', 'xinjian'), { max: 1, onnotice: () => undefined })
    try {
      return (await client.unsafe(statement)) as unknown as Row[]
    } finally {
      await client.end({ timeout: 5 })
    }
  }
  return {
    urlOf,
    folder,
    ask,
    baseBackup: async () => {
      const from = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres']
      await tool('pg_basebackup', ...from, '-D', base, '-c', 'fast', '-X', 'none', '--no-sync')
    },
    lose: async () => {
      await tool('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop')
      await rm(data, { recursive: true })
    },
    restoreTo: async (moment) => {
      await exec('cp', ['-a', base, data])
      const recovery = [
        `restore_command = 'cp ${archive}/%f %p'`,
        `recovery_target_time = '${moment}'`,
        `recovery_target_action = promote`,
      ]
      await appendFile(join(data, 'postgresql.conf'), `${recovery.join('\n')}\n`)
      await writeFile(join(data, 'recovery.signal'), '')
      await chown(data, identity)
      await start()
      while ((await ask<{ replaying: boolean }>('select pg_is_in_recovery() as replaying'))[0]?.replaying === true);
    },
    remove: async () => {
      await tool('pg_ctl', '-D', data, '-m', 'immediate', 'stop').catch(() => undefined)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root. */
function identityOfServer(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const number = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: number('-u'), gid: number('-g') }
}

async function chown(folder: string, { uid, gid }: { uid?: number; gid?: number }): Promise<void> {
  if (uid !== undefined && gid !== undefined) await exec('chown', ['-R', `${uid}:${gid}`, folder])
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
