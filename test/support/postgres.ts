import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { migrateDatabase } from '../../src/platform/db.ts'
import { startEmbeddedPostgres, type EmbeddedServer } from '../../src/platform/embedded-postgres.ts'
import { makeServerFolder } from './folder.ts'

/** A PostgreSQL server of one's own, which can be killed and started again on the same data and port. */
export interface TestPostgres {
  /** URL of a migrated database. */
  url: string
  /** `kill -9` of the server; resolves when it is gone. */
  kill(): Promise<void>
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
  return {
    url,
    kill: async () => {
      const pid = Number((await readFile(join(row?.folder ?? '', 'postmaster.pid'), 'utf8')).split('\n')[0])
      process.kill(pid, 'SIGKILL')
      while (await answers(url));
    },
    start: async () => {
      const again = await start()
      // Others know the port of the first start.
      if (again.urlOf('xinjian') !== url) throw new Error('PostgreSQL came back on another port')
    },
    remove: async () => {
      for (const each of servers) await each.release()
      await rm(folder, { recursive: true, force: true })
    },
  }
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
