import { v7 as uuidv7 } from 'uuid'
import { readNamesOnList } from '../credit-files/listing-service.ts'
import type { Reader } from '../credit-files/service.ts'
import { presentRulebook } from '../law/service.ts'
import { assertNotInFuture, type Act } from '../listings/decisions/service.ts'
import type { List } from '../listings/vocabulary.ts'
import type { Tx } from '../platform/db.ts'
import { Problem, problems } from '../platform/problem.ts'
import { listOfGround } from '../rulebook/grounds.ts'
import { hasPersonalData, paragraphsOf, publicText, writtenCode, type NamedBusiness } from './domain.ts'
import { findCase, findNameIn, listCases, lockCase, saveCase } from './repository.ts'
import type { CaseFields, KeptCase, TypicalCase } from './schemas.ts'

/**
 * Publishes a typical case. Businesses stand in its text as `{1}`, `{2}` …, so that one whose entry is withdrawn from view
 * is named no more.
 * @throws Problem names-a-business, ground-not-on-list, not-in-order, dated-in-the-future
 */
export async function publishCase(tx: Tx, given: CaseFields, { by, now }: Act): Promise<KeptCase> {
  const at = now.toISOString()
  const kept: KeptCase = {
    ...given,
    id: uuidv7(),
    ...{ publishedBy: by, publishedAt: at, changedBy: by, changedAt: at, withdrawnAt: null },
  }
  await assertPublishable(tx, kept, now)
  await saveCase(tx, kept)
  return kept
}

/**
 * Changes what is given of a case.
 * @throws Problem unknown-case, and those of `publishCase`
 */
export async function changeCase(
  tx: Tx,
  id: string,
  changes: { [field in keyof CaseFields]?: CaseFields[field] | undefined },
  { by, now }: Act,
): Promise<KeptCase> {
  const before = await caseOrProblem(tx, id)
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const kept = { ...before, ...given, changedBy: by, changedAt: now.toISOString() }
  await assertPublishable(tx, kept, now)
  await saveCase(tx, kept)
  return kept
}

/**
 * Takes a case out of view, for good.
 * @throws Problem unknown-case, also for one that was withdrawn before
 */
export async function withdrawCase(tx: Tx, id: string, { by, now }: Act): Promise<KeptCase> {
  const at = now.toISOString()
  const kept = { ...(await caseOrProblem(tx, id)), changedBy: by, changedAt: at, withdrawnAt: at }
  await saveCase(tx, kept)
  return kept
}

async function caseOrProblem(tx: Tx, id: string): Promise<KeptCase> {
  const kept = await lockCase(tx, id)
  if (kept === null || kept.withdrawnAt !== null) throw new Problem('unknown-case', problems['unknown-case'].meaning)
  return kept
}

async function assertPublishable(tx: Tx, kept: KeptCase, now: Date): Promise<void> {
  assertNotInFuture(kept.periodTo, now)
  if (kept.periodTo < kept.periodFrom) throw new Problem('not-in-order', problems['not-in-order'].meaning)
  const rulebook = await presentRulebook(tx)
  if (listOfGround(rulebook, kept.groundCode) !== kept.list) {
    throw new Problem('ground-not-on-list', problems['ground-not-on-list'].meaning)
  }
  const words = `${kept.title}\n${kept.text}`
  const named = writtenCode(words) ?? (await findNameIn(tx, words))
  if (named !== null || hasPersonalData(words)) {
    const { meaning } = problems['names-a-business']
    throw new Problem(
      'names-a-business',
      named === null ? meaning : { zh: `文中写有“${named}”。${meaning.zh}`, en: `It says “${named}”. ${meaning.en}` },
    )
  }
}

/** Cases for the public, newest first: `limit` of them and one more, to know whether there is a next page. */
export async function readCases(
  reader: Reader,
  page: { list?: List | undefined; after: { publishedAt: string; id: string } | null; limit: number },
): Promise<TypicalCase[]> {
  return publish(reader, await listCases(reader.db, { ...page, limit: page.limit + 1 }))
}

/**
 * One case for the public.
 * @throws Problem unknown-case
 */
export async function readCase(reader: Reader, id: string): Promise<TypicalCase> {
  const kept = await findCase(reader.db, id)
  const [read] = kept === null ? [] : await publish(reader, [kept])
  if (read === undefined) throw new Problem('unknown-case', problems['unknown-case'].meaning)
  return read
}

async function publish(reader: Reader, kept: readonly KeptCase[]): Promise<TypicalCase[]> {
  const codes = kept.flatMap(({ businesses }) => businesses)
  const names = await readNamesOnList(reader, [...new Set(codes)])
  const { grounds } = await presentRulebook(reader.db)
  return kept.flatMap(({ id, list, groundCode, title, text, businesses, ...rest }) => {
    const ground = grounds
      .filter(({ code, from }) => code === groundCode && from <= rest.periodTo)
      .reduce<(typeof grounds)[number] | null>((a, b) => (a === null || b.from > a.from ? b : a), null)
    const named = new Map<string, NamedBusiness>(
      names.filter((business) => business.list === list).map(({ uscc, name }) => [uscc, { uscc, name }]),
    )
    const { periodFrom, periodTo, publishedAt, changedAt } = rest
    return [
      {
        id,
        list,
        ground: {
          code: groundCode,
          label: ground?.label[reader.language] ?? groundCode,
          article: ground?.article[reader.language] ?? '',
        },
        title: publicText(title, businesses, named),
        paragraphs: paragraphsOf(publicText(text, businesses, named)),
        businesses: businesses.flatMap((uscc) => named.get(uscc) ?? []),
        ...{ periodFrom, periodTo, publishedAt, changedAt },
      },
    ]
  })
}
