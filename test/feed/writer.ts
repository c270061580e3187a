import { appendEvents } from '../../src/feed/service.ts'
import { openDatabase } from '../../src/platform/db.ts'
import { pendingEvent } from '../support/events.ts'

/** A deciding process that appends without end and tells the id of each event that it committed, until it is killed. */
const database = openDatabase(process.argv[2] ?? '', { max: 1 })
for (let number = 1; ; number += 1) {
  const event = pendingEvent(number)
  try {
    await database.db.transaction((tx) => appendEvents(tx, [event]))
    process.stdout.write(`${event.id}\n`)
  } catch {
    // The database is away: the next attempt makes another event.
  }
}
