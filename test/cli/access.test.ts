import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { cloneDatabase } from '../support/database.ts'
import { answerOf, run, serve, stop, type Serving } from './cli.ts'

let database: Database
let env: { DATABASE_URL: string }
let serving: Serving

beforeAll(async () => {
  database = await cloneDatabase()
  env = { DATABASE_URL: database.url }
  serving = await serve(env)
})
afterAll(async () => {
  await stop(serving, 'SIGKILL')
  await database.close()
})

const partnerOf = async (name: string, kind = 'agency') =>
  (await answerOf<{ id: string }>(['partner', 'create', '--name', name, '--kind', kind], env)).id
const keyOf = (partner: string, ...options: string[]) =>
  answerOf<{ id: string; key: string }>(['key', 'create', '--partner', partner, '--scope', 'feed', ...options], env)
/** Status that the running service answers a key. */
const use = async (key: string) => {
  const answer = await fetch(`${serving.address}/v1/feed/events`, { headers: { authorization: `Bearer ${key}` } })
  await answer.arrayBuffer()
  return answer.status
}
/** What the audit log has about an object, in order. */
const audited = async (objectId: string) => {
  const rows = await rowsOf<{ action: string; via: string; person: string | null }>(
    database.db,
    sql`select a.action, a.via, a.person from audit_log a where a.object_id = ${objectId} and a.via = 'command' order by a.at, a.id`,
  )
  expect(rows.every(({ person }) => person !== null)).toBe(true)
  return rows.map(({ action }) => action)
}

describe('partner', () => {
  test.concurrent(
    'list names them by kind, suspend stops every key of one at once, and resume lets it back in',
    async () => {
      const id = await partnerOf('某甲部门')
      const platform = await partnerOf('某乙平台', 'platform')
      const { key } = await keyOf(id)
      expect(await use(key)).toBe(200)
      const listed = await answerOf<{ id: string; kind: string }[]>(['partner', 'list', '--kind', 'agency'], env)
      expect(listed).toContainEqual(
        expect.objectContaining({ id, name: '某甲部门', kind: 'agency', suspendedAt: null }),
      )
      expect(listed.map((one) => one.id)).not.toContain(platform)

      await answerOf(['partner', 'suspend', id], env)
      expect(await use(key)).toBe(401)
      expect((await run(['partner', 'list'], env)).stdout).toMatch(
        new RegExp(`^${id} {2}agency {2}某甲部门 {2}\\(suspended\\)$`, 'm'),
      )
      await answerOf(['partner', 'resume', id], env)
      expect(await use(key)).toBe(200)
      expect(await audited(id)).toEqual(['partner.created', 'partner.suspended', 'partner.resumed'])
    },
  )
})

describe('key', () => {
  test.concurrent('list shows no secret, and revoke stops a key for ever', async () => {
    const partner = await partnerOf('某丙部门')
    const { id, key } = await keyOf(partner, '--label', '夜间任务', '--network', '127.0.0.0/8')
    const other = await keyOf(await partnerOf('某丁部门'))
    expect(await use(key)).toBe(200)
    const { stdout } = await run(['key', 'list', '--partner', partner, '--json'], env)
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ id, scopes: ['feed'], label: '夜间任务', networks: ['127.0.0.0/8'], revokedAt: null }),
    ])
    expect(stdout).not.toContain(key.slice(-43))
    expect(stdout).not.toContain(other.id)

    await answerOf(['key', 'revoke', id], env)
    expect([await use(key), await use(other.key)]).toEqual([401, 200])
    expect((await run(['key', 'list', '--partner', partner], env)).stdout).toMatch(
      /from 127\.0\.0\.0\/8 .*revoked \d{4}-/,
    )
    expect(await audited(id)).toEqual(['key.created', 'key.revoked'])
  })

  test.concurrent(
    'rotate makes a key with the same rights, and the old one works on for as long as is said',
    async () => {
      const old = await keyOf(await partnerOf('某戊部门'))
      const next = await answerOf<{ id: string; key: string; scopes: string[] }>(
        ['key', 'rotate', old.id, '--overlap-hours', '1'],
        env,
      )
      expect(next).toEqual({
        id: expect.any(String) as string,
        key: expect.stringMatching(/^xj_/) as string,
        scopes: ['feed'],
      })
      expect([await use(old.key), await use(next.key)]).toEqual([200, 200])
      const last = await answerOf<{ key: string }>(['key', 'rotate', next.id, '--overlap-hours', '0'], env)
      expect([await use(next.key), await use(last.key)]).toEqual([401, 200])
    },
  )

  test.concurrent('of somebody elsewhere opens nothing', async () => {
    const partner = await partnerOf('某己部门')
    const elsewhere = await keyOf(partner, '--network', '203.0.113.0/24')
    expect(await use(elsewhere.key)).toBe(401)
  })

  test.concurrent('that gives out keys and approves decisions is issued with a warning', async () => {
    const partner = await partnerOf('某庚', 'staff')
    const scopes = ['--scope', 'admin', '--scope', 'decisions:approve']
    const { code, stderr } = await run(['key', 'create', '--partner', partner, ...scopes], env)
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/two keys keep that apart\n$/) as string,
    })
  })

  const somebody = 'a partner that there is'
  const forPartner = ['--scope', 'feed', '--partner', somebody]
  test.concurrent.each<[string, string[], RegExp]>([
    ['an id that is none', ['key', 'revoke', '7'], /7 is not an id as `partner list` and `key list` print them/],
    ['an unknown key', ['key', 'revoke', randomUUID()], /./],
    ['an unknown partner', ['partner', 'suspend', randomUUID()], /./],
    ['hours that are none', ['key', 'rotate', randomUUID(), '--overlap-hours', 'x'], /0 to 720 hours/],
    ['a network that is none', ['key', 'create', ...forPartner, '--network', 'next door'], /a network such as/],
    ['an address cut short', ['key', 'create', ...forPartner, '--network', '1.2.3'], /a network such as/],
    ['an end without its zone', ['key', 'create', ...forPartner, '--expires', '2027-01-01T00:00:00'], /with its zone/],
    ['an end that is past', ['key', 'create', ...forPartner, '--expires', '2020-01-01T00:00:00Z'], /in the future/],
  ])('%s is refused with one clear line', async (_what, args, said) => {
    const partner = args.includes(somebody) ? await partnerOf('某癸部门') : ''
    const given = args.map((arg) => (arg === somebody ? partner : arg))
    const { code, stdout, stderr } = await run(given, env)
    expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 })
    expect(stderr).toMatch(said)
    expect(stderr).not.toMatch(/\.ts:\d|node_modules|select /)
  })
})

describe('verify-audit', () => {
  interface Verified {
    verified: boolean
    position: number
    hash: string
    pending: number
  }
  const verify = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(['verify-audit', ...args, '--json'], env)
    return { code, stderr, answer: stdout === '' ? null : (JSON.parse(stdout) as Verified) }
  }

  test('says that the log is whole, agrees with a head kept earlier, and refuses one that it never had', async () => {
    await partnerOf('某辛部门')
    let first = await verify()
    // The entries get their places a moment after they were written.
    while ((first.answer?.pending ?? 1) > 0) first = await verify()
    expect(first).toMatchObject({ code: 0, stderr: '', answer: { verified: true } })
    const { position = 0, hash = '' } = first.answer ?? {}
    expect(position).toBeGreaterThan(0)
    await partnerOf('某壬部门')
    expect(await verify('--head', `${position}:${hash}`)).toMatchObject({ code: 0, answer: { verified: true } })
    expect(await verify('--head', `${position}:${'0'.repeat(64)}`)).toMatchObject({
      code: 1,
      answer: { verified: false, position },
    })
    expect(await verify('--head', `${position + 100_000}:${hash}`)).toMatchObject({
      code: 1,
      answer: { verified: false },
    })
    expect(await verify('--head', 'x')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/not a position and a hash/) as string,
    })
  })

  test('names the first entry that somebody with the rights of the owner has changed', async () => {
    const [entry] = await rowsOf<{ id: string; position: string }>(
      database.db,
      sql`select c.entry_id as id, c.position::text as position from audit_chain c order by c.position offset 2 limit 1`,
    )
    const change = (action: string) =>
      database.db.transaction(async (tx) => {
        await tx.execute(sql`set local session_replication_role = 'replica'`)
        await tx.execute(sql`update audit_log set object_type = ${action} where id = ${entry?.id ?? null}`)
      })
    const [was] = await rowsOf<{ type: string }>(
      database.db,
      sql`select a.object_type as type from audit_log a where a.id = ${entry?.id ?? null}`,
    )
    await change('another')
    expect(await verify()).toMatchObject({ code: 1, answer: { verified: false, position: Number(entry?.position) } })
    await change(was?.type ?? '')
    expect(await verify()).toMatchObject({ code: 0, answer: { verified: true } })
  })
})

describe('roles', () => {
  const suffix = randomUUID().slice(0, 8)
  const [reader, server] = [`xinjian_read_${suffix}`, `xinjian_serve_${suffix}`]

  afterAll(async () => {
    for (const role of [reader, server]) {
      await database.db.execute(sql.raw(`drop owned by ${role}`))
      await database.db.execute(sql.raw(`drop role ${role}`))
    }
  })

  test('makes the roles and gives them their rights, and again changes nothing', async () => {
    for (let i = 0; i < 2; i += 1) {
      const given = await answerOf<{ appendOnly: string[] }>(['roles', '--serve', server, '--read', reader], env)
      expect(given).toMatchObject({ serve: server, read: reader })
      expect(given.appendOnly).toEqual(expect.arrayContaining(['audit_log', 'feed_events', 'decisions']))
    }
    const rights = await rowsOf(
      database.db,
      sql`select has_table_privilege(${server}, 'audit_log', 'insert') as adds,
            has_table_privilege(${server}, 'audit_log', 'update') as changes,
            has_table_privilege(${server}, 'subjects', 'update') as serves,
            has_table_privilege(${reader}, 'subjects', 'select') as reads,
            has_table_privilege(${reader}, 'subjects', 'insert') as writes,
            has_table_privilege(${reader}, 'partner_keys', 'select') as "readsSecrets"`,
    )
    expect(rights).toEqual([
      { adds: true, changes: false, serves: true, reads: true, writes: false, readsSecrets: false },
    ])
  })

  test('that would be one and the same are refused', async () => {
    const { code, stderr } = await run(['roles', '--serve', server, '--read', server], env)
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'xinjian: --serve and --read must be two roles\n' })
  })
})
