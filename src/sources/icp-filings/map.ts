import { mapClaims } from '../claims.ts'

/** Takes filings of sites into the registry: who filed a site claims to run it, and gives it its number. */
export const mapIcpFilings = mapClaims
