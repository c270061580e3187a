import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKey, createPartner, type PartnerKind, type Scope } from '../partners/service.ts'
import { keyVerifier } from '../partners/verifier.ts'
import { systemClock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'

interface SamplePerson {
  name: string
  kind: PartnerKind
  agencyCode?: string
  scopes: readonly Scope[]
}

/** Who may sign in to the sample: two members of staff, since nobody approves what they proposed themselves. */
const people = {
  clerk: {
    ...{ name: '示例经办人 (sample clerk)', kind: 'staff' },
    scopes: ['decisions:propose', 'decisions:approve', 'registry:write'],
  },
  chief: {
    ...{ name: '示例审批人 (sample chief)', kind: 'staff' },
    scopes: ['decisions:propose', 'decisions:approve'],
  },
  admin: { name: '示例管理员 (sample administrator)', kind: 'staff', scopes: ['admin'] },
  agency: { name: '云州市财政局 (sample agency)', kind: 'agency', agencyCode: 'mof', scopes: ['feed'] },
  platform: { name: '示例商城 (sample platform)', kind: 'platform', scopes: ['screening'] },
} as const satisfies Record<string, SamplePerson>

export type SampleKeys = Record<keyof typeof people, string>

/**
 * The keys of the sample's people, random and the same at each start: kept in a file that its owner alone may read. They
 * are keys of the sample's own database, and of no use anywhere else.
 */
export async function sampleKeys(sampleDir: string, db: Db): Promise<SampleKeys> {
  const file = join(sampleDir, 'keys.json')
  const kept = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Partial<SampleKeys>
  const verify = keyVerifier({ db })
  const keys = {} as SampleKeys
  for (const [role, person] of Object.entries(people) as [keyof SampleKeys, SamplePerson][]) {
    const before = kept[role] ?? ''
    keys[role] =
      (await verify(before, { address: '127.0.0.1', requestId: 'demo' })) === null
        ? await makePerson(db, person)
        : before
  }
  await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  return keys
}

async function makePerson(db: Db, { scopes, ...partner }: SamplePerson): Promise<string> {
  const now = systemClock.now()
  const { id } = await createPartner(db, partner, now)
  return (await createKey(db, { partnerId: id, scopes }, now)).key
}
