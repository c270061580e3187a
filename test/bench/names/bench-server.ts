/**
 * A server of the benches in a process of its own: the service, a constant, or PostGraphile. Tells its address. The service
 * sequences, and commits what its parent asks for, as one of its requests would: `append` an event, `notify` alone; it is
 * profiled from `profile` to `profiled`.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import Fastify from 'fastify'
import { buildApp } from '../../../src/app.ts'
import { parseConfig } from '../../../src/config.ts'
import { startPresentFiles } from '../../../src/credit-files/present-files.ts'
import { startFeedListener } from '../../../src/feed/listener.ts'
import { startSequencer } from '../../../src/feed/sequencer.ts'
import { makeFeedTail } from '../../../src/feed/tail.ts'
import { appendEvents } from '../../../src/feed/service.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { openDatabase } from '../../../src/platform/db.ts'
import { collectSeldom } from '../../../src/platform/garbage-collection.ts'
import { generateSigningKey, signingWith } from '../../../src/platform/signing.ts'
import { pendingEvent } from '../../support/events.ts'
import { startProfile, type ProfileLine } from '../profiler.ts'

const [kind, url = '', content = ''] = process.argv.slice(2)

if (kind === 'service') {
  collectSeldom()
  const { db } = openDatabase(url)
  const listener = startFeedListener(url)
  const files = startPresentFiles(db, listener, systemClock)
  const tail = makeFeedTail(db, listener, undefined, files.told)
  const app = await buildApp({
    db,
    config: parseConfig({ RATE_LIMIT: 'off' }),
    clock: systemClock,
    listener,
    files,
    tail,
    signing: await signingWith([await generateSigningKey()]),
    publicUrl: () => 'https://credit.example',
  })
  const sequencer = startSequencer(db, { warn: (_, text) => void process.stderr.write(`${text}\n`) }, tail.take)
  let stop: (() => Promise<ProfileLine[]>) | null = null
  process.on('message', (what) => {
    if (what === 'profile') void startProfile().then((started) => (stop = started))
    if (what === 'profiled') void stop?.().then((lines) => process.send?.(lines))
    if (what !== 'append' && what !== 'notify') return
    void db
      .transaction(async (tx) => {
        if (what === 'append') await appendEvents(tx, [pendingEvent(1)])
        else await tx.execute(sql`select pg_notify('bench', '')`)
        process.send?.(String(process.hrtime.bigint()))
      })
      .then(() => what === 'append' && sequencer.wake())
  })
  tell(await app.listen({ port: 0, host: '127.0.0.1' }))
} else if (kind === 'constant') {
  const app = Fastify()
  app.get('/v1/credit-files/:uscc', (_request, reply) => reply.type('application/json; charset=utf-8').send(content))
  tell(await app.listen({ port: 0, host: '127.0.0.1' }))
} else {
  const { postgraphile } = await import('postgraphile')
  const server = createServer(
    postgraphile(url, 'public', { ignoreRBAC: true, disableDefaultMutations: true, disableQueryLog: true }) as never,
  )
  server.listen(0, '127.0.0.1', () => tell(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`))
}

function tell(address: string): void {
  process.send?.(address)
}
