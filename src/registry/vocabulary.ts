/** The closed vocabularies of the registry, in the words of the API contract. */

export const entityTypes = ['enterprise', 'individual-business', 'farmer-cooperative', 'branch'] as const
export type EntityType = (typeof entityTypes)[number]

export const subjectStatuses = ['active', 'suspended', 'revoked', 'cancelled', 'moved-out'] as const
export type SubjectStatus = (typeof subjectStatuses)[number]

export const webPresenceKinds = ['website', 'shop', 'app', 'mini-program', 'social-account', 'live-stream'] as const
export type WebPresenceKind = (typeof webPresenceKinds)[number]

export const webPresenceStatuses = ['active', 'unreachable', 'disputed', 'retired'] as const
export type WebPresenceStatus = (typeof webPresenceStatuses)[number]

export const licenceDisplays = ['displayed', 'missing', 'unchecked'] as const
export type LicenceDisplay = (typeof licenceDisplays)[number]

/** Who says that a business runs a site or shop: its annual report, the filing of the site, its platform. */
export const claimSources = ['annual-report', 'icp-filing', 'platform-sellers'] as const
export type ClaimSource = (typeof claimSources)[number]
