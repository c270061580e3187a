import { z } from 'zod'
import { lists } from '../listings/vocabulary.ts'
import { message } from '../platform/language.ts'
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

export const eventsHeaders = z.looseObject({
  // An empty one is what a client sends that has seen no id yet.
  'last-event-id': z
    .string()
    .regex(/^\d{0,15}$/, message({ zh: '须为事件位置。', en: 'It must be a position.' }))
    .transform((text) => (text === '' ? undefined : Number(text)))
    .optional()
    .meta({
      description: 'Position after which a stream goes on, as a client that was cut off sends it; wins over `after`',
    }),
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

export const eventsLines = z.string().meta({ description: 'One FeedEvent a line' })

export const eventsStream = z
  .string()
  .meta({ description: 'Server-sent events: `id` is the position, `data` a FeedEvent' })

export const checkpoint = z
  .object({
    position,
    hash: z.string().meta({ description: 'Hash of the event at the position; empty before the first' }),
    createdAt: z.string(),
    signature: z.string().meta({
      description: 'Compact JWS over `{position, hash, createdAt}` by a key of /.well-known/jwks.json',
    }),
  })
  .meta({ id: 'FeedCheckpoint' })
