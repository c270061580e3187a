import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { notModified, notModifiedResponse } from '../platform/caching.ts'
import type { Db } from '../platform/db.ts'
import { languageOf } from '../platform/language.ts'
import { Problem, problems, problemResponses } from '../platform/problem.ts'
import { addWorkingDays } from '../rulebook/calendar.ts'
import { RuleError } from '../rulebook/course.ts'
import { stepDue } from '../rulebook/steps.ts'
import { inLanguage } from './answer.ts'
import {
  addAnswer,
  addQuery,
  evaluateAnswer,
  evaluateBody,
  rulebookAnswer,
  rulebookQuery,
  stepAnswer,
  stepParams,
  stepQuery,
} from './schemas.ts'
import { evaluateCase, presentRulebook, problemOf } from './service.ts'

/** The law as data and what follows from it (contract section 2). */
export const lawRoutes: FastifyPluginCallbackZod<{ db: Db }> = (app, { db }, done) => {
  const tags = ['Rulebook']

  app.get(
    '/v1/rulebook',
    {
      schema: {
        operationId: 'getRulebook',
        tags,
        summary: 'Instruments, grounds, deadlines and measures that the service applies',
        querystring: rulebookQuery,
        response: { 200: rulebookAnswer, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const answer = inLanguage(await presentRulebook(db), request.query.asOf ?? null, languageOf(request))
      if (notModified(request, reply, answer)) return reply.code(304).send()
      return answer
    },
  )

  app.post(
    '/v1/rulebook/evaluate',
    {
      config: { writesNothing: true },
      schema: {
        operationId: 'evaluateCase',
        tags,
        summary: 'What the law makes of a case; nothing is stored',
        body: evaluateBody,
        response: { 200: evaluateAnswer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const language = languageOf(request)
      const rulebook = await presentRulebook(db)
      try {
        const { permitted, deadlines, ...state } = evaluateCase(rulebook, request.body)
        void reply.header('cache-control', 'no-store').header('vary', 'Accept-Language')
        return {
          ...state,
          permitted: permitted.map(({ action, article }) => ({ action, article: article[language] })),
          deadlines: deadlines.map((deadline) => ({ ...deadline, article: deadline.article[language] })),
        }
      } catch (error) {
        throw error instanceof RuleError ? problemOf(error) : error
      }
    },
  )

  app.get(
    '/v1/rulebook/steps/:code/due',
    {
      schema: {
        operationId: 'getStepDue',
        tags,
        summary: 'When a step of the rulebook is due',
        params: stepParams,
        querystring: stepQuery,
        response: { 200: stepAnswer, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const due = stepDue(await presentRulebook(db), request.params.code, request.query.from)
      if (due === null) throw new Problem('unknown-step', problems['unknown-step'].meaning)
      const { step, ...days } = due
      const answer = { ...days, step: step.code, article: step.article[languageOf(request)], evidence: step.evidence }
      if (notModified(request, reply, answer)) return reply.code(304).send()
      return answer
    },
  )

  app.get(
    '/v1/calendar/add',
    {
      schema: {
        operationId: 'addWorkingDays',
        tags,
        summary: 'The day that many working days after another',
        querystring: addQuery,
        response: { 200: addAnswer, 304: notModifiedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { from, workingDays } = request.query
      const answer = addWorkingDays((await presentRulebook(db)).calendar, from, workingDays)
      if (notModified(request, reply, answer)) return reply.code(304).send()
      return answer
    },
  )
  done()
}
