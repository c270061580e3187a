import { reviewLeads } from '../leads/service.ts'
import type { ClaimRecord } from '../registry/claims/domain.ts'
import { takeClaims } from '../registry/claims/service.ts'
import type { MapToRegistry } from './read.ts'

/** Takes claims on sites and shops into the registry, and looks for what contradicts them. */
export const mapClaims: MapToRegistry<ClaimRecord> = async (tx, records, now) => {
  const { touched, ...taken } = await takeClaims(tx, records, now)
  await reviewLeads(tx, touched, now)
  return taken
}
