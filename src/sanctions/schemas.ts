import { z } from 'zod'
import { usccParameter } from '../credit-files/schemas.ts'
import { lists } from '../listings/vocabulary.ts'
import { pageQuery } from '../platform/pagination.ts'
import { liftReasons, openStatuses, orderKinds, orderStatuses, receiptStatuses, refusals } from './vocabulary.ts'

const day = z.iso.date()

const statusFilter = z.enum([...orderStatuses, 'open']).meta({
  description: `A status, or \`open\` for all in which an answer is awaited: ${openStatuses.join(', ')}`,
})

export const ordersOfAgencyQuery = z.strictObject({
  limit: pageQuery.limit,
  status: statusFilter.optional(),
  after: pageQuery.cursor,
})

const orderFields = {
  id: z.uuid(),
  uscc: z.string(),
  name: z.string().meta({ description: 'Name of the business when the order went out' }),
  measureCode: z.string().meta({ description: 'Code of the measure in the rulebook, e.g. JS-01' }),
  label: z.string(),
  memorandum: z.string().nullable().meta({ description: 'Number of the memorandum it is carried out under' }),
  basis: z.string().meta({ description: 'Law or policy that the measure rests on' }),
  listingId: z.uuid(),
  list: z.enum(lists),
  imposedOn: day,
  until: day.nullable().meta({ description: 'Last day of the measure; null while no end is known' }),
  respondBy: day.nullable().meta({
    description: 'Last day for the answer that is awaited; null when none is, or where the calendar is not loaded',
  }),
  status: z.enum(orderStatuses),
  executedOn: day.nullable(),
  liftReason: z.enum(liftReasons).nullable(),
  liftRequestedOn: day.nullable(),
  liftedOn: day.nullable(),
}

const agencyOrder = z.object(orderFields).meta({ id: 'SanctionOrder' })

export const ordersOfAgencyPage = z
  .object({ items: z.array(agencyOrder), next: z.string().nullable() })
  .meta({ id: 'SanctionOrderPage' })

const words = z.string().trim().min(1).max(500)

export const receiptsBody = z
  .strictObject({
    receipts: z
      .array(
        z.strictObject({
          orderId: z.uuid(),
          status: z.enum(receiptStatuses),
          executedOn: day.optional().meta({
            description: 'Day on which the measure was executed, or lifted; the day of the receipt by default',
          }),
          reference: words.optional().meta({ description: 'Number of the agency’s own file' }),
          note: words.optional(),
        }),
      )
      .min(1)
      .max(1000),
  })
  .meta({ id: 'SanctionReceipts' })

export const receiptsAnswer = z
  .object({
    results: z.array(
      z.object({
        orderId: z.uuid(),
        result: z.enum(['accepted', 'unchanged', 'refused']),
        status: z.enum(orderStatuses).nullable().meta({ description: 'Where the order stands; null when unknown' }),
        error: z.object({ code: z.enum(refusals), detail: z.string() }).optional(),
      }),
    ),
  })
  .meta({ id: 'SanctionReceiptResults', description: 'One result a receipt, in the order sent' })

export const ordersQuery = z.strictObject({
  ...pageQuery,
  overdue: z.enum(['true', 'false']).optional().meta({
    description: '`true`: only those whose answer is late, lifts that are not confirmed first',
  }),
  agency: z.string().min(1).max(100).optional().meta({ description: 'Code or name of an agency' }),
  status: statusFilter.optional(),
  kind: z
    .enum(orderKinds)
    .optional()
    .meta({ description: '`lift`: orders whose entry has ended; `impose`: the others' }),
  uscc: usccParameter.optional(),
})

const orderOfAll = z
  .object({
    ...orderFields,
    agency: z.string().meta({ description: 'Code of the agency' }),
    agencyName: z.string(),
    receivedOn: day.nullable(),
    overdue: z.boolean(),
  })
  .meta({ id: 'SanctionOrderOfAgency' })

export const ordersPage = z
  .object({ items: z.array(orderOfAll), next: z.string().nullable() })
  .meta({ id: 'SanctionOrdersPage' })

const count = z.int().min(0)
const lateCounts = z.object({ lift: count, receive: count, execute: count })

export const summaryAnswer = z
  .object({
    items: z.array(
      z.object({
        agency: z.string(),
        agencyName: z.string(),
        orders: z.record(z.enum(orderStatuses), count).meta({ description: 'Orders by status' }),
        overdue: lateCounts.meta({
          description: 'Orders whose lift, reception or execution is not confirmed in time',
        }),
      }),
    ),
    overdue: lateCounts.meta({ description: 'Over all agencies' }),
  })
  .meta({ id: 'SanctionOrderSummary', description: 'Agencies with lifts that are late come first' })
