import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type EmbeddedServer, startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { makeServerFolder } from '../support/folder.ts'

const folder = await makeServerFolder('embedded')
const dataDir = join(folder, 'postgres')
const pidFile = join(dataDir, 'server', 'data', 'postmaster.pid')
const servers: EmbeddedServer[] = []
const logged: string[] = []

async function start(dir = dataDir, durable = false): Promise<EmbeddedServer> {
  const server = await startEmbeddedPostgres({ dataDir: dir, log: (line) => logged.push(line), durable })
  servers.push(server)
  return server
}

async function query<Row extends object>(server: EmbeddedServer, text: string): Promise<Row[]> {
  const sql = postgres(server.urlOf('postgres'), { max: 1, onnotice: () => undefined })
  try {
    return await sql.unsafe<Row[]>(text)
  } finally {
    await sql.end()
  }
}

const portOf = (server: EmbeddedServer) => new URL(server.urlOf('postgres')).port
const postmasterPid = (file = pidFile) => Number(readFileSync(file, 'utf8').split('\n')[0])

beforeAll(async () => {
  await (await start()).release()
})

afterEach(async () => {
  for (const server of servers.splice(0)) await server.release()
  logged.length = 0
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the first start makes a UTF-8 database in which Chinese characters are letters and have trigrams', async () => {
  const server = await start()
  const [made] = await query(
    server,
    `select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datctype, '中' ~ '[[:alpha:]]' as letter
     from pg_database where datname = 'template1'`,
  )
  expect(made).toMatchObject({ encoding: 'UTF8', provider: 'c', letter: true })
  // Elsewhere than on Linux the machine may have no C.UTF-8.
  if (process.platform === 'linux') expect(made).toMatchObject({ datctype: 'C.UTF-8' })
  await query(server, 'create extension if not exists pg_trgm')
  // The letter test alone proves nothing: it is also true where LC_CTYPE is C and pg_trgm drops every Chinese character.
  const [trigrams] = await query<{ count: number }>(server, `select cardinality(show_trgm('北京电商')) as count`)
  expect(trigrams?.count).toBeGreaterThan(0)
})

test('the server listens on 127.0.0.1 only and refuses a wrong password', async () => {
  const server = await start()
  const [settings] = await query(
    server,
    `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`,
  )
  expect(settings).toEqual({ addresses: '127.0.0.1', sockets: '' })
  const stranger = postgres(server.urlOf('postgres').replace(/:[^:@]+@/, ':wrong@'), { max: 1 })
  await expect(stranger`select 1`).rejects.toThrow('password authentication failed')
  await stranger.end()
})

test('a second start joins the running server', async () => {
  const [first, second] = [await start(), await start()]
  expect(portOf(second)).toBe(portOf(first))
})

test('release stops the server only when its last user leaves', async () => {
  const [serve, command] = [await start(), await start()]
  await command.release()
  await command.release()
  expect(await query(serve, 'select 1 as one')).toEqual([{ one: 1 }])
  await serve.release()
  expect(existsSync(pidFile)).toBe(false)
})

test('release leaves the server running for a client that came without us', async () => {
  const server = await start()
  const psql = postgres(server.urlOf('postgres'), { max: 1 })
  await psql`select 1`
  await server.release()
  expect(await psql`select 1 as one`).toEqual([{ one: 1 }])
  await psql.end()
  await (await start()).release()
  expect(existsSync(pidFile)).toBe(false)
})

test('data and port survive a killed server', async () => {
  const before = await start(dataDir, true)
  const port = portOf(before)
  await query(before, 'create table kept as select 42 as answer')
  process.kill(postmasterPid(), 'SIGKILL')
  const after = await start()
  expect(portOf(after)).toBe(port)
  expect(await query(after, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('a process killed with its server running leaves it to the next start', async () => {
  const module = join(import.meta.dirname, '../../src/platform/embedded-postgres.ts')
  const script = `import(${JSON.stringify(module)})
    .then((m) => m.startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false, log: () => undefined }))
    .then(() => process.kill(process.pid, 'SIGKILL'))`
  const [, signal] = (await once(spawn(process.execPath, ['--import', 'tsx', '-e', script]), 'exit')) as unknown[]
  expect(signal).toBe('SIGKILL')
  const pid = postmasterPid()
  await start()
  expect(postmasterPid()).toBe(pid)
})

test.each([
  ['names a living process that is another program', () => String(process.pid)],
  ['is empty', () => ''],
])('a pid file that %s is no obstacle', async (_what, pid) => {
  await (await start()).release()
  writeFileSync(
    pidFile,
    pid() === '' ? '' : `${pid()}\n${join(dataDir, 'server', 'data')}\n1700000000\n1\n\n127.0.0.1\n\nready\n`,
  )
  const server = await start()
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(postmasterPid()).not.toBe(process.pid)
})

test('two first starts at the same moment share one server, in a folder with an awkward name', async () => {
  const awkward = join(folder, `${'长'.repeat(40)} $HOME \`id\` "it's"`, 'postgres')
  const [one, other] = await Promise.all([start(awkward), start(awkward)])
  expect(one.urlOf('a b')).toBe(other.urlOf('a b'))
  expect(one.urlOf('a b')).toMatch(/^postgres:\/\/xinjian:[\w-]+@127\.0\.0\.1:\d+\/a%20b$/)
  expect(logged.filter((line) => line.startsWith('Created'))).toHaveLength(1)
})

test('a folder with foreign files is refused in one line and left alone', async () => {
  const foreign = join(folder, 'foreign')
  mkdirSync(foreign)
  writeFileSync(join(foreign, 'thesis.doc'), '')
  await expect(start(foreign)).rejects.toThrow(/^[^\n]*not PostgreSQL's \(thesis\.doc\)[^\n]*$/)
})

test('a server that cannot start says why in one line', async () => {
  const broken = join(folder, 'broken')
  await (await start(broken)).release()
  writeFileSync(join(broken, 'server', 'data', 'global', 'pg_control'), '')
  await expect(start(broken)).rejects.toThrow(/^PostgreSQL did not start in [^\n]*pg_control[^\n]*$/)
})
