import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startFeedListener } from '../../src/feed/listener.ts'
import { startNatsPublisher } from '../../src/feed/nats.ts'
import { sequencePending } from '../../src/feed/sequencer.ts'
import { appendEvents } from '../../src/feed/service.ts'
import type { Database } from '../../src/platform/db.ts'
import { cloneDatabase } from '../support/database.ts'
import { pendingEvent } from '../support/events.ts'
import { natsServer, startNats, type TestNats } from '../support/nats.ts'

let database: Database
let nats: TestNats
let appended: number
const running: { stop(): Promise<void> }[] = []

/** A publisher as each `serve` process has one, and what it warned of. */
function publish(url = nats.url, from = database) {
  const warnings: string[] = []
  const listener = startFeedListener(from.url)
  const publisher = startNatsPublisher({
    database: from,
    listener,
    natsUrl: url,
    log: {
      info: () => undefined,
      warn: ({ err }: { err?: Error }) => warnings.push(err?.message ?? ''),
    },
  })
  const stop = async () => {
    await publisher.stop()
    await listener.stop()
  }
  running.push({ stop })
  return { warnings, stop }
}

async function append(count: number, to = database): Promise<void> {
  const types = ['listing.entered', 'listing.removed', 'subject.changed'] as const
  const events = Array.from({ length: count }, () =>
    pendingEvent((appended += 1), { type: types[appended % types.length] ?? 'subject.changed' }),
  )
  await to.db.transaction((tx) => appendEvents(tx, events))
  await sequencePending(to.db, 10_000)
}

const positions = async () => (await nats.messages()).map(({ id }) => Number(id))
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

if (natsServer === null) {
  it('leaves NATS out, since there is no nats-server on this machine; CI has one', () => {
    process.stderr.write('nats-server was not found: publishing to NATS is NOT tested\n')
  })
} else {
  describe('publishing to NATS JetStream', () => {
    beforeAll(async () => {
      nats = await startNats()
    })
    beforeEach(async () => {
      database = await cloneDatabase()
      appended = 0
      const connection = await connect({ servers: nats.url.replace('nats://', '') })
      const manager = await jetstream(connection).jetstreamManager()
      await manager.streams.delete('xinjian-feed').catch(() => false)
      await connection.close()
    })
    afterEach(async () => {
      for (const part of running.splice(0)) await part.stop()
      await database.close()
    })
    afterAll(() => nats.remove())

    it('sends every event once, in order, by its type, with its position as the message id', async () => {
      await append(1200)
      publish()
      await expect.poll(positions).toEqual(upTo(1200))
      await append(3)
      await expect.poll(positions).toEqual(upTo(1203))
      for (const message of (await nats.messages()).slice(0, 9)) {
        expect(message).toMatchObject({
          contentType: 'application/cloudevents+json',
          subject: `xinjian.feed.${(message.data as unknown as { type: string }).type}`,
          id: message.data.sequence,
        })
      }
    })

    it('goes on where the stream ends, after a stop, after a kill of NATS, and among several processes', async () => {
      await append(40)
      const first = publish()
      publish()
      publish()
      await expect.poll(positions).toEqual(upTo(40))
      await first.stop()
      await append(10)
      await expect.poll(positions).toEqual(upTo(50))
      await nats.kill()
      await append(25)
      await nats.start()
      await append(25)
      await expect.poll(positions).toEqual(upTo(100))
    })

    it('waits for a NATS that is not there, and harms nobody', async () => {
      await nats.kill()
      const { warnings } = publish()
      await append(5)
      await expect.poll(() => warnings.length).toBeGreaterThan(0)
      await nats.start()
      await expect.poll(positions).toEqual(upTo(5))
    })

    it('does not mix two logs in one stream, but says what is wrong', async () => {
      await append(5)
      const first = publish()
      await expect.poll(positions).toEqual(upTo(5))
      await first.stop()
      const other = await cloneDatabase()
      await append(9, other)
      const { warnings, stop } = publish(nats.url, other)
      await expect.poll(() => warnings[0]).toMatch(/xinjian-feed ends with .* position 5 .* goes to 9/)
      expect(await positions()).toEqual(upTo(5))
      await stop()
      await other.close()
    })
  })
}
