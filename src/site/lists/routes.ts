import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readEntriesPage, soughtBy } from '../../credit-files/entries-page.ts'
import { readEntries, readPresencesInUse } from '../../credit-files/listing-service.ts'
import { listParams } from '../../credit-files/schemas.ts'
import type { Reader } from '../../credit-files/service.ts'
import { presentRulebook } from '../../law/service.ts'
import { lists, type List } from '../../listings/vocabulary.ts'
import { dayOf, type Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/db.ts'
import { addDays } from '../../rulebook/plain-date.ts'
import type { ReadStatistics } from '../../statistics/service.ts'
import { languageOfPage, sendFile, sendPage } from '../pages.ts'
import { entriesCsv, entriesFeed } from './exports.ts'
import { listPage } from './list-page.tsx'
import { listsPage } from './lists-page.tsx'
import { listPageQuery, queryOf } from './query.ts'
import { warningsPage, type Warned } from './warnings-page.tsx'

interface Options {
  db: Db
  clock: Clock
  readStatistics: ReadStatistics
  publicUrl: () => string
}

const rowsOnPage = 50
const entriesInFeed = 50
const rowsInCsv = 5000
/** A warning is news: what is older is in the lists. */
const warnedDays = 90
const warnedOnPage = 20
const shopsOfOne = 3

/** The pages of the two lists, their feeds and tables, and the consumer warnings. */
export const listPageRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  const { db, clock, readStatistics, publicUrl } = options
  const readerOf = (request: FastifyRequest): Reader => ({ db, clock, language: languageOfPage(request) })

  app.get('/lists', { schema: { hide: true, querystring: z.object({}) } }, async (request, reply) => {
    const { listings } = await readStatistics('')
    const language = languageOfPage(request)
    return sendPage(request, reply, listsPage({ language, counts: listings.byList, publicUrl: publicUrl() }))
  })

  app.get(
    '/lists/:list',
    { schema: { hide: true, params: listParams, querystring: listPageQuery } },
    async (request, reply) => {
      const { list } = request.params
      const { cursor, ...filter } = request.query
      const reader = readerOf(request)
      const asked = { ...filter, cursor, limit: rowsOnPage }
      const page = await readEntriesPage(reader, list, asked, { path: `/lists/${list}`, request, reply })
      const html = listPage({
        ...page,
        ...{ language: reader.language, list, filter, isFirst: cursor === undefined },
        grounds: await groundsOf(db, list, reader.language),
        csvRows: rowsInCsv,
        publicUrl: publicUrl(),
      })
      return sendPage(request, reply, html)
    },
  )

  app.get(
    '/lists/:list/entries.csv',
    { schema: { hide: true, params: listParams, querystring: listPageQuery } },
    async (request, reply) => {
      const { list } = request.params
      const { cursor: _, ...filter } = request.query
      const reader = readerOf(request)
      const entries = await readEntries(reader, list, soughtBy(filter), { after: null, limit: rowsInCsv })
      void reply.header('content-disposition', `attachment; filename="${list}-${dayOf(clock.now())}.csv"`)
      return sendFile(request, reply, entriesCsv(entries.slice(0, rowsInCsv), reader.language), 'text/csv')
    },
  )

  for (const [format, file] of [
    ['rss', 'rss.xml'],
    ['atom', 'atom.xml'],
  ] as const) {
    app.get(
      `/lists/:list/${file}`,
      { schema: { hide: true, params: listParams, querystring: listPageQuery } },
      async (request, reply) => {
        const { list } = request.params
        const { cursor: _, ...filter } = request.query
        const reader = readerOf(request)
        const asked = { status: 'in-force', ...soughtBy(filter) }
        const entries = await readEntries(reader, list, asked, { after: null, limit: entriesInFeed })
        const query = queryOf(filter)
        const feed = entriesFeed(format, {
          ...{ list, entries: entries.slice(0, entriesInFeed), language: reader.language, publicUrl: publicUrl() },
          ...{ path: `/lists/${list}/${file}${query}`, page: `/lists/${list}${query}` },
        })
        return sendFile(request, reply, feed, `application/${format}+xml`)
      },
    )
  }

  const warned = async (
    request: FastifyRequest,
    reply: FastifyReply,
    list: List,
    cursor: string | undefined,
  ): Promise<Warned> => {
    const reader = readerOf(request)
    const listedFrom = addDays(dayOf(clock.now()), -warnedDays)
    const asked = { listedFrom, status: 'in-force', sellsOnline: true, cursor, limit: warnedOnPage }
    const page = await readEntriesPage(reader, list, asked, { path: `/warnings/${list}`, request, reply })
    const presences = await readPresencesInUse(
      reader,
      page.items.map(({ uscc }) => uscc),
      shopsOfOne,
    )
    return {
      list,
      entries: page.items.map((entry) => ({ ...entry, presences: presences.get(entry.uscc) ?? [] })),
      next: page.next === null ? null : `/warnings?${new URLSearchParams({ list, cursor: page.next }).toString()}`,
    }
  }

  const warningsQuery = z.object({ list: z.enum(lists).optional(), cursor: z.string().max(1000).optional() })
  app.get('/warnings', { schema: { hide: true, querystring: warningsQuery } }, async (request, reply) => {
    const { list, cursor } = request.query
    const shown = list === undefined ? lists.toReversed() : [list]
    const groups = await Promise.all(
      shown.map((one) => warned(request, reply, one, list === undefined ? undefined : cursor)),
    )
    void reply.removeHeader('link')
    const language = languageOfPage(request)
    const isFirst = list === undefined
    return sendPage(
      request,
      reply,
      warningsPage({ language, days: warnedDays, groups, isFirst, publicUrl: publicUrl() }),
    )
  })
  done()
}

/** The grounds of a list, each once, as the newest row of the law words it. */
async function groundsOf(db: Db, list: List, language: Reader['language']): Promise<{ code: string; label: string }[]> {
  const rulebook = await presentRulebook(db)
  const newestFirst = rulebook.grounds
    .filter((ground) => ground.list === list)
    .sort((a, b) => (a.from < b.from ? 1 : a.from > b.from ? -1 : a.code < b.code ? -1 : 1))
  const labels = new Map<string, string>()
  for (const { code, label } of newestFirst) if (!labels.has(code)) labels.set(code, label[language])
  return [...labels].map(([code, label]) => ({ code, label }))
}
