import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { inLanguage } from '../../law/answer.ts'
import { presentRulebook } from '../../law/service.ts'
import { dayOf, type Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/db.ts'
import { languageOfPage, sendPage } from '../pages.ts'
import { Articles, Deadlines, Exits, Grounds, Instruments, Measures } from './parts.tsx'
import { rulebookPage, rulebookParts, type RulebookPart } from './rulebook-page.tsx'

interface Options {
  db: Db
  clock: Clock
  publicUrl: () => string
}

const query = z.object({
  asOf: z.preprocess((value) => (value === '' ? undefined : value), z.iso.date().optional()),
})

/** The law that the service applies, for readers: by part, by day and by article. */
export const rulebookPageRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, publicUrl }, done) => {
  for (const part of rulebookParts) {
    const path = part === 'instruments' ? '/rulebook' : `/rulebook/${part}`
    app.get(path, { schema: { hide: true, querystring: query } }, async (request, reply) => {
      const language = languageOfPage(request)
      const today = dayOf(clock.now())
      const asOf = request.query.asOf ?? today
      const rulebook = await presentRulebook(db)
      const law = inLanguage(rulebook, asOf, language)
      const agencyNames = new Map(rulebook.agencies.map(({ code, name }) => [code, name[language]]))
      const causes = new Map(
        rulebook.measures.flatMap(({ code, follows }) => (follows === undefined ? [] : [[code, follows[language]]])),
      )
      const view = { language, law, asOf, today, publicUrl: publicUrl() }
      const children: Record<RulebookPart, () => ReturnType<typeof Articles>> = {
        instruments: () => <Instruments law={law} language={language} />,
        grounds: () => <Grounds law={law} language={language} />,
        deadlines: () => <Deadlines law={law} language={language} />,
        exits: () => <Exits law={law} language={language} />,
        measures: () => <Measures law={law} language={language} agencyNames={agencyNames} causes={causes} />,
        articles: () => <Articles view={view} />,
      }
      return sendPage(request, reply, rulebookPage({ ...view, part, children: children[part]() }))
    })
  }
  done()
}
