import { v7 as uuidv7 } from 'uuid'
import type { PendingEvent } from '../../src/feed/domain.ts'
import { madeUpUscc } from './businesses.ts'

/** A made-up change of a made-up business, to be appended. */
export function pendingEvent(number: number, fields: Partial<PendingEvent> = {}): PendingEvent {
  return {
    id: uuidv7(),
    type: 'subject.changed',
    key: `subject:${madeUpUscc(number)}`,
    uscc: madeUpUscc(number),
    list: null,
    regionCode: '999900',
    occurredAt: '2026-07-01T02:00:00.000Z',
    data: { number },
    ...fields,
  }
}
