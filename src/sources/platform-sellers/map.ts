import { mapClaims } from '../claims.ts'

/** Takes what platforms report of their sellers into the registry: each names the business behind a shop. */
export const mapPlatformSellers = mapClaims
