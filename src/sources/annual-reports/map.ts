import type { AnnualReportRecord } from '../../registry/domain.ts'
import { takeAnnualReports } from '../../registry/service.ts'
import type { MapToRegistry } from '../read.ts'

/** Takes annual reports with their web presences into the registry. */
export const mapAnnualReports: MapToRegistry<AnnualReportRecord> = takeAnnualReports
