import { isOlder, type AnnualReportRevision, type ReportedWebPresence } from '../domain.ts'
import { platformOf } from '../platforms.ts'
import { normaliseName } from '../../search/normalise.ts'
import type { ClaimSource, WebPresenceKind, WebPresenceStatus } from '../vocabulary.ts'

/** What the filing of a site, or a platform, says of who runs a site or shop. */
export interface ClaimRecord {
  source: Exclude<ClaimSource, 'annual-report'>
  sourceId: string
  /** What the record is about; of the records about one thing the newest counts. */
  recordKey: string
  updatedAt: string
  /** Null for a record that names its owner without a code. */
  uscc: string | null
  ownerName: string
  kind: WebPresenceKind
  name: string
  url: string
  host: string
  key: string
  platform: string | null
  shopId: string | null
  icpNumber: string | null
  /** False for a filing that is cancelled, and for a shop that the platform no longer reports. */
  isInUse: boolean
  /** The day of the filing, or of the platform's report. */
  statedOn: string
}

/** A version of a record, since the past is told as it was (design rule 4). */
export interface ClaimRevision extends ClaimRecord {
  revision: number
  /** The day in Asia/Shanghai since when it is so. */
  effectiveOn: string
  receivedAt: string
}

const statements = [
  ...(['uscc', 'ownerName', 'kind', 'name', 'url', 'key', 'platform', 'shopId', 'icpNumber'] as const),
  ...(['isInUse', 'statedOn'] as const),
] satisfies (keyof ClaimRecord)[]

function sameStatement(a: ClaimRecord, b: ClaimRecord): boolean {
  return statements.every((field) => a[field] === b[field])
}

/**
 * The revision that a record adds to those held of the same thing (oldest first), or why it adds none: it is older than
 * the newest, says the same, or was taken before and comes again.
 * @param updatedOn the day in Asia/Shanghai on which the source changed it
 */
export function nextClaim(
  held: readonly ClaimRevision[],
  record: ClaimRecord,
  { now, updatedOn }: { now: string; updatedOn: string },
): ClaimRevision | 'older' | 'unchanged' {
  const newest = held.at(-1)
  if (newest !== undefined) {
    if (isOlder(record, newest, now)) return 'older'
    const comesAgain = held.some(
      (revision) => revision.updatedAt === record.updatedAt && sameStatement(revision, record),
    )
    if (comesAgain || sameStatement(newest, record)) return 'unchanged'
  }
  const isStatedAnew = newest === undefined || record.statedOn > newest.statedOn
  const effectiveOn = record.isInUse && isStatedAnew ? record.statedOn : updatedOn
  return { ...record, revision: (newest?.revision ?? 0) + 1, effectiveOn, receivedAt: now }
}

/** What one source says of one site or shop of a business. */
interface Claim extends ReportedWebPresence {
  source: ClaimSource
  sourceId: string
  updatedAt: string
  icpNumber: string | null
  platform: string | null
  isInUse: boolean
  firstStatedOn: string
  lastStatedOn: string
}

/** A business as far as a claim can mean it. */
export interface Owner {
  uscc: string
  /** Its name and former names. */
  names: readonly string[]
}

export interface DerivedWebPresence extends ReportedWebPresence {
  platform: string | null
  icpNumber: string | null
  sources: ClaimSource[]
  status: Extract<WebPresenceStatus, 'active' | 'retired'>
  firstSeenOn: string
  confirmedOn: string
}

/**
 * The sites and shops of one business by all that is said of them, each address once. In use is what its newest annual
 * report, a filing in force or its platform's report names; all others that were ever named are retired. Each field is
 * that of the newest record that states it, in whatever order they came.
 * @param revisions every revision of its reports
 * @param claims every revision, oldest first, of the records that name it or ever did, and of those without a code
 */
export function webPresencesOf(
  revisions: readonly AnnualReportRevision[],
  claims: readonly ClaimRevision[],
  owner: Owner,
): DerivedWebPresence[] {
  const own = [...claimsOfReports(revisions), ...claimsOfRecords(claims, (revision) => revision.uscc === owner.uscc)]
  const byKey = groupBy(own, ({ key }) => key)
  if (claims.some(({ uscc }) => uscc === null)) {
    const names = new Set(owner.names.map(normaliseName))
    const means = ({ uscc, ownerName }: ClaimRevision) => uscc === null && names.has(normaliseName(ownerName))
    // A name alone is no proof of who it is; of who runs the site anyway it tells the number.
    const isRun = new Set(own.flatMap(({ key, isInUse }) => (isInUse ? key : [])))
    for (const claim of claimsOfRecords(claims, means)) if (isRun.has(claim.key)) byKey.get(claim.key)?.push(claim)
  }
  const numberOfHost = new Map(
    own.flatMap(({ host, platform, icpNumber, isInUse }) =>
      icpNumber !== null && isInUse && platform === null ? [[host, icpNumber] as const] : [],
    ),
  )
  return [...byKey.values()].map((ofKey) => derive(ofKey, numberOfHost))
}

function derive(claims: readonly Claim[], numberOfHost: ReadonlyMap<string, string>): DerivedWebPresence {
  const inUse = claims.filter(({ isInUse }) => isInUse)
  const pool = [...(inUse.length > 0 ? inUse : claims)].sort(byAge)
  // A filing knows the host and not what is there: what the others say of it goes before.
  const described = pool.filter(({ source }) => source !== 'icp-filing').at(-1) ?? pool.at(-1)
  const newest = pool.at(-1)
  if (described === undefined || newest === undefined) throw new Error('a site without a claim')
  const { kind, url, host, key } = described
  const platform = platformOf(host)?.code ?? pool.findLast((claim) => claim.platform !== null)?.platform ?? null
  const own = pool.findLast(({ icpNumber }) => icpNumber !== null)?.icpNumber ?? null
  return {
    ...{ kind, name: newest.name, url, host, key, platform },
    icpNumber: own ?? (platform === null && inUse.length > 0 ? (numberOfHost.get(host) ?? null) : null),
    sources: [...new Set(pool.map(({ source }) => source))].sort(),
    status: inUse.length > 0 ? 'active' : 'retired',
    firstSeenOn: claims.map(({ firstStatedOn }) => firstStatedOn).reduce((a, b) => (a < b ? a : b)),
    confirmedOn: claims.map(({ lastStatedOn }) => lastStatedOn).reduce((a, b) => (a > b ? a : b)),
  }
}

/** Oldest first; of claims of one moment in an order that does not depend on which came first. */
function byAge(a: Claim, b: Claim): number {
  const [ageA, ageB] = [`${a.updatedAt} ${a.source} ${a.sourceId}`, `${b.updatedAt} ${b.source} ${b.sourceId}`]
  return ageA < ageB ? -1 : ageA > ageB ? 1 : 0
}

/** What the reports say: those in the newest revision of the newest report are in use. */
function claimsOfReports(revisions: readonly AnnualReportRevision[]): Claim[] {
  const inOrder = [...revisions].sort((a, b) => a.year - b.year || a.revision - b.revision)
  const newest = inOrder.at(-1)
  const byKey = new Map<string, Claim>()
  for (const report of inOrder) {
    const { sourceId, updatedAt, publishedOn } = report
    for (const { kind, name, url, host, key } of report.webPresences) {
      const before = byKey.get(key)
      byKey.set(key, {
        ...{
          kind,
          name,
          url,
          host,
          key,
          source: 'annual-report',
          sourceId,
          updatedAt,
          icpNumber: null,
          platform: null,
        },
        isInUse: report === newest,
        firstStatedOn: earlier(publishedOn, before?.firstStatedOn),
        lastStatedOn: later(publishedOn, before?.lastStatedOn),
      })
    }
  }
  return [...byKey.values()]
}

/** What the records say that mean the business: in use while the newest revision of the record does, and is in use. */
function claimsOfRecords(revisions: readonly ClaimRevision[], means: (revision: ClaimRevision) => boolean): Claim[] {
  return [...groupBy(revisions, recordOf).values()].flatMap((ofRecord) => {
    const newest = ofRecord.at(-1)
    const byKey = groupBy(ofRecord.filter(means), ({ key }) => key)
    return [...byKey.values()].flatMap((ofKey): Claim[] => {
      const last = ofKey.at(-1)
      if (last === undefined) return []
      const { source, sourceId, updatedAt, kind, name, url, host, key, platform, icpNumber } = last
      const days = ofKey.map(({ statedOn }) => statedOn).sort()
      return [
        {
          ...{ source, sourceId, updatedAt, kind, name, url, host, key, platform, icpNumber },
          isInUse: last === newest && last.isInUse,
          firstStatedOn: days[0] ?? last.statedOn,
          lastStatedOn: days.at(-1) ?? last.statedOn,
        },
      ]
    })
  })
}

/** What tells one record from another among those of all sources. */
export function recordOf({ source, recordKey }: Pick<ClaimRecord, 'source' | 'recordKey'>): string {
  return `${source} ${recordKey}`
}

function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>()
  for (const value of values) {
    const group = groups.get(keyOf(value))
    if (group === undefined) groups.set(keyOf(value), [value])
    else group.push(value)
  }
  return groups
}

function earlier(day: string, other = day): string {
  return day < other ? day : other
}

function later(day: string, other = day): string {
  return day > other ? day : other
}
