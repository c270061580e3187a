import { entryAt, type Decision } from '../listings/domain.ts'
import { webPresencesOf } from '../registry/claims/domain.ts'
import { firstPublishedOn, type AnnualReportRevision } from '../registry/domain.ts'
import type { HeldFile, HeldListing, HeldPenalty, HeldSubject } from './held.ts'
import type { RecordedFile } from './past-repository.ts'

/** The day that is asked for, its end as an instant, and the moment up to which what was recorded counts. */
export interface PastView {
  asOf: string
  /** The first instant after `asOf` in Asia/Shanghai, RFC 3339 in UTC. */
  endOfDay: string
  knownAt: string
}

/**
 * A file as it stood on a day, by what was known at a moment: together they answer what was published then. What was
 * recorded later changes nothing of it. Sanctions are read apart. Null when nothing of the business was known then.
 */
export function fileAt(recorded: RecordedFile, view: PastView): Omit<HeldFile, 'sanctions'> | null {
  const subject = subjectAt(recorded.subjects, view)
  if (subject === null) return null
  const revisions = recorded.revisions.filter(
    ({ receivedAt, publishedOn }) => receivedAt <= view.knownAt && publishedOn <= view.asOf,
  )
  return {
    subject,
    webPresences: webPresencesAt(recorded, revisions, subject, view),
    annualReports: reportsOf(revisions),
    listings: listingsAt(recorded, view),
    penalties: recorded.penalties.flatMap((penalty) => penaltyAt(penalty, view) ?? []),
    honours: recorded.honours
      .filter(({ awardedOn, recordedAt }) => awardedOn <= view.asOf && recordedAt <= view.knownAt)
      .map(({ recordedAt: _, ...honour }) => honour),
    amendmentId: recorded.amendmentId,
    position: recorded.position,
  }
}

/** The newest state that the source dated on the day or before; of an earlier day nothing better is known than the first. */
function subjectAt(states: RecordedFile['subjects'], { endOfDay, knownAt }: PastView): HeldSubject | null {
  const known = states.filter(({ knownFromAt }) => knownFromAt <= knownAt)
  return (known.findLast(({ validFromAt }) => validFromAt < endOfDay) ?? known[0])?.state ?? null
}

function reportsOf(revisions: readonly AnnualReportRevision[]): HeldFile['annualReports'] {
  const years = [...new Set(revisions.map(({ year }) => year))].sort((a, b) => b - a)
  return years.map((year) => {
    const ofYear = revisions.filter((revision) => revision.year === year)
    return {
      year,
      publishedOn: firstPublishedOn(ofYear),
      revision: Math.max(...ofYear.map(({ revision }) => revision)),
    }
  })
}

/**
 * The sites and shops that reports, filings and platforms of then told of, under the ids that they have now, with what
 * checks had found.
 */
function webPresencesAt(
  { webPresences, claims }: Pick<RecordedFile, 'webPresences' | 'claims'>,
  revisions: readonly AnnualReportRevision[],
  { uscc, name, formerNames }: HeldSubject,
  { asOf, endOfDay, knownAt }: PastView,
): HeldFile['webPresences'] {
  const byKey = new Map(webPresences.map((presence) => [presence.key, presence]))
  const known = claims.filter(({ receivedAt, effectiveOn }) => receivedAt <= knownAt && effectiveOn <= asOf)
  const newest = [...revisions, ...known].reduce((last, { receivedAt }) => (receivedAt > last ? receivedAt : last), '')
  return webPresencesOf(revisions, known, { uscc, names: [name, ...formerNames] }).flatMap(({ key, ...then }) => {
    const now = byKey.get(key)
    if (now === undefined) return []
    const { key: _, findings, ...presence } = now
    const found = findings.findLast(({ foundAt }) => foundAt < endOfDay && foundAt <= knownAt)
    // What is reported anew after a check retired it is in use again.
    const isTold = found?.status === 'unreachable' || (found?.status === 'retired' && found.foundAt > newest)
    const status = then.status === 'active' && found !== undefined && isTold ? found.status : then.status
    return { ...presence, ...then, status, licenceDisplay: found?.licenceDisplay ?? 'unchecked' }
  })
}

function listingsAt({ decisions, entries }: RecordedFile, view: PastView): HeldListing[] {
  const byListing = new Map<string, Decision[]>()
  for (const decision of decisions) {
    const others = byListing.get(decision.listingId)
    if (others === undefined) byListing.set(decision.listingId, [decision])
    else others.push(decision)
  }
  const presentOf = new Map(entries.map(({ id, present }) => [id, present]))
  return [...byListing.values()]
    .flatMap((ofEntry): HeldListing[] => {
      const entry = entryAt(ofEntry, view)
      const present = presentOf.get(ofEntry[0]?.listingId ?? '')
      if (entry === null || present === undefined) return []
      const {
        uscc: _uscc,
        reportYear: _year,
        restartedOn: _restarted,
        publishedUntil: _until,
        shown: _shown,
        ...listing
      } = entry
      return [{ ...listing, present }]
    })
    .sort((a, b) => (a.listedOn === b.listedOn ? (a.id < b.id ? 1 : -1) : a.listedOn < b.listedOn ? 1 : -1))
}

/** The penalty where it was published on the day, with what was known of it then. */
function penaltyAt(
  { publications, earlier, ...penalty }: RecordedFile['penalties'][number],
  { asOf, knownAt }: PastView,
): HeldPenalty | null {
  const last = publications.filter(({ effectiveOn, recordedAt }) => effectiveOn <= asOf && recordedAt <= knownAt).at(-1)
  if (last === undefined || last.action === 'withdraw') return null
  if (last.publishedUntil !== null && last.publishedUntil < asOf) return null
  const then = earlier.find(({ knownUntilAt }) => knownAt < knownUntilAt)?.state
  return { ...penalty, ...then, publishedUntil: last.publishedUntil }
}
