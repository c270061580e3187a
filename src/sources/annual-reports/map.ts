import { reviewLeads } from '../../leads/service.ts'
import type { AnnualReportRecord } from '../../registry/domain.ts'
import { takeAnnualReports } from '../../registry/service.ts'
import type { MapToRegistry } from '../read.ts'

/** Takes annual reports with their web presences into the registry, and looks for what contradicts them. */
export const mapAnnualReports: MapToRegistry<AnnualReportRecord> = async (tx, records, now) => {
  const { touched, ...taken } = await takeAnnualReports(tx, records, now)
  await reviewLeads(tx, touched, now)
  return taken
}
