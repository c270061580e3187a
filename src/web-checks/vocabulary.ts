/** The closed vocabularies of web presence checks. */

/**
 * What a visit met. `answered`: a page came and was judged. `failed`: nobody could have read the page. `gone`: the same,
 * and the host or the page is said to exist no more. `unclear`: the visit tells nothing, such as one that was not allowed.
 */
export const visitOutcomes = ['answered', 'failed', 'gone', 'unclear'] as const
export type VisitOutcome = (typeof visitOutcomes)[number]

/** Why a visit told less than whether the licence is displayed. */
export const visitReasons = [
  // Not asked, or not let in.
  'robots-forbidden',
  'robots-unavailable',
  'refused',
  'insecure',
  'too-many-redirects',
  // A page came that cannot be judged.
  'needs-script',
  'not-html',
  'incomplete',
  'picture',
  'other-page',
  // Nobody can read it.
  'not-found',
  'no-such-host',
  'http-error',
  'connection-failed',
  'timeout',
  'private-address',
] as const
export type VisitReason = (typeof visitReasons)[number]

/** What showed the licence. */
export const evidenceKinds = ['code', 'registration-number', 'official-link', 'credit-file-link'] as const
export type EvidenceKind = (typeof evidenceKinds)[number]
