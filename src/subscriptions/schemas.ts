import { z } from 'zod'
import { lists } from '../listings/vocabulary.ts'
import { pageQuery } from '../platform/pagination.ts'
import { regionPrefix } from '../registry/schemas.ts'
import { subscriptionTypes } from './domain.ts'
import { deliveryErrors, deliveryStatuses, pauseReasons, subscriptionStatuses } from './vocabulary.ts'

const url = z
  .string()
  .min(1)
  .max(2000)
  .meta({
    description: 'Where to deliver, https; redirects are not followed',
    examples: ['https://partner.example/webhooks'],
  })
const types = z.array(z.enum(subscriptionTypes)).min(1).max(subscriptionTypes.length)
const listFilter = z.array(z.enum(lists)).min(1).max(lists.length).nullable()

export const subscriptionParams = z.strictObject({ id: z.uuid() })
export const subscriptionsQuery = z.strictObject(pageQuery)

export const subscriptionBody = z.strictObject({
  url,
  types,
  lists: listFilter.optional(),
  regionCode: regionPrefix.nullable().optional(),
})

export const subscriptionChanges = z.strictObject({
  url: url.optional(),
  types: types.optional(),
  lists: listFilter.optional(),
  regionCode: regionPrefix.nullable().optional(),
  status: z.enum(subscriptionStatuses).optional().meta({ description: '`active` resumes where deliveries stopped' }),
})

export const replayBody = z.strictObject({
  after: z
    .int()
    .min(0)
    .meta({ description: 'Position after which everything is delivered again; 0 for all of the log' }),
})

/** Of calls that take no content: none, or an empty object. */
export const noBody = z.strictObject({}).nullish()

const subscription = z.object({
  id: z.uuid(),
  url: z.string(),
  types: z.array(z.enum(subscriptionTypes)),
  lists: z.array(z.enum(lists)).nullable(),
  regionCode: z.string().nullable(),
  status: z.enum(subscriptionStatuses),
  pauseReason: z.enum(pauseReasons).nullable().meta({
    description: 'Why nothing is delivered: asked for, answered 410 Gone, or every retry of a message failed',
  }),
  pausedAt: z.iso.datetime().nullable(),
  position: z.int().meta({ description: 'Everything in the log up to here was delivered, or is not asked for' }),
  attempts: z.int().meta({ description: 'Failed attempts of the message that stands next' }),
  nextAttemptAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
})

export const subscriptionSchema = subscription.meta({ id: 'Subscription' })

export const subscriptionWithSecret = subscription
  .extend({
    secret: z
      .string()
      .meta({ description: 'Signs the webhooks (Standard Webhooks 1.0.0, `whsec_…`); shown only here' }),
  })
  .meta({ id: 'SubscriptionWithSecret' })

export const subscriptionPage = z
  .object({ items: z.array(subscriptionSchema), next: z.string().nullable() })
  .meta({ id: 'SubscriptionPage' })

export const deliveryPage = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        messageId: z.uuid().meta({ description: 'The webhook-id; of an event its own id' }),
        type: z.string(),
        position: z.int().nullable(),
        status: z.enum(deliveryStatuses),
        attempts: z.int(),
        responseStatus: z.int().nullable().meta({ description: 'Status of the last answer; null when none came' }),
        error: z.enum(deliveryErrors).nullable(),
        durationMs: z.int().meta({ description: 'Of the last attempt' }),
        firstAttemptAt: z.iso.datetime(),
        lastAttemptAt: z.iso.datetime(),
        nextAttemptAt: z.iso.datetime().nullable(),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'DeliveryPage' })

export const testAnswer = z
  .object({
    messageId: z.uuid(),
    delivered: z.boolean(),
    responseStatus: z.int().nullable(),
    error: z.enum(deliveryErrors).nullable(),
    durationMs: z.int(),
    responseBody: z.string().meta({ description: 'The beginning of what came back' }),
  })
  .meta({ id: 'TestDelivery' })

export const deletedResponse = z.undefined().meta({ description: 'Deleted' })
