import type { z } from 'zod'
import { problems, type Problem } from '../../platform/problem.ts'
import type { alertsAnswer, membersPage, monitorSchema, monitorsAnswer } from '../../screening/monitor-schemas.ts'
import { bodyOf } from '../workspace/form.ts'
import type { Refused } from '../workspace/form-parts.tsx'
import { assertScope, type Answer, type Pages, type Visit } from '../workspace/visit.ts'
import { monitorDetail, monitorFields, monitorList, newMonitorPage } from './monitor-pages.tsx'
import { uploadedCandidates } from './upload.ts'

type Monitor = z.output<typeof monitorSchema>
type Alerts = z.output<typeof alertsAnswer>
type Members = z.output<typeof membersPage>

const home = '/partners/monitors'
/** As many as a call of the API takes (contract section 3). */
const mostRows = 10_000
const alertsOnPage = 100

/** A platform's own sellers, watched, with the alerts (contract section 3). */
export function registerMonitorPages(pages: Pages): void {
  const path = ({ params }: Visit) => `/v1/monitors/${encodeURIComponent(params['id'] ?? '')}`

  pages.get(home, async (visit) => {
    const { cursor } = visit.query
    return {
      html: monitorList(visit, await visit.api.get<z.output<typeof monitorsAnswer>>('/v1/monitors', { cursor })),
    }
  })

  pages.get(`${home}/new`, async (visit) => {
    assertScope(visit, 'screening')
    return { html: newMonitorPage(visit) }
  })

  pages.post(`${home}/new`, async (visit) => {
    const { form, api, language } = visit
    const body = bodyOf(monitorFields(language), form)
    const sent = await api.send<Monitor>('POST', '/v1/monitors', body, form.text('_once'))
    if (sent.problem === undefined) return { to: `${home}/${sent.body.id}?done=created` }
    return { html: newMonitorPage(visit, { form, problem: sent.problem }), status: problems[sent.problem.code].status }
  })

  const detail = async (visit: Visit, refused?: Refused): Promise<string> => {
    const monitor = await visit.api.get<Monitor>(path(visit))
    const { after } = visit.query
    const alerts = await visit.api.get<Alerts>(`${path(visit)}/alerts`, { after, limit: alertsOnPage })
    const members = await visit.api.get<Members>(`${path(visit)}/members`, { cursor: visit.query['cursor'] })
    return monitorDetail({ ...visit, path: `${home}/${monitor.id}` }, monitor, {
      alerts: alerts.items,
      nextAlerts: alerts.items.length < alertsOnPage ? null : String(alerts.next),
      members,
      refused,
    })
  }
  pages.get(`${home}/:id`, async (visit) => ({ html: await detail(visit) }))

  const answer = async (visit: Visit & { form: Refused['form'] }, problem: Problem): Promise<Answer> => {
    const { status } = problems[problem.code]
    if (status === 404 || problem.code === 'insufficient-scope') throw problem
    return { html: await detail(visit, { form: visit.form, problem }), status }
  }

  pages.post(`${home}/:id/members`, async (visit) => {
    const { form, api, params } = visit
    const { candidates, problem } = uploadedCandidates(form, mostRows)
    if (problem !== undefined) return answer(visit, problem)
    const sent = await api.send('POST', `${path(visit)}/members`, { members: candidates }, form.text('_once'))
    if (sent.problem !== undefined) return answer(visit, sent.problem)
    return { to: `${home}/${params['id'] ?? ''}?done=added` }
  })

  pages.post(`${home}/:id/members/remove`, async (visit) => {
    const { form, api, params } = visit
    const ref = encodeURIComponent(form.text('ref').trim())
    const { problem } = await api.send('DELETE', `${path(visit)}/members/${ref}`, undefined, form.text('_once'))
    if (problem !== undefined) return answer(visit, problem)
    return { to: `${home}/${params['id'] ?? ''}?done=member-removed` }
  })

  pages.post(`${home}/:id/delete`, async (visit) => {
    const { problem } = await visit.api.send('DELETE', path(visit), undefined, visit.form.text('_once'))
    if (problem !== undefined) throw problem
    return { to: `${home}?done=removed` }
  })
}
