import { z } from 'zod'
import { lists } from '../listings/vocabulary.ts'
import { regionPrefix } from '../registry/schemas.ts'
import { eventTypes } from './domain.ts'

const commaSeparated = <Value extends string>(values: readonly [Value, ...Value[]]) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values)).min(1))
    .meta({ description: `One or more of ${values.join(', ')}, separated by commas` })

export const eventsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).meta({
    description: 'Position after which to read; 0 reads from the beginning',
  }),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  wait: z.coerce.number().int().min(0).max(30).default(0).meta({
    description: 'Seconds to hold the call until there is an event',
  }),
  types: commaSeparated(eventTypes).optional(),
  lists: commaSeparated(lists).optional(),
  regionCode: regionPrefix.optional(),
})

const position = z.int().min(0)

const feedEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.enum(eventTypes),
    subject: z.string(),
    time: z.string(),
    datacontenttype: z.literal('application/json'),
    dataschema: z.string(),
    sequence: z.string().meta({ description: 'Position of the event, as CloudEvents carries it' }),
    hash: z.string().meta({
      description:
        'SHA-256 over the hash of the previous event (empty for the first) followed by the RFC 8785 form of this event without `hash`',
    }),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'FeedEvent', description: 'CloudEvents 1.0 in structured JSON form' })

export const eventsAnswer = z
  .object({
    events: z.array(feedEvent),
    next: position.meta({ description: 'What to pass as `after` in the next call' }),
    head: position.meta({ description: 'The newest position of the log' }),
  })
  .meta({ id: 'FeedPage' })
