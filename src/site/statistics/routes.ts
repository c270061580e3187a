import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { presentRulebook } from '../../law/service.ts'
import type { Db } from '../../platform/db.ts'
import { regionPrefix } from '../../registry/schemas.ts'
import type { Rulebook } from '../../rulebook/rulebook.ts'
import type { Statistics } from '../../statistics/schemas.ts'
import type { ReadStatistics } from '../../statistics/service.ts'
import { languageOfPage, sendFile, sendPage } from '../pages.ts'
import { drawBars, drawMonths, drawRates, type Look } from './charts.ts'
import { groundRows, monthRows, rateRows, regionRows } from './series.ts'
import { chartNames, statisticsPage, type ChartName } from './statistics-page.tsx'

interface Options {
  db: Db
  readStatistics: ReadStatistics
  publicUrl: () => string
}

const regionCode = z.preprocess((value) => (value === '' ? undefined : value), regionPrefix.optional())

/** As many pictures are kept as some regions have; each is some 10 kB. */
const keptPictures = 400

/** Statistics for readers: a page, and the pictures on it. */
export const statisticsPageRoutes: FastifyPluginCallbackZod<Options> = (app, options, done) => {
  const { db, readStatistics, publicUrl } = options

  app.get('/statistics', { schema: { hide: true, querystring: z.object({ regionCode }) } }, async (request, reply) => {
    const region = request.query.regionCode ?? ''
    const [statistics, rulebook] = await Promise.all([readStatistics(region), presentRulebook(db)])
    const language = languageOfPage(request)
    const page = statisticsPage({ language, statistics, rulebook, regionCode: region, publicUrl: publicUrl() })
    return sendPage(request, reply, page)
  })

  /** Pictures by what they show. They are drawn again only when the counts have changed. */
  const pictures = new Map<string, Promise<string>>()
  app.get(
    '/statistics/charts/:name.svg',
    {
      schema: {
        hide: true,
        params: z.strictObject({ name: z.enum(chartNames) }),
        querystring: z.object({
          regionCode,
          theme: z.enum(['light', 'dark']).default('light'),
          size: z.enum(['wide', 'narrow']).default('wide'),
        }),
      },
    },
    async (request, reply) => {
      const { theme, size } = request.query
      const region = request.query.regionCode ?? ''
      const { name } = request.params
      const language = languageOfPage(request)
      const [statistics, rulebook] = await Promise.all([readStatistics(region), presentRulebook(db)])
      const key = JSON.stringify([
        name,
        region,
        theme,
        size,
        language,
        statistics.asOf,
        statistics.position,
        rulebook.revision,
      ])
      let picture = pictures.get(key)
      if (picture === undefined) {
        picture = draw(name, statistics, rulebook, { language, theme, size })
        if (pictures.size >= keptPictures) pictures.clear()
        pictures.set(key, picture)
        picture.catch(() => pictures.delete(key))
      }
      // ECharts writes the fonts of its texts as inline styles.
      void reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      // The choice of a language is that of the page, not of its pictures.
      void reply.removeHeader('set-cookie')
      return sendFile(request, reply, await picture, 'image/svg+xml')
    },
  )
  done()
}

function draw(name: ChartName, statistics: Statistics, rulebook: Rulebook, look: Look): Promise<string> {
  switch (name) {
    case 'by-month':
      return drawMonths(monthRows(statistics), look)
    case 'by-ground':
      return drawBars(groundRows(statistics, rulebook, look.language), look)
    case 'by-region':
      return drawBars(regionRows(statistics), look)
    case 'rates':
      return drawRates(rateRows(statistics, look.language), look)
  }
}
