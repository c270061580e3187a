import type { List, ListingStatus } from '../listings/vocabulary.ts'
import type { EntityType, SubjectStatus } from '../registry/vocabulary.ts'
import type { CreditFile } from './schemas.ts'

/** A business as the registry holds it. */
export interface HeldSubject {
  uscc: string
  registrationNumber: string | null
  name: string
  formerNames: string[]
  entityType: EntityType
  status: SubjectStatus
  legalRepresentative: string | null
  establishedOn: string | null
  regionCode: string
  province: string | null
  city: string | null
  address: string | null
  industryCode: string | null
  registrationAuthority: string | null
}

/** An entry as it stood on the day that is told. */
export interface HeldListing {
  id: string
  list: List
  groundCode: string
  authority: string
  decisionNumber: string
  listedOn: string
  status: ListingStatus
  expiresOn: string | null
  removedOn: string | null
  removalReason: string | null
  removalDecisionNumber: string | null
  rulebook: string
  /** What it has become by now, which decides whether it may be shown at all. */
  present: { status: ListingStatus; shown: boolean; publishedUntil: string | null }
}

export type HeldPenalty = CreditFile['penalties'][number] & {
  present: { shown: boolean; publishedUntil: string | null }
}

export interface HeldSanction {
  measureCode: string
  agencyCode: string
  listingId: string
  imposedOn: string
  until: string | null
}

/** Everything that is held of a business, before the publication policy has looked at it. */
export interface HeldFile {
  subject: HeldSubject
  webPresences: CreditFile['webPresences']
  annualReports: { year: number; publishedOn: string; revision: number }[]
  listings: HeldListing[]
  penalties: HeldPenalty[]
  honours: CreditFile['honours']
  sanctions: HeldSanction[]
  /** The newest amendment of the law at the moment of reading. */
  amendmentId: string | null
  position: number
}
