import { mayBeIdentityNumber } from '../registry/identifiers.ts'
import { withoutPersonalData } from '../registry/personal-data.ts'
import { isOnTime } from '../rulebook/annual-report.ts'
import { afterExitOn } from '../rulebook/exits.ts'
import { groundOfVersion } from '../rulebook/grounds.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import { wordsOf } from '../sanctions/domain.ts'
import type { Language } from '../platform/language.ts'
import type { HeldFile, HeldListing, HeldPenalty, HeldSubject } from './held.ts'
import type { CreditFile } from './schemas.ts'

/** How a file is looked at. */
export interface View {
  /** The day whose state is told, and the moment up to which what was recorded counts (RFC 3339 in UTC). */
  asOf: string
  knownAt: string
  /** The day of reading: what may be shown is decided by the law of today, also of the past (design rule 7). */
  today: string
  language: Language
  /** A key with the scope `history` sees what may no longer be shown. */
  seesHistory: boolean
}

/**
 * What a reader may see of a business (design rule 7; rulebook section 7). Every public path goes through here: what
 * is held comes in, what may be shown goes out.
 */
export function publishFile(rulebook: Rulebook, held: HeldFile, view: View): CreditFile {
  const { language, seesHistory } = view
  const listings = held.listings.filter((listing) => seesHistory || mayBeShown(rulebook, listing, view.today))
  const shownIds = new Set(listings.map(({ id }) => id))
  return {
    subject: publishSubject(held.subject),
    standing: gravest(listings.filter((listing) => listing.status === 'in-force')),
    webPresences: held.webPresences.map(publishPresence),
    annualReports: held.annualReports.map(({ year, publishedOn, revision }) => ({
      year,
      publishedOn,
      onTime: isOnTime(rulebook, { year, publishedOn }, held.subject),
      revision,
    })),
    listings: listings.map((listing) => publishListing(rulebook, listing, language)),
    penalties: held.penalties
      .filter((penalty) => seesHistory || penaltyMayBeShown(penalty, view.today))
      .map(({ present: _, ...penalty }) => ({
        ...penalty,
        ...maskTexts(penalty, ['decisionNumber', 'authority', 'ground', 'kind']),
      })),
    honours: held.honours.map((honour) => ({ ...honour, ...maskTexts(honour, ['title', 'authority']) })),
    // A measure tells of its entry: what may not be shown of the one may not be shown of the other.
    sanctions: held.sanctions
      .filter(({ listingId }) => shownIds.has(listingId))
      .map((sanction) => {
        const { label, agency } = wordsOf(rulebook, sanction)
        const { measureCode, listingId, imposedOn, until } = sanction
        return { measureCode, label: label[language], agency: agency[language], listingId, imposedOn, until }
      }),
    asOf: view.asOf,
    knownAt: view.knownAt,
    position: held.position,
  }
}

/** A site or shop. Its address is what people look it up by; only what its owner calls it is free text. */
export function publishPresence<Presence extends { name: string }>(presence: Presence): Presence {
  return { ...presence, name: withoutPersonalData(presence.name) }
}

/** A business as the public sees it. */
function publishSubject({ province, city, ...subject }: HeldSubject): CreditFile['subject'] {
  return {
    ...subject,
    ...maskTexts(subject, ['legalRepresentative', 'address', 'registrationAuthority']),
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

/** These free texts of a row, without personal data that somebody wrote into them. */
function maskTexts<Field extends string, Row extends { readonly [field in Field]: string | null }>(
  row: Row,
  fields: readonly Field[],
): Pick<Row, Field> {
  return Object.fromEntries(
    fields.map((field) => {
      const text = row[field]
      return [field, text === null ? null : withoutPersonalData(text)]
    }),
  ) as Pick<Row, Field>
}

/** An entry as far as it decides whether it may be shown. */
export type ShownListing = Pick<HeldListing, 'list' | 'status' | 'present'>

/**
 * Whether the public may see an entry today. One that was wrong, or whose base fell, is treated as if it had never been
 * public (rulebook 3.6); the period of publication may be over; and one that has ended stays in view only while the law
 * says so (rulebook 2.8).
 */
export function mayBeShown(rulebook: Rulebook, listing: ShownListing, today: string): boolean {
  if (!isInPeriod(listing, today)) return false
  const hasEnded = listing.status === 'removed' || listing.present.status === 'removed'
  return !hasEnded || afterExitOn(rulebook, listing.list, today).stays
}

function isInPeriod({ present }: ShownListing, today: string): boolean {
  if (present.status === 'revoked' || present.status === 'corrected') return false
  return present.shown && (present.publishedUntil === null || today <= present.publishedUntil)
}

/** The gravest entry in force that the public may see today. */
export function standingOf(listings: readonly ShownListing[], today: string): CreditFile['standing'] {
  return gravest(listings.filter((listing) => listing.present.status === 'in-force' && isInPeriod(listing, today)))
}

function gravest(inForce: readonly Pick<HeldListing, 'list'>[]): CreditFile['standing'] {
  if (inForce.some((listing) => listing.list === 'serious-violator')) return 'serious-violator'
  return inForce.length > 0 ? 'abnormal' : 'clear'
}

/** An entry in the words of the version that it was made under. */
export function publishListing(
  rulebook: Rulebook,
  { groundCode, present: _, ...listing }: HeldListing,
  language: Language,
): CreditFile['listings'][number] {
  const ground = groundOfVersion(rulebook, groundCode, listing.rulebook)
  const texts = maskTexts(listing, ['authority', 'decisionNumber', 'removalDecisionNumber'])
  return {
    ...listing,
    ...texts,
    ground: { code: groundCode, label: ground.label[language], article: ground.article[language] },
  }
}

function penaltyMayBeShown({ present }: HeldPenalty, today: string): boolean {
  return present.shown && (present.publishedUntil === null || today <= present.publishedUntil)
}
