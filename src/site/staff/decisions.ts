import type { z } from 'zod'
import type { CreditFile } from '../../credit-files/schemas.ts'
import type { rulebookAnswer } from '../../law/schemas.ts'
import type { decisionPage, decisionSchema } from '../../listings/decisions/schemas.ts'
import { decisionActions, type DecisionAction } from '../../listings/vocabulary.ts'
import type { Db } from '../../platform/db.ts'
import { Problem, problems } from '../../platform/problem.ts'
import { nameOfPartner } from '../../partners/service.ts'
import { bodyOf } from '../workspace/form.ts'
import type { Refused } from '../workspace/form-parts.tsx'
import { assertScope, type Pages, type Visit } from '../workspace/visit.ts'
import { enterFields, fieldOfProblem, stepFields, whichFields } from './decision-fields.ts'
import { choosePage, decisionDetail, decisionList, enterPage, stepPage } from './decision-pages.tsx'
import { findEntry } from './entry.tsx'
import { namesOf } from './names.ts'

type Decision = z.output<typeof decisionSchema>

/** Decisions: the list, proposing, and what a second person does (contract section 5). */
export function registerDecisionPages(pages: Pages, db: Db): void {
  pages.get('/staff/decisions', async (visit) => {
    const { status, uscc, overdue, cursor } = visit.query
    const page = await visit.api.get<z.output<typeof decisionPage>>('/v1/decisions', { status, uscc, overdue, cursor })
    const names = await namesOf(
      db,
      page.items.map((item) => item.uscc),
    )
    return { html: decisionList(visit, page, names) }
  })

  pages.get('/staff/decisions/new', async (visit) => {
    assertScope(visit, 'decisions:propose')
    const { uscc = '', list = '', decidedOn = '' } = visit.query
    if (uscc === '' || list === '' || decidedOn === '') return { html: choosePage(visit) }
    return { html: enterPage(visit, await knownFor(visit, { uscc, list, decidedOn })) }
  })

  pages.post('/staff/decisions/enter', async (visit) => {
    const { form, api, language } = visit
    const which = bodyOf(whichFields(language), form)
    const known = await knownFor(visit, {
      ...{ uscc: form.text('uscc'), list: form.text('list'), decidedOn: form.text('decidedOn') },
    })
    const body = { action: 'enter', ...which, ...bodyOf(enterFields(known.grounds, language), form) }
    const { body: made, problem } = await api.send<Decision>('POST', '/v1/decisions', body, form.text('_once'))
    if (problem === undefined) return { to: `/staff/decisions/${made.id}?done=proposed` }
    const refused = { form, problem, fieldOf: fieldOfProblem }
    return { html: enterPage(visit, known, refused), status: problems[problem.code].status }
  })

  pages.get('/staff/decisions/step/:action/:listingId', async (visit) => {
    assertScope(visit, 'decisions:propose')
    return { html: stepPage(visit, await stepFor(visit)) }
  })

  pages.post('/staff/decisions/step/:action/:listingId', async (visit) => {
    const { form, api, language } = visit
    const step = await stepFor(visit)
    const { action, entry } = step
    const body = {
      ...{ action, list: entry.list, uscc: entry.uscc, listingId: entry.id },
      ...bodyOf(stepFields(action, language), form),
    }
    const { body: made, problem } = await api.send<Decision>('POST', '/v1/decisions', body, form.text('_once'))
    if (problem === undefined) return { to: `/staff/decisions/${made.id}?done=proposed` }
    const refused = { form, problem, fieldOf: { ...fieldOfProblem, 'not-permitted-by-rulebook': 'decidedOn' } as const }
    return { html: stepPage(visit, step, refused), status: problems[problem.code].status }
  })

  pages.get('/staff/decisions/:id', async (visit) => ({ html: await detail(visit, db) }))

  for (const act of ['approve', 'reject'] as const) {
    pages.post(`/staff/decisions/:id/${act}`, async (visit) => {
      const { form, api, params } = visit
      const reason = form.text('reason').trim()
      const path = `/v1/decisions/${encodeURIComponent(params['id'] ?? '')}/${act}`
      const body = act === 'reject' && reason !== '' ? { reason } : {}
      const { problem } = await api.send<Decision>('POST', path, body, form.text('_once'))
      if (problem === undefined) {
        return { to: `/staff/decisions/${params['id'] ?? ''}?done=${act === 'approve' ? 'approved' : 'rejected'}` }
      }
      const { status } = problems[problem.code]
      if (status === 404 || problem.code === 'insufficient-scope') throw problem
      return { html: await detail(visit, db, { form, problem }), status }
    })
  }
}

async function detail(visit: Visit, db: Db, refused?: Refused): Promise<string> {
  const decision = await visit.api.get<Decision>(`/v1/decisions/${encodeURIComponent(visit.params['id'] ?? '')}`)
  const { uscc, decidedOn: asOf, groundCode, proposedBy, settledBy } = decision
  const names = await namesOf(db, [uscc])
  const { grounds } = await visit.api.get<z.output<typeof rulebookAnswer>>('/v1/rulebook', { asOf })
  return decisionDetail(
    visit,
    {
      decision,
      name: names.get(uscc),
      ground: grounds.find(({ code }) => code === groundCode),
      proposer: await nameOfPartner(db, proposedBy),
      settler: settledBy === null ? null : await nameOfPartner(db, settledBy),
    },
    refused,
  )
}

/** What the form needs to know of the business and of the law of that day. */
async function knownFor(visit: Visit, which: { uscc: string; list: string; decidedOn: string }) {
  const { subject } = await visit.api.get<CreditFile>(`/v1/credit-files/${encodeURIComponent(which.uscc)}`)
  const { grounds } = await visit.api.get<z.output<typeof rulebookAnswer>>('/v1/rulebook', { asOf: which.decidedOn })
  return {
    subject,
    list: which.list,
    decidedOn: which.decidedOn,
    grounds: grounds.filter((ground) => ground.list === which.list && ground.entityTypes.includes(subject.entityType)),
  }
}

/** The entry that a step is about, as it may be shown; one that is out of view is stepped on through the API. */
async function stepFor(visit: Visit) {
  const { action = '', listingId = '' } = visit.params
  const isStep = (text: string): text is DecisionAction =>
    text !== 'enter' && decisionActions.some((one) => one === text)
  if (!isStep(action)) throw new Problem('not-found', problems['not-found'].meaning)
  return { action, entry: await findEntry(visit, listingId) }
}
