import { systemClock } from '../../../src/platform/clock.ts'
/** The index of names in a process that does nothing else, for its memory: `make-index.ts <database URL>` prints JSON. */
import { startFeedListener } from '../../../src/feed/listener.ts'
import { openDatabase } from '../../../src/platform/db.ts'
import { startFollowingNames } from '../../../src/search/follower.ts'

const [url = ''] = process.argv.slice(2)
const database = openDatabase(url)
const listener = startFeedListener(url)
const before = process.memoryUsage().rss
const start = performance.now()
const followed = startFollowingNames(database.db, listener, systemClock)
await followed.built
const seconds = (performance.now() - start) / 1000
globalThis.gc?.()
const { rss, heapUsed } = process.memoryUsage()
const bytes = followed.present?.index.bytes ?? 0
process.stdout.write(JSON.stringify({ seconds, before, rss, heapUsed, bytes, cpu: process.cpuUsage() }))
await listener.stop()
await followed.stop()
await database.close()
