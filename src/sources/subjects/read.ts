import { z } from 'zod'
import type { SubjectRecord } from '../../registry/domain.ts'
import {
  normaliseCode,
  parseRegistrationNumber,
  parseUscc,
  type RegistrationNumber,
} from '../../registry/identifiers.ts'
import { withoutPersonalData } from '../../registry/personal-data.ts'
import { entityTypes, subjectStatuses } from '../../registry/vocabulary.ts'
import { anyCode, instant, optional, plainDay, plainText, readerOf } from '../read.ts'

const formerNames = z.union([
  z.array(plainText(200)).max(100),
  // A cell of a table holds several names.
  z
    .string()
    .transform((cell) =>
      cell
        .split(/[;；|]/)
        .map((name) => name.trim())
        .filter(Boolean),
    )
    .pipe(z.array(plainText(200)).max(100)),
])

const schema = z
  .object({
    sourceId: plainText(200),
    updatedAt: instant,
    uscc: optional(anyCode),
    registrationNumber: optional(plainText(50)),
    name: plainText(200),
    formerNames: optional(formerNames),
    entityType: z.enum(entityTypes),
    status: z.enum(subjectStatuses),
    legalRepresentative: optional(plainText(200)),
    establishedOn: optional(plainDay),
    regionCode: z.string().regex(/^\d{6}$/, 'is no GB/T 2260 code of 6 digits'),
    address: optional(plainText()),
    industryCode: optional(plainText(20)),
    // Bulk entering writes it into the log as the deciding authority, where nothing can be taken back.
    registrationAuthority: optional(plainText(200).transform(withoutPersonalData)),
    province: optional(plainText(50)),
    city: optional(plainText(50)),
  })
  .transform(({ uscc: code, registrationNumber: written, ...rest }, context): SubjectRecord => {
    const codes = { ...(written !== undefined && codesIn(written)), ...code }
    const uscc = codes.uscc ?? null
    const number = codes.number ?? null
    if (uscc === null && !isOldForm(number)) {
      context.addIssue({
        code: 'custom',
        path: [written === undefined ? 'uscc' : 'registrationNumber'],
        message: 'has neither a unified social credit code nor a registration number',
        params: { reason: 'no-code' },
      })
      return z.NEVER
    }
    return {
      ...rest,
      uscc,
      registrationNumber: number?.number ?? null,
      flags: number !== null && !number.checked ? ['REGNO_CHECK'] : [],
    }
  })

/** What a registration number field holds: a number of a known form, a unified code, or something to keep with a flag. */
function codesIn(written: string): { uscc?: string; number?: RegistrationNumber } {
  const uscc = parseUscc(written)
  return uscc === null
    ? { number: parseRegistrationNumber(written) ?? { number: normaliseCode(written), checked: false } }
    : { uscc }
}

/** A number alone names a business only in a form that the registers used (rulebook 6.3). */
function isOldForm(number: RegistrationNumber | null): boolean {
  return number !== null && parseRegistrationNumber(number.number) !== null
}

/** Reads a record of `subjects` (经济户口; contract section 6). */
export const readSubject = readerOf(schema)
