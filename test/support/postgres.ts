import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { migrateDatabase } from '../../src/platform/db.ts'
import { startEmbeddedPostgres, type EmbeddedServer } from '../../src/platform/embedded-postgres.ts'
import { makeServerFolder } from './folder.ts'

/** What can be done to a running server. */
export interface ServerControl {
  /** `kill -9` of the server; resolves when it is gone. */
  kill(): Promise<void>
  /** A fast shutdown, as an operator's; resolves when it is gone. */
  stop(): Promise<void>
  /** Every process of the server stands still until `thaw`: connections stay open, and nothing answers. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

/** A PostgreSQL server of one's own, which can be killed and started again on the same data and port. */
export interface TestPostgres extends ServerControl {
  /** URL of a migrated database. */
  url: string
  /** The folder that holds the server's files, for a copy of it while it is stopped. */
  dataDir: string
  start(): Promise<void>
  remove(): Promise<void>
}

export async function startPostgres(): Promise<TestPostgres> {
  const folder = await makeServerFolder('own-postgres')
  const dataDir = join(folder, 'postgres')
  const servers: EmbeddedServer[] = []
  const start = async () => {
    const server = await startEmbeddedPostgres({ dataDir, log: () => undefined })
    servers.push(server)
    return server
  }
  const server = await start()
  const admin = postgres(server.urlOf('postgres'), { max: 1, onnotice: () => undefined })
  await admin`create database xinjian`
  const [row] = await admin<
    { folder: string }[]
  >`select setting as folder from pg_settings where name = 'data_directory'`
  await admin.end()
  const url = server.urlOf('xinjian')
  await migrateDatabase(url)
  const control = controlServer(row?.folder ?? '', url)
  return {
    ...control,
    url,
    dataDir,
    start: async () => {
      const again = await start()
      // Others know the port of the first start.
      if (again.urlOf('xinjian') !== url) throw new Error('PostgreSQL came back on another port')
    },
    remove: async () => {
      await control.thaw()
      for (const each of servers) await each.release()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** @param data the folder of the server's data */
export function controlServer(data: string, url: string): ServerControl {
  const pid = async () => Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0])
  let frozen: number[] = []
  return {
    kill: async () => {
      signal(await pid(), 'SIGKILL')
      while (await answers(url));
    },
    stop: async () => {
      const postmaster = await pid()
      signal(postmaster, 'SIGINT')
      while (signal(postmaster, 0)) await sleep(20)
    },
    freeze: async () => {
      const postmaster = await pid()
      // First the one that starts the others.
      frozen = [postmaster]
      signal(postmaster, 'SIGSTOP')
      for (const child of await childrenOf(postmaster)) {
        frozen.unshift(child)
        signal(child, 'SIGSTOP')
      }
    },
    thaw: async () => {
      for (const each of frozen.splice(0)) signal(each, 'SIGCONT')
    },
  }
}

/** Sends a signal; false when there is no such process any more. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** The processes that a process has started, on Linux. */
async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0)
  const parents = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      // The name, in brackets, may hold anything.
      return Number(stat.slice(stat.lastIndexOf(')') + 1).split(' ')[2])
    }),
  )
  return pids.filter((_, i) => parents[i] === parent)
}

async function answers(url: string): Promise<boolean> {
  const client = postgres(url, { max: 1, connect_timeout: 2 })
  try {
    await client`select 1`
    return true
  } catch {
    return false
  } finally {
    await client.end({ timeout: 0 })
  }
}
