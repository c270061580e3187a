import { reviewLeads } from '../../leads/service.ts'
import type { SubjectRecord } from '../../registry/domain.ts'
import { takeSubjects } from '../../registry/service.ts'
import type { MapToRegistry } from '../read.ts'

/**
 * Takes records of businesses into the registry, and looks for what contradicts them; each names its own business, so
 * none is unknown.
 */
export const mapSubjects: MapToRegistry<SubjectRecord> = async (tx, records, now) => {
  const { touched, counts } = await takeSubjects(tx, records, now)
  await reviewLeads(tx, touched, now)
  return { counts, unknown: [] }
}
