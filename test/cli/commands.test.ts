import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { subjectItem } from '../support/businesses.ts'
import { cloneDatabase, urlOf } from '../support/database.ts'
import { startSource } from '../support/source.ts'
import { answerOf, run, serve, stop } from './cli.ts'

let database: Database
let folder: string
let env: { DATABASE_URL: string }

beforeAll(async () => {
  database = await cloneDatabase()
  env = { DATABASE_URL: database.url }
  folder = await mkdtemp(join(tmpdir(), 'xinjian-cli-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await database.close()
})

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const nobody = '01a2123f-1e66-7737-af4f-c15579b76584'

test.concurrent('migrate makes an empty database usable, and again it changes nothing', async () => {
  const name = `${inject('template')}_empty`
  const admin = postgres(urlOf('postgres'), { max: 1 })
  await admin`create database ${admin(name)} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`
  await admin.end()
  for (let i = 0; i < 2; i += 1) {
    expect(await answerOf(['migrate'], { DATABASE_URL: urlOf(name) })).toMatchObject({ migrated: true })
  }
  expect(await answerOf<object[]>(['job', 'list'], { DATABASE_URL: urlOf(name) })).not.toEqual([])
})

test.concurrent('the log says which route was called, and nothing that a person asked for', async () => {
  const serving = await serve({ ...env, LOG_LEVEL: 'info' })
  for (const path of [
    '/v1/search?q=11010519491231002X',
    '/v1/credit-files/11010519491231002X',
    '/11010519491231002X',
  ]) {
    await fetch(serving.address + path)
  }
  const { stderr } = await stop(serving)
  expect(stderr).toContain('"route":"/v1/credit-files/:uscc"')
  // The birth date in the number: fewer digits of it may stand in a time or an id by chance.
  expect(stderr).not.toContain('19491231')
})

test.concurrent.each([
  ['mnr', 'mnr', ''],
  ['财政部', 'mof', ''],
  ['工商总局', 'samr', ''],
  ['A02', 'A02', /^xinjian: no measure is addressed to an agency A02: it will get no orders\n$/],
])('an agency called %s gets the orders of %s', async (called, agencyCode, warning) => {
  const made = await run(['partner', 'create', '--name', called, '--kind', 'agency', '--agency', called, '--json'], env)
  expect(made).toMatchObject({ code: 0, stderr: expect.stringMatching(warning) as string })
  if (warning === '') expect(made.stderr).toBe('')
  const { id } = JSON.parse(made.stdout) as { id: string }
  const [kept] = await rowsOf(database.db, sql`select p.agency_code as "agencyCode" from partners p where p.id = ${id}`)
  expect(kept).toEqual({ agencyCode })
})

test.concurrent('a partner and a key are made as the contract says, and the key opens the feed', async () => {
  const partner = await answerOf<{ id: string }>(
    ['partner', 'create', '--name', '某协同部门', '--kind', 'agency', '--agency', 'A01'],
    env,
  )
  expect(partner).toEqual({ id: expect.stringMatching(uuid) as string, name: '某协同部门', kind: 'agency' })
  const scopes = ['--scope', 'feed', '--scope', 'screening', '--scope', 'feed']
  const key = await answerOf<{ key: string }>(['key', 'create', '--partner', partner.id, ...scopes], env)
  expect(key).toEqual({
    id: expect.stringMatching(uuid) as string,
    key: expect.stringMatching(/^xj_/) as string,
    scopes: ['feed', 'screening'],
  })
  const serving = await serve(env)
  const read = (authorization: string) => fetch(`${serving.address}/v1/feed/events`, { headers: { authorization } })
  expect((await read(`Bearer ${key.key}`)).status).toBe(200)
  expect((await read(`Bearer ${key.key}x`)).status).toBe(401)
  expect(await stop(serving)).toMatchObject({ code: 0, signal: null })
  const hidden = await rowsOf<{ kept: string }>(database.db, sql`select partner_keys::text as kept from partner_keys`)
  expect(JSON.stringify(hidden)).not.toContain(key.key.slice(-43))
})

test.concurrent('scopes may be given one after the other too', async () => {
  const partner = await answerOf<{ id: string }>(['partner', 'create', '--name', '平台', '--kind', 'platform'], env)
  const key = await answerOf(['key', 'create', '--partner', partner.id, '--scope', 'feed', 'history'], env)
  expect(key).toMatchObject({ scopes: ['feed', 'history'] })
})

test.concurrent('import answers with counts, of one file or of several', async () => {
  const [one, two] = [join(folder, 'one.ndjson'), join(folder, 'two.ndjson')]
  await writeFile(one, JSON.stringify(subjectItem(501)))
  await writeFile(two, `${JSON.stringify(subjectItem(502))}\n{"sourceId": "bad"}\nno JSON`)
  const counts = { records: 1, new: 1, changed: 0, unchanged: 0, older: 0, quarantined: {} }
  expect(await answerOf(['import', 'subjects', one], env)).toEqual({ file: one, ...counts })
  expect(await answerOf(['import', 'subjects', one, two], env)).toEqual([
    { file: one, ...counts, new: 0, unchanged: 1 },
    { file: two, ...counts, records: 3, quarantined: { 'invalid-record': 1, unreadable: 1 } },
  ])
  const forPeople = await run(['import', 'subjects', one], env)
  expect([forPeople.code, forPeople.stderr]).toEqual([0, ''])
  expect(forPeople.stdout).toMatch(/one\.ndjson\n {2}records: 1\n/)
})

test.concurrent('job list and config tell everything without a database', async () => {
  const unreachable = { DATABASE_URL: 'postgres://user:secret-password@127.0.0.1:1/none' }
  const jobs = await answerOf<object[]>(['job', 'list'], unreachable)
  expect(jobs).toContainEqual({
    name: 'list-late-reporters',
    description: expect.any(String) as string,
    cron: '30 3 8-31 7 *',
    timeZone: 'Asia/Shanghai',
    catchUp: 'latest',
    canDryRun: true,
    nextSlotAt: expect.stringMatching(/T19:30:00\.000Z$/) as string,
  })
  const { stdout } = await run(['config', '--json'], { ...unreachable, SOURCE_ANNUAL_REPORTS_TOKEN: 'secret-token' })
  const settings = JSON.parse(stdout) as { name: string; value: unknown; description: string }[]
  expect(settings.find(({ name }) => name === 'DATABASE_URL')?.value).toBe('(set)')
  expect(settings.every(({ description }) => description.length > 10)).toBe(true)
  expect(stdout).not.toContain('secret')
  expect((await run(['config'], unreachable)).stdout).toMatch(/^PORT=3000$/m)
})

test.concurrent('serve listens where it says, and ends at SIGINT', async () => {
  const serving = await serve({ ...env, JOBS: 'on' })
  expect(serving.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect((await fetch(`${serving.address}/livez`)).status).toBe(200)
  await expect.poll(async () => (await fetch(`${serving.address}/readyz`)).status).toBe(200)
  const ended = await stop(serving, 'SIGINT')
  expect(ended).toMatchObject({ code: 0, signal: null })
  expect(ended.stdout).toBe(`${JSON.stringify({ address: serving.address })}\n`)
})

const commands = [
  [],
  ...[
    ['serve'],
    ['demo'],
    ['migrate'],
    ['import'],
    ['config'],
    ['job'],
    ['partner'],
    ['key'],
    ['signing-key'],
    ['verify-feed'],
  ],
  ...[
    ['job', 'run'],
    ['job', 'list'],
    ['partner', 'create'],
    ['key', 'create'],
    ['signing-key', 'rotate'],
  ],
]
test.concurrent.each(commands.map((command) => [command.join(' '), command] as const))(
  'xinjian %s --help explains itself',
  async (_name, command) => {
    const { code, stdout, stderr } = await run([...command, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`Usage: ${['xinjian', ...command].join(' ')}`)
    expect(stdout).toContain('--help')
  },
)

describe('bad input ends with one clear line and nothing on stdout:', () => {
  const unreachable = 'postgres://u:secret@127.0.0.1:1/x'
  test.concurrent.each<[string, string[], Record<string, string>, RegExp]>([
    ['an unknown command', ['frobnicate'], {}, /unknown command 'frobnicate'/],
    ['an unknown subcommand', ['job', 'frobnicate'], {}, /unknown command 'frobnicate'/],
    ['an unknown option', ['migrate', '--force'], {}, /unknown option '--force'/],
    ['an unknown job', ['job', 'run', 'list-late'], {}, /there is no job list-late; xinjian job list names all/],
    ['a missing job', ['job', 'run'], {}, /missing required argument 'name'/],
    ['a day that is none', ['job', 'run', 'list-late-reporters', '--on', '2026-02-30'], {}, /a day such as 2026-07-01/],
    ['a day in words', ['job', 'run', 'list-late-reporters', '--on', 'today'], {}, /'today'.*a day such as 2026-07-01/],
    ['an unknown collection', ['import', 'parcels', 'a.csv'], {}, /no collection parcels; there are subjects/],
    ['no file', ['import', 'subjects'], {}, /missing required argument 'files'/],
    ['a file that is missing', ['import', 'subjects', '/none/a.csv'], {}, /\/none\/a\.csv: ENOENT/],
    ['a file of an unknown kind', ['import', 'subjects', 'a.pdf'], {}, /a\.pdf: a file ends in \.ndjson/],
    ['no source', ['job', 'run', 'pull-annual-reports'], {}, /pull-annual-reports cannot run: set SOURCE_ANNUAL_REP/],
    ['a partner without a name', ['partner', 'create', '--kind', 'agency'], {}, /'--name <name>' not specified/],
    ['an unknown kind of partner', ['partner', 'create', '--name', 'a', '--kind', 'b'], {}, /agency, platform, staff/],
    ['an id that is none', ['key', 'create', '--partner', '7', '--scope', 'feed'], {}, /id that `partner create` or/],
    ['an unknown partner', ['key', 'create', '--partner', nobody, '--scope', 'feed'], {}, /no partner has the id 01a2/],
    ['an unknown scope', ['key', 'create', '--partner', nobody, '--scope', 'all'], {}, /'all'.*feed, screening, hist/],
    ['wrong settings, all at once', ['config'], { PORT: '70000', LOG_LEVEL: 'loud' }, /PORT: .*; LOG_LEVEL: /],
    ['wrong settings of serve', ['serve'], { PORT: 'abc', LOG_LEVEL: 'loud' }, /PORT: .*port number; LOG_LEVEL: /],
    ['a database of another kind', ['migrate'], { DATABASE_URL: 'mysql://x' }, /DATABASE_URL: .*postgres:\/\//],
    ['a database that nobody listens at', ['migrate'], { DATABASE_URL: unreachable }, /ECONNREFUSED 127\.0\.0\.1:1/],
    ['the same for serve', ['serve'], { DATABASE_URL: unreachable, PORT: '0' }, /ECONNREFUSED 127\.0\.0\.1:1/],
  ])('%s', async (_what, args, settings, said) => {
    const { code, stdout, stderr } = await run(args, { ...env, ...settings })
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(said)
    expect(stderr).not.toMatch(/secret|\.ts:\d|node_modules/)
  })

  test('a port that is taken', async () => {
    const serving = await serve(env)
    const { port } = new URL(serving.address)
    const ended = await run(['serve'], { ...env, PORT: port })
    expect(ended.code).toBe(1)
    expect(ended.stderr).toMatch(new RegExp(`^xinjian: .*EADDRINUSE.*${port}.*\n$`))
    await stop(serving)
  })

  test('a source that refuses', async () => {
    const source = await startSource((_url, response) => void response.writeHead(401).end())
    const settings = { ...env, SOURCE_ANNUAL_REPORTS_URL: source.url, SOURCE_ANNUAL_REPORTS_TOKEN: 'secret' }
    const { code, stdout, stderr } = await run(['job', 'run', 'pull-annual-reports', '--json'], settings)
    await source.close()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(`xinjian: pull-annual-reports failed: ${source.url}/annual-reports answered 401\n`)
  })
})

test.concurrent('signing-key rotate makes and lengthens the key file, and serve shows every key', async () => {
  const settings = { ...env, SIGNING_KEY_FILE: join(folder, 'keys.json') }
  const kids: string[] = []
  for (let i = 0; i < 2; i += 1) {
    kids.push((await answerOf<{ kid: string }>(['signing-key', 'rotate'], settings)).kid)
  }
  const serving = await serve(settings)
  const { keys } = (await (await fetch(`${serving.address}/.well-known/jwks.json`)).json()) as {
    keys: { kid: string }[]
  }
  await stop(serving)
  expect(keys.map(({ kid }) => kid)).toEqual(kids)
})

test.concurrent('a bad key file stops the start with one line', async () => {
  const file = join(folder, 'bad-keys.json')
  await writeFile(file, '{"keys":[]}')
  const { code, stderr } = await run(['serve'], { ...env, SIGNING_KEY_FILE: file, PORT: '0' })
  expect([code, stderr]).toEqual([
    1,
    `xinjian: SIGNING_KEY_FILE: ${file} cannot be used: there is no private key in it\n`,
  ])
})
