import type { FastifyReply, FastifyRequest } from 'fastify'
import { findOwner } from '../credit-files/service.ts'
import type { Language } from '../platform/language.ts'
import { Problem, problems } from '../platform/problem.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { normaliseCode, parseUscc } from '../registry/identifiers.ts'
import { parseWebAddress } from '../registry/web-address.ts'
import { rankKey, rankOf } from '../search/schemas.ts'
import { search, type SearchContext } from '../search/service.ts'
import { searchPage } from './search-page.tsx'
import { results as texts } from './texts.ts'

/** As many as a person looks through before turning the page. */
const limit = 20
/** As in the search of the API; the text around a pasted link may be longer. */
const longestName = 200

/**
 * The page that answers a search, or the code of the one business that a code or a link stands for.
 * @throws Problem invalid-request for a name that is too long, unknown-web-presence for a long link that nobody filed,
 * invalid-cursor
 */
export async function findPage(
  context: SearchContext,
  language: Language,
  { q, cursor }: { q: string; cursor?: string | undefined },
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<{ page: string } | { uscc: string }> {
  const isAddress = parseWebAddress(q) !== null
  if (q.length > longestName) {
    if (!isAddress) throw new Problem('invalid-request', texts.tooLong)
    return { uscc: (await findOwner({ ...context, language }, q)).file.subject.uscc }
  }
  const list = listName('/search', { q })
  const after = rankOf(afterOf(list, cursor, rankKey))
  const found = q === '' ? [] : (await search(context, q, {}, { limit: limit + 1, after })).items
  const keyOf = ({ score, key }: (typeof found)[number]) => `${score} ${key}`
  const { items, next } = pageOf(found, { list, limit, keyOf, request, reply })
  const [first] = items
  const isExact = first !== undefined && ['uscc', 'registration-number', 'url'].includes(first.matchedOn)
  if (isExact && items.length === 1 && first.uscc !== null) return { uscc: first.uscc }
  const missed = isExact || after !== null ? null : whyMissed(q, isAddress)
  return {
    page: searchPage({
      ...{ language, q, items, next },
      isFirst: after === null,
      missed: missed === null ? null : problems[missed].meaning[language],
    }),
  }
}

/** Why something that stands for one business was not found: nobody has it, or it is mistyped; null for a name. */
function whyMissed(q: string, isAddress: boolean) {
  if (parseUscc(q) !== null) return 'unknown-subject'
  if (isAddress) return 'unknown-web-presence'
  return /^[0-9A-Z]{17,19}$/.test(normaliseCode(q)) ? 'invalid-uscc' : null
}
