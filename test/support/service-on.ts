import type { FastifyInstance } from 'fastify'
import { buildApp, type AppOptions } from '../../src/app.ts'
import { parseConfig, type Config } from '../../src/config.ts'
import { startFeedListener } from '../../src/feed/listener.ts'
import { findHead } from '../../src/feed/repository.ts'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { startPresentFiles, type PresentFiles } from '../../src/credit-files/present-files.ts'
import { scopesBeyond } from '../../src/partners/domain.ts'
import { createKey, createPartner, type PartnerKind, type Scope } from '../../src/partners/service.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { Database, Db } from '../../src/platform/db.ts'
import { generateSigningKey, signingWith, type Signing } from '../../src/platform/signing.ts'
import { runMonitors } from '../../src/screening/monitor-worker.ts'
import { createScreener } from '../../src/screening/screener.ts'
import { startFollowingNames } from '../../src/search/follower.ts'

export interface TestService {
  app: FastifyInstance
  database: Database
  db: Db
  /** Set it to move the clock. */
  clock: Clock & { set(instant: string): void }
  signing: Signing
  /** The credit files in memory. A change made past the API is told to it by `wrote`, unless it is sequenced. */
  files: PresentFiles
  /** Does the sequencer's work until the outbox is empty, and waits until the credit files in memory follow. */
  sequence: () => Promise<void>
  /** Does the work of the monitors until there is none. */
  watch: () => Promise<number>
  /** A key with these scopes, of a partner of its own. */
  keyWith: (...scopes: Scope[]) => Promise<string>
  /** A key of a new partner of this kind. */
  keyOf: (partner: { kind: PartnerKind; agencyCode?: string; name?: string }, ...scopes: Scope[]) => Promise<string>
  close: () => Promise<void>
}

/** The whole service on this database, which closing it closes, without a port, at a time that stands still. */
export async function startServiceOn(
  database: Database,
  instant: string,
  settings: Partial<Config>,
  more: Partial<AppOptions> = {},
): Promise<TestService> {
  const { db } = database
  let now = new Date(instant)
  const clock = { now: () => now, set: (later: string) => void (now = new Date(later)) }
  const listener = startFeedListener(database.url)
  // A machine on which several test files run at once is late now and then.
  const config = { ...parseConfig({ RATE_LIMIT: 'off' }), MAX_EVENT_LOOP_DELAY_MS: 0, ...settings }
  const signing = await signingWith([await generateSigningKey()])
  const { names = startFollowingNames(db, listener, clock) } = more
  const screener = createScreener(names)
  const files = startPresentFiles(db, listener, clock)
  const app = await buildApp({
    db,
    config,
    clock,
    listener,
    signing,
    names,
    screener,
    files,
    publicUrl: () => config.PUBLIC_URL ?? 'https://credit.example',
    pool: database.pool,
    ...more,
  })
  const keyOf: TestService['keyOf'] = async ({ name = '某协同部门', ...partner }, ...scopes) => {
    const { id } = await createPartner(db, { name, ...partner }, clock.now())
    return (await createKey(db, { partnerId: id, scopes }, clock.now())).key
  }
  return {
    app,
    database,
    db,
    clock,
    signing,
    files,
    sequence: async () => {
      while ((await sequencePending(db)) > 0);
      await files.reach((await findHead(db)).position)
    },
    watch: () => runMonitors({ db, clock, screener }),
    keyOf,
    keyWith: (...scopes) => keyOf({ kind: scopesBeyond('agency', scopes).length > 0 ? 'staff' : 'agency' }, ...scopes),
    close: async () => {
      await app.close()
      await database.close()
    },
  }
}
