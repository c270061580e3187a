import { z } from 'zod'
import { readNetwork } from '../platform/addresses.ts'
import { message } from '../platform/language.ts'
import { pageQuery } from '../platform/pagination.ts'
import { partnerKinds, scopes } from './vocabulary.ts'

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, message({ zh: '不能含控制字符', en: 'It must not have control characters' }))

/** `sub` of a user of the identity provider (OpenID Connect Core 2: at most 255 ASCII characters). */
const subject = z.string().regex(/^[\x21-\x7e]{1,255}$/)

export const partnerBody = z.strictObject({
  name: line(200),
  kind: z.enum(partnerKinds),
  agencyCode: line(100).optional().meta({ description: 'Code or name of the agency that receives sanction orders' }),
  subject: subject.optional().meta({ description: 'For staff: the `sub` of the person at the identity provider' }),
})

export const partnerChanges = z
  .strictObject({
    name: line(200).optional(),
    suspended: z.boolean().optional(),
    subject: subject.nullable().optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, message({ zh: '没有要修改的内容', en: 'Nothing to change' }))

export const partnerParams = z.strictObject({ id: z.uuid() })

export const partnersQuery = z.strictObject({ ...pageQuery, kind: z.enum(partnerKinds).optional() })

export const keysQuery = z.strictObject({ ...pageQuery })

export const partnerSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    kind: z.enum(partnerKinds),
    agencyCode: z.string().nullable(),
    subject: z.string().nullable(),
    suspendedAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Partner' })

export const partnerPage = z.object({ items: z.array(partnerSchema), next: z.string().nullable() })

const network = z
  .string()
  .max(50)
  .transform((text, context) => {
    const read = readNetwork(text.trim())
    if (read !== null) return read
    context.addIssue({
      code: 'custom',
      message: message({ zh: '须为 CIDR 网段，例如 203.0.113.0/24', en: 'A network such as 203.0.113.0/24' }),
    })
    return z.NEVER
  })

export const keyBody = z.strictObject({
  scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
  networks: z.array(network).max(50).optional().meta({
    description: 'IPv4 or IPv6 networks in CIDR form from which the key works; everywhere without them',
  }),
  label: line(100).optional(),
})

export const rotationBody = z
  .strictObject({
    overlapHours: z.number().min(0).max(720).optional().meta({
      description: 'How long the old key works on; 24 hours without it',
    }),
  })
  .nullish()

const keySchema = z
  .object({
    id: z.uuid(),
    partnerId: z.uuid(),
    scopes: z.array(z.enum(scopes)),
    label: z.string().nullable(),
    expiresAt: z.iso.datetime().nullable(),
    networks: z.array(z.string()),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'To about ten minutes' }),
    revokedAt: z.iso.datetime().nullable(),
    replacedBy: z.uuid().nullable(),
  })
  .meta({ id: 'Key' })

export const keyPage = z.object({ items: z.array(keySchema), next: z.string().nullable() })

export const issuedKey = keySchema
  .extend({ key: z.string().meta({ description: 'Shown this once' }) })
  .meta({ id: 'IssuedKey' })

export const revokedResponse = z.undefined().meta({ description: 'It works no longer' })
