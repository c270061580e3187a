import { execFile } from 'node:child_process'
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { startEmbeddedPostgres, type EmbeddedServer } from '../../src/platform/embedded-postgres.ts'
import { makeServerFolder } from './folder.ts'
import { controlServer, type ServerControl, type TestPostgres } from './postgres.ts'

/** A streaming replica of a server of one's own. */
export interface TestReplica extends ServerControl {
  /** URL of the same database on it. */
  url: string
  start(): Promise<void>
  /** It goes on receiving what the primary does, but shows nothing of it until `resume`. */
  pause(): Promise<void>
  resume(): Promise<void>
  remove(): Promise<void>
}

/** Copies the files of the primary while it is stopped, and starts the copy as a standby that streams from it. */
export async function startReplica(primary: TestPostgres): Promise<TestReplica> {
  const folder = await makeServerFolder('replica')
  const dataDir = join(folder, 'postgres')
  await primary.stop()
  // With owners: as root the server runs as another user.
  await promisify(execFile)('cp', ['-a', `${primary.dataDir}/.`, dataDir])
  await primary.start()
  const data = join(dataDir, 'server', 'data')
  const { hostname, port, username, password } = new URL(primary.url)
  await rm(join(data, 'postmaster.pid'), { force: true })
  // Read by the server; its owner is that of the folder, who may read what anybody may.
  await writeFile(join(data, 'standby.signal'), '', { mode: 0o644 })
  await appendFile(
    join(data, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}'\n`,
  )
  const servers: EmbeddedServer[] = []
  const start = async () => {
    servers.push(await startEmbeddedPostgres({ dataDir, log: () => undefined }))
    return servers.at(-1)?.urlOf('xinjian') ?? ''
  }
  const url = await start()
  const control = controlServer(data, url)
  const ask = async (statement: string) => {
    const client = postgres(url, { max: 1 })
    await client.unsafe(statement)
    await client.end()
  }
  return {
    ...control,
    url,
    start: async () => {
      if ((await start()) !== url) throw new Error('the replica came back on another port')
    },
    pause: () => ask('select pg_wal_replay_pause()'),
    resume: () => ask('select pg_wal_replay_resume()'),
    remove: async () => {
      await control.thaw()
      for (const each of servers) await each.release()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
