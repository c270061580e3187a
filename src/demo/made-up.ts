import { organisationCheckCharacter, usccCheckCharacter } from '../registry/identifiers.ts'

/** A record of a source, in the fields of contract section 6. */
export type Item = Record<string, unknown> & { sourceId: string; updatedAt: string }

/** Region 999900 is not assigned (contract section 1); every name here is made up. */
export const region = '999900'

/** A code in region 999900 with right check characters, numbered. */
export function madeUpCode(prefix: string, number: number): string {
  const organisation = `MA${number.toString(10).padStart(6, '0')}`
  const code = `${prefix}${region}${organisation}${organisationCheckCharacter(organisation)}`
  return code + usccCheckCharacter(code)
}
