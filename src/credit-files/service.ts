import { rulebookOf } from '../law/service.ts'
import type { Clock } from '../platform/clock.ts'
import { dayOf } from '../platform/clock.ts'
import type { Db, DbOrTx } from '../platform/db.ts'
import type { Language } from '../platform/language.ts'
import { Problem } from '../platform/problem.ts'
import { keysToTry, parseWebAddress, type WebAddress } from '../registry/web-address.ts'
import { listSanctions } from '../sanctions/repository.ts'
import type { HeldFile } from './held.ts'
import { fileAt } from './past.ts'
import { findRecordedFile } from './past-repository.ts'
import { publishFile } from './publication-policy.ts'
import type { PresentFile, PresentFiles } from './present-files.ts'
import { findHeldFiles, listClaims, listClaimsOfHosts, type Claim } from './repository.ts'
import type { CreditFile } from './schemas.ts'

export interface Reader {
  db: Db
  /** The files as of now in this process's memory; without them each is read from the database. */
  files?: PresentFiles | undefined
  clock: Clock
  language: Language
  /** A key with the scope `history`, which sees what may no longer be shown. */
  seesHistory?: boolean
}

/** A day and a moment of the past; what is left out is now. */
export interface When {
  asOf?: string | undefined
  /** RFC 3339. */
  knownAt?: string | undefined
}

/**
 * The credit file of a business as of now, or as it stood on `asOf` by what was known at `knownAt`.
 * @throws Problem unknown-subject, also for one that was not known then; invalid-request for a day or moment to come
 */
export async function readCreditFile(reader: Reader, uscc: string, when: When = {}): Promise<CreditFile> {
  const { db, clock, language, seesHistory = false } = reader
  const now = clock.now()
  const today = dayOf(now)
  const asOf = when.asOf ?? today
  const knownAt = when.knownAt === undefined ? now : new Date(when.knownAt)
  if (asOf > today) throw notYet('asOf')
  if (knownAt > now) throw notYet('knownAt')
  const isPast = when.asOf !== undefined || when.knownAt !== undefined
  if (!isPast && !seesHistory && reader.files !== undefined)
    return (await readPresentFile(reader.files, language, uscc)).file
  const held = isPast
    ? await readPast(db, uscc, asOf, knownAt)
    : ((await findHeldFiles(db, [uscc], today)).get(uscc) ?? null)
  if (held === null) throw unknownSubject(uscc)
  const view = { asOf, knownAt: knownAt.toISOString(), today, language, seesHistory }
  return publishFile(await rulebookOf(db, held.amendmentId), held, view)
}

/**
 * The credit file of a business as of now, as everybody sees it.
 * @throws Problem unknown-subject
 */
export async function readPresentFile(files: PresentFiles, language: Language, uscc: string): Promise<PresentFile> {
  const present = await files.find(uscc, language)
  if (present === null) throw unknownSubject(uscc)
  return present
}

function unknownSubject(uscc: string): Problem {
  return new Problem('unknown-subject', {
    zh: `登记信息中没有统一社会信用代码为 ${uscc} 的主体。`,
    en: `No business is registered under the code ${uscc}.`,
  })
}

async function readPast(db: DbOrTx, uscc: string, asOf: string, knownAt: Date): Promise<HeldFile | null> {
  const recorded = await findRecordedFile(db, uscc)
  if (recorded === null) return null
  // China has had one time zone without daylight saving since 1991: the day ends at 16:00 UTC.
  const file = fileAt(recorded, { asOf, endOfDay: `${asOf}T16:00:00.000Z`, knownAt: knownAt.toISOString() })
  return file === null ? null : { ...file, sanctions: await listSanctions(db, { uscc, asOf, knownAt }) }
}

function notYet(parameter: 'asOf' | 'knownAt'): Problem {
  const detail = { zh: '不能晚于现在。', en: 'It must not be in the future.' }
  return new Problem('invalid-request', detail, { errors: [{ pointer: `/querystring/${parameter}`, detail }] })
}

/** Who runs each of these sites or shops, null for those that nobody filed, in the order given. */
export async function findClaims(db: DbOrTx, addresses: readonly WebAddress[]): Promise<(Claim | null)[]> {
  if (addresses.length === 0) return []
  const claims = await listClaims(
    db,
    addresses.map((address) => ({ keys: keysToTry(address), host: address.host })),
  )
  const bareHosts = addresses.filter(
    ({ key, host, platform }, i) => claims[i] === null && key === host && platform === null,
  )
  if (bareHosts.length === 0) return claims
  const hosts = [...new Set(bareHosts.map(({ host }) => host))]
  const claimOf = new Map((await listClaimsOfHosts(db, hosts)).map((claim, i) => [hosts[i], claim]))
  return claims.map(
    (claim, i) =>
      claim ?? (addresses[i]?.key === addresses[i]?.host ? (claimOf.get(addresses[i]?.host) ?? null) : null),
  )
}

export interface Owner {
  webPresence: CreditFile['webPresences'][number]
  file: CreditFile
  otherClaimants: string[]
}

/**
 * The business behind a web site or shop, by any address that a person would paste.
 * @throws Problem invalid-request for what is no web address, unknown-web-presence when nobody filed it
 */
export async function findOwner(reader: Reader, pasted: string): Promise<Owner> {
  const address = parseWebAddress(pasted)
  if (address === null) {
    const detail = {
      zh: '这不是网站或网店的网址。请粘贴完整链接，例如 https://shop.example/123。',
      en: 'This is no address of a web site or shop. Paste a link such as https://shop.example/123.',
    }
    throw new Problem('invalid-request', detail, { errors: [{ pointer: '/querystring/url', detail }] })
  }
  const [claim = null] = await findClaims(reader.db, [address])
  const file = claim === null ? null : await readCreditFile(reader, claim.uscc)
  const webPresence = file?.webPresences.find((presence) => presence.id === claim?.webPresenceId)
  if (claim === null || file === null || webPresence === undefined) {
    throw new Problem('unknown-web-presence', {
      zh: `没有主体填报过 ${address.key}。`,
      en: `No business has filed ${address.key}.`,
    })
  }
  return { webPresence, file, otherClaimants: claim.otherClaimants }
}
