import { v7 as uuidv7 } from 'uuid'
import { appendEvents } from '../feed/service.ts'
import type { Tx } from '../platform/db.ts'
import type { Subject } from './domain.ts'

/** Tells the feed which published fields of a business changed: names of fields, never their personal values. */
export async function appendSubjectChanges(
  tx: Tx,
  changes: readonly { subject: Subject; changed: readonly string[] }[],
  now: Date,
): Promise<void> {
  await appendEvents(
    tx,
    changes.flatMap(({ subject, changed }) =>
      subject.uscc === null
        ? []
        : {
            id: uuidv7(),
            type: 'subject.changed',
            key: `subject:${subject.uscc}`,
            uscc: subject.uscc,
            list: null,
            regionCode: subject.regionCode,
            occurredAt: now.toISOString(),
            data: {
              name: subject.name,
              entityType: subject.entityType,
              status: subject.status,
              regionCode: subject.regionCode,
              changed,
            },
          },
    ),
  )
}
