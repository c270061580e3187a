import { z } from 'zod'
import { message } from '../platform/language.ts'
import { pageQuery } from '../platform/pagination.ts'
import { outcomes, vias } from './vocabulary.ts'

const instantParameter = z.iso.datetime({ offset: true })

export const auditQuery = z.strictObject({
  ...pageQuery,
  partnerId: z.uuid().optional(),
  action: z
    .string()
    .max(100)
    .regex(/^[a-z-]+\.[a-z-]+$/, message({ zh: '例如 decision.approved', en: 'Such as decision.approved' }))
    .optional()
    .meta({ description: 'What was done, such as `decision.approved` or `key.created`' }),
  object: z
    .string()
    .max(300)
    .regex(/^[a-z-]+(:[^\s:]+)?$/, message({ zh: '例如 key 或 key:<编号>', en: 'Such as key, or key:<id>' }))
    .optional()
    .meta({ description: 'What it was done to: a type, such as `decision`, or one, such as `decision:<id>`' }),
  outcome: z.enum(outcomes).optional(),
  from: instantParameter.optional().meta({ description: 'Not before this moment' }),
  to: instantParameter.optional().meta({ description: 'Before this moment' }),
})

const auditEntry = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    action: z.string(),
    outcome: z.enum(outcomes),
    object: z.object({ type: z.string(), id: z.string().nullable() }),
    actor: z.object({
      via: z.enum(vias),
      partnerId: z.uuid().nullable(),
      partnerName: z.string().nullable(),
      keyId: z.uuid().nullable(),
      person: z.string().nullable(),
    }),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    position: z.int().nullable().meta({ description: 'Its place in the hash chain; null for about a second' }),
    hash: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' })

export const auditPage = z.object({ items: z.array(auditEntry), next: z.string().nullable() })

/** A place in the order of the log, as its cursor carries it. */
export const auditPlace = z.string().regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36}$/)
