import { organisationCheckCharacter, usccCheckCharacter } from '../../src/registry/identifiers.ts'

/** A made-up code in the unassigned region 999900 with right check characters (contract section 1). */
export function madeUpUscc(number: number, prefix = '91'): string {
  const organisation = `MA${String(number).padStart(6, '0')}`
  const code = `${prefix}999900${organisation}${organisationCheckCharacter(organisation)}`
  return code + usccCheckCharacter(code)
}

/** A record of the `subjects` collection as a source sends it. */
export function subjectItem(number: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sourceId: `subject-${number}`,
    updatedAt: '2026-01-01T00:00:00.000Z',
    uscc: madeUpUscc(number),
    name: `虚构省示例${number}号贸易有限公司`,
    entityType: 'enterprise',
    status: 'active',
    establishedOn: '2020-03-01',
    regionCode: '999900',
    province: '虚构省',
    city: '云州市',
    ...fields,
  }
}

/** A record of the `annual-reports` collection as a source sends it. */
export function reportItem(number: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sourceId: `report-${number}`,
    updatedAt: '2026-05-01T00:00:00.000Z',
    uscc: madeUpUscc(number),
    name: `虚构省示例${number}号贸易有限公司`,
    year: 2025,
    publishedOn: '2026-04-30',
    webPresences: [],
    ...fields,
  }
}
