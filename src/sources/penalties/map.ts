import type { PenaltyRecord } from '../../penalties/domain.ts'
import { takePenalties } from '../../penalties/intake.ts'
import type { MapToRegistry } from '../read.ts'

/** Takes penalty decisions and publishes them by the same rules as those that staff record. */
export const mapPenalties: MapToRegistry<PenaltyRecord> = takePenalties
