/**
 * The drill of docs/operating/backup.md (`npm run drill`): base backup, archived WAL, a disaster, a restore to a moment
 * before it, while a reader of the feed has seen more than was restored.
 */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { createKey, createPartner } from '../../src/partners/service.ts'
import { openDatabase } from '../../src/platform/db.ts'
import { answerOf, faultsOf, readFeed, run, serve, stop, type Event } from '../cli/cli.ts'
import { enterOnList } from '../screening/screening.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'
import { findTools, startCluster, type Cluster } from './cluster.ts'

const tools = findTools()
if (tools === null) process.stdout.write('NOT DRILLED: no pg_basebackup under /usr/lib/postgresql\n')

let cluster: Cluster | undefined
afterAll(() => cluster?.remove())

const times: string[] = []
async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const from = performance.now()
  const result = await work()
  times.push(`${what}: ${((performance.now() - from) / 1000).toFixed(1)} s`)
  return result
}

interface Checkpoint {
  position: number
  hash: string
}

it.skipIf(tools === null)(
  'a database that is restored to a moment goes on with the chains that readers hold: no position means two things',
  { timeout: 1_800_000 },
  async () => {
    cluster = await startCluster(tools!)
    const { folder, urlOf, ask } = cluster
    await mkdir(join(folder, 'secrets'))
    for (const name of ['migrate', 'serve', 'read']) {
      await writeFile(join(folder, 'secrets', `${name}_password`), 'secret-of-drill')
    }
    const { port } = new URL(urlOf('postgres', 'postgres'))
    const connection = { PGHOST: '127.0.0.1', PGPORT: port, PGUSER: 'postgres', SECRETS: join(folder, 'secrets') }
    await promisify(execFile)('sh', ['deploy/postgres/init.sh'], { env: { PATH: process.env['PATH'], ...connection } })
    const owner = { DATABASE_URL: urlOf('xinjian_migrate', 'xinjian') }
    const serving = {
      DATABASE_URL: urlOf('xinjian_serve', 'xinjian'),
      SIGNING_KEY_FILE: join(folder, 'signing-keys.json'),
    }
    for (const args of [['migrate'], ['roles'], ['signing-key', 'rotate']]) {
      expect(await run(args, { ...serving, ...owner }), args.join(' ')).toMatchObject({ code: 0 })
    }

    // What is decided, by the role that serves; a process of the service gives positions.
    let database = openDatabase(serving.DATABASE_URL, { name: 'xinjian-work' })
    const enter = async (numbers: number[]) => {
      for (const number of numbers) await enterOnList(database.db, number, 'abnormal')
    }
    const settled = async () => {
      const waiting = 'select (select count(*) from feed_outbox) + (select count(*) from audit_pending) as waiting'
      while (Number((await ask<{ waiting: string }>(waiting))[0]?.waiting) > 0);
    }
    await take(
      database.db,
      'subjects',
      Array.from({ length: 40 }, (_, i) => subjectItem(i + 1)),
    )
    const keyOf = async (name: string) => {
      const partner = await createPartner(database.db, { name, kind: 'agency' }, new Date())
      return (await createKey(database.db, { partnerId: partner.id, scopes: ['feed'] }, new Date())).key
    }
    const key = await keyOf('某协同部门')
    let service = await serve(serving)
    const get = async (path: string) =>
      (await fetch(service.address + path, { headers: { authorization: `Bearer ${key}` } })).json() as Promise<unknown>
    const checkpointNow = async () => (await get('/v1/feed/checkpoint')) as Checkpoint
    await writeFile(join(folder, 'jwks.json'), JSON.stringify(await get('/.well-known/jwks.json')))
    await enter([1, 2, 3])

    // The base backup is taken while decisions are.
    await Promise.all([timed('base backup', cluster.baseBackup), enter([4, 5, 6, 7, 8])])
    await enter([9])
    await settled()
    const atT = await checkpointNow()
    const auditAtT = await answerOf<Checkpoint>(['verify-audit'], serving)
    const [{ moment }] = (await ask<{ moment: string }>('select clock_timestamp()::text as moment')) as [
      { moment: string },
    ]

    // Afterwards more is decided, which the partner reads and the backup does not hold.
    await enter([10, 11, 12])
    await keyOf('又一协同部门')
    await settled()
    const copy = await readFeed(service.address, key)
    const atEnd = await checkpointNow()
    const auditAtEnd = await answerOf<Checkpoint>(['verify-audit'], serving)
    expect(copy).toHaveLength(atEnd.position)
    expect(atEnd.position).toBeGreaterThan(atT.position)
    const [{ wal }] = (await ask<{ wal: string }>('select pg_walfile_name(pg_switch_wal()) as wal')) as [
      { wal: string },
    ]
    while (
      ((await ask<{ last: string }>('select last_archived_wal as last from pg_stat_archiver'))[0]?.last ?? '') < wal
    );

    await stop(service, 'SIGKILL')
    await database.close()
    await cluster.lose()
    await timed('restore to the moment', () => cluster!.restoreTo(moment))

    // What was signed by then is there, bit for bit; what was signed later is not, and that is told.
    const save = async (name: string, lines: readonly object[]) => {
      await writeFile(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
      return join(folder, name)
    }
    const jwks = ['--jwks', join(folder, 'jwks.json')]
    const early = await save('early.ndjson', [atT])
    const late = await save('late.ndjson', [atT, atEnd])
    const { position, hash } = atT
    expect(await answerOf(['verify-feed', '--checkpoint', early, ...jwks], serving)).toMatchObject({ position, hash })
    const missing = await run(['verify-feed', '--checkpoint', late, ...jwks], serving)
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain(`position ${position + 1}: the event is missing`)
    expect(await answerOf(['verify-audit', '--head', `${auditAtT.position}:${auditAtT.hash}`], serving)).toMatchObject({
      position: auditAtT.position,
    })
    expect((await run(['verify-audit', '--head', `${auditAtEnd.position}:${auditAtEnd.hash}`], serving)).code).toBe(1)

    // Nobody's word alone is taken for it, and nothing is done while a process serves.
    const file = ['restore-feed', '--file', await save('copy.ndjson', copy)]
    expect((await run(file, serving)).stderr).toContain('hashes prove an order, not an author')
    expect((await run([...file, '--checkpoint', early, ...jwks], serving)).stderr).toContain(
      'no signed checkpoint proves',
    )
    const restored = await timed('restore-feed', () =>
      answerOf<object>([...file, '--checkpoint', late, ...jwks], serving),
    )
    expect(restored).toMatchObject({ from: position, to: atEnd.position, left: [] })

    // The service goes on; the reader too, from where it stood, with the chain that it holds.
    service = await timed('start', () => serve(serving))
    database = openDatabase(serving.DATABASE_URL, { name: 'xinjian-work' })
    expect((await run([...file, '--checkpoint', late, ...jwks], serving)).stderr).toContain('stop all of them first')
    await enter([13])
    await settled()
    const after = (await get(`/v1/feed/events?after=${atEnd.position}&limit=1000`)) as { events: Event[] }
    const whole = [...copy, ...after.events]
    expect(faultsOf(whole)).toEqual([])
    expect(await readFeed(service.address, key)).toEqual(whole)
    // What only the lost part knew is void for readers, as it is unknown here: it may be decided anew.
    const newestOf = (number: number) =>
      whole.findLast(({ subject, type }) => subject === madeUpUscc(number) && type.startsWith('listing.'))?.type
    expect([9, 10, 11, 12, 13].map(newestOf)).toEqual([
      ...['listing.entered', 'listing.revoked', 'listing.revoked', 'listing.revoked', 'listing.entered'],
    ])
    const url = ['verify-feed', '--url', service.address, '--key', key, '--checkpoint', late]
    expect(await answerOf(url, serving)).toMatchObject({ verified: true, position: whole.length })
    const audit = await answerOf<Checkpoint>(
      ['verify-audit', '--head', `${auditAtT.position}:${auditAtT.hash}`],
      serving,
    )
    expect(audit.position).toBeGreaterThan(auditAtT.position)
    await database.close()
    expect((await stop(service)).code).toBe(0)
    process.stdout.write(`drilled: ${copy.length - position} events put back; ${times.join(', ')}\n`)
  },
)
