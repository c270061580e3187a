import { mayBeIdentityNumber } from '../registry/identifiers.ts'
import { isOnTime } from '../rulebook/annual-report.ts'
import { groundOfVersion } from '../rulebook/grounds.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import type { Language } from '../platform/language.ts'
import type { HeldFile, HeldListing } from './repository.ts'
import type { CreditFile } from './schemas.ts'

/**
 * What the public may see of a business (design rule 7; rulebook section 7). Every public path goes through here: what
 * is held comes in, what may be shown goes out.
 */
export function publishFile(
  rulebook: Rulebook,
  held: HeldFile,
  view: { asOf: string; knownAt: string; language: Language },
): CreditFile {
  const listings = held.listings.filter(mayBeShown)
  return {
    subject: publishSubject(held.subject),
    standing: standingOf(listings),
    webPresences: held.webPresences,
    annualReports: held.annualReports.map(({ year, publishedOn, revision }) => ({
      year,
      publishedOn,
      onTime: isOnTime(rulebook, { year, publishedOn }, held.subject),
      revision,
    })),
    listings: listings.map((listing) => publishListing(rulebook, listing, view.language)),
    // Nothing records a penalty, an honour or a sanction yet, so no business has one.
    penalties: [],
    honours: [],
    sanctions: [],
    asOf: view.asOf,
    knownAt: view.knownAt,
    position: held.position,
  }
}

/** A business as the public sees it. */
function publishSubject({ province, city, ...subject }: HeldFile['subject']): CreditFile['subject'] {
  return {
    ...subject,
    registrationNumber: publishNumber(subject.registrationNumber),
    regionName: `${province ?? ''}${city ?? ''}` || null,
  }
}

/**
 * A registration number as it may be shown and searched for: some old records of individual businesses hold their
 * owner's identity number as their own (rulebook 6.3), and a search must not tell whose business it is.
 */
export function publishNumber(number: string | null): string | null {
  return number !== null && mayBeIdentityNumber(number) ? null : number
}

/** An entry that was wrong, or whose base fell, is treated as if it had never been public (rulebook 3.6). */
function mayBeShown(listing: HeldListing): boolean {
  return listing.status === 'in-force' || listing.status === 'removed'
}

/** The gravest entry in force. */
export function standingOf(listings: readonly Pick<HeldListing, 'list' | 'status'>[]): CreditFile['standing'] {
  const inForce = listings.filter((listing) => listing.status === 'in-force')
  if (inForce.some((listing) => listing.list === 'serious-violator')) return 'serious-violator'
  return inForce.length > 0 ? 'abnormal' : 'clear'
}

function publishListing(
  rulebook: Rulebook,
  { groundCode, ...listing }: HeldListing,
  language: Language,
): CreditFile['listings'][number] {
  const ground = groundOfVersion(rulebook, groundCode, listing.rulebook)
  return { ...listing, ground: { code: groundCode, label: ground.label[language], article: ground.article[language] } }
}
