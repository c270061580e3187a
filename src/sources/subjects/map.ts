import { takeSubjects } from '../../registry/service.ts'
import type { MapToRegistry } from '../read.ts'
import type { SubjectRecord } from '../../registry/domain.ts'

/** Takes records of businesses into the registry; each names its own business, so none is unknown. */
export const mapSubjects: MapToRegistry<SubjectRecord> = async (tx, records, now) => ({
  counts: await takeSubjects(tx, records, now),
  unknown: [],
})
