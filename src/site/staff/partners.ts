import type { z } from 'zod'
import type { issuedKey, keyPage, partnerPage, partnerSchema } from '../../partners/schemas.ts'
import { problems } from '../../platform/problem.ts'
import { bodyOf } from '../workspace/form.ts'
import type { Refused } from '../workspace/form-parts.tsx'
import type { Answer, Pages, Visit } from '../workspace/visit.ts'
import {
  createFields,
  keyFields,
  partnerDetail,
  partnerList,
  rotateFields,
  type ShownPartner,
} from './partner-pages.tsx'
import type { partners as texts } from './partner-texts.ts'

type Partner = z.output<typeof partnerSchema>
type Keys = z.output<typeof keyPage>
type Posted = Parameters<Parameters<Pages['post']>[1]>[0]

const home = '/staff/partners'

/**
 * Agencies, platforms and staff, with their keys, for who administers the service.
 * @param hasIssuer whether there is an identity provider whose users staff may be
 */
export function registerPartnerAdminPages(pages: Pages, { hasIssuer }: { hasIssuer: boolean }): void {
  const id = ({ params }: Visit, name = 'id') => encodeURIComponent(params[name] ?? '')
  const list = async (visit: Visit, refused?: Refused) => {
    const page = await visit.api.get<z.output<typeof partnerPage>>('/v1/partners', { cursor: visit.query['cursor'] })
    return partnerList(visit, page, { hasIssuer, refused })
  }
  const detail = async (visit: Visit, shown: ShownPartner = {}) => {
    const path = `/v1/partners/${id(visit)}`
    const partner = await visit.api.get<Partner>(path)
    const keys = await visit.api.get<Keys>(`${path}/keys`, { cursor: visit.query['cursor'] })
    return partnerDetail({ ...visit, path: `${home}/${partner.id}` }, partner, keys, { hasIssuer, ...shown })
  }

  pages.get(home, async (visit) => ({ html: await list(visit) }))
  pages.post(home, async (visit) => {
    const { form, api } = visit
    const body = bodyOf(createFields(visit, hasIssuer), form)
    const sent = await api.send<Partner>('POST', '/v1/partners', body, form.text('_once'))
    if (sent.problem === undefined) return { to: `${home}/${sent.body.id}?done=created` }
    if (sent.problem.code === 'insufficient-scope') throw sent.problem
    return { html: await list(visit, { form, problem: sent.problem }), status: problems[sent.problem.code].status }
  })
  pages.get(`${home}/:id`, async (visit) => ({ html: await detail(visit) }))

  /** @param at the form of the page that a refusal is shown at */
  const change = async (
    visit: Posted,
    call: readonly ['POST' | 'PATCH' | 'DELETE', string, object | undefined],
    { at, done }: { at: string; done?: keyof typeof texts.done },
  ): Promise<Answer> => {
    const { form, api } = visit
    const sent = await api.send<Partial<z.output<typeof issuedKey>>>(...call, form.text('_once'))
    if (sent.problem !== undefined) {
      const { status } = problems[sent.problem.code]
      if (status === 404 || sent.problem.code === 'insufficient-scope') throw sent.problem
      return { html: await detail(visit, { refused: { form, problem: sent.problem, at } }), status }
    }
    if (done !== undefined) return { to: `${home}/${id(visit)}?done=${done}` }
    return { html: await detail(visit, sent.body.key === undefined ? {} : { key: sent.body.key }) }
  }

  pages.post(`${home}/:id`, async (visit) => {
    const { form, api } = visit
    const before = await api.get<Partner>(`/v1/partners/${id(visit)}`)
    const [name, subject] = [form.text('name').trim(), form.text('subject').trim()]
    const isPerson = hasIssuer && before.kind === 'staff'
    const changes = {
      ...(name !== before.name && { name }),
      ...(isPerson && subject !== (before.subject ?? '') && { subject: subject === '' ? null : subject }),
    }
    return change(visit, ['PATCH', `/v1/partners/${id(visit)}`, changes], { at: 'change', done: 'changed' })
  })
  pages.post(`${home}/:id/suspended`, async (visit) => {
    const body = { suspended: visit.form.text('suspended') === 'true' }
    return change(visit, ['PATCH', `/v1/partners/${id(visit)}`, body], { at: 'suspended', done: 'changed' })
  })
  pages.post(`${home}/:id/keys`, async (visit) => {
    const body = bodyOf(keyFields('staff', visit.language), visit.form)
    return change(visit, ['POST', `/v1/partners/${id(visit)}/keys`, body], { at: 'issue' })
  })
  pages.post(`${home}/:id/keys/:key/revoke`, async (visit) => {
    const key = id(visit, 'key')
    return change(visit, ['DELETE', `/v1/keys/${key}`, undefined], { at: key, done: 'revoked' })
  })
  pages.post(`${home}/:id/keys/:key/rotate`, async (visit) => {
    const key = id(visit, 'key')
    return change(visit, ['POST', `/v1/keys/${key}/rotate`, bodyOf(rotateFields, visit.form)], { at: key })
  })
}
