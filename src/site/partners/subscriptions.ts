import type { z } from 'zod'
import { problems } from '../../platform/problem.ts'
import type {
  deliveryPage,
  subscriptionPage,
  subscriptionSchema,
  subscriptionWithSecret,
  testAnswer,
} from '../../subscriptions/schemas.ts'
import { bodyOf } from '../workspace/form.ts'
import type { Refused } from '../workspace/form-parts.tsx'
import { assertScope, type Answer, type Pages, type Visit } from '../workspace/visit.ts'
import {
  newFields,
  newPage,
  replayFields,
  secretPage,
  subscriptionDetail,
  subscriptionList,
} from './subscription-pages.tsx'

type Subscription = z.output<typeof subscriptionSchema>
type WithSecret = z.output<typeof subscriptionWithSecret>
type TestResult = z.output<typeof testAnswer>

const home = '/partners/subscriptions'

/** At which field a refusal is shown that points at none. */
const fieldOf = { 'insufficient-scope': 'types' } as const

/** Webhooks: subscribing, and what becomes of deliveries (contract section 4). */
export function registerSubscriptionPages(pages: Pages): void {
  const path = ({ params }: Visit) => `/v1/subscriptions/${encodeURIComponent(params['id'] ?? '')}`

  pages.get(home, async (visit) => {
    const { cursor } = visit.query
    return {
      html: subscriptionList(
        visit,
        await visit.api.get<z.output<typeof subscriptionPage>>('/v1/subscriptions', { cursor }),
      ),
    }
  })

  pages.get(`${home}/new`, async (visit) => {
    assertScope(visit, 'feed', 'screening')
    return { html: newPage(visit) }
  })

  pages.post(`${home}/new`, async (visit) => {
    const { form, api } = visit
    const sent = await api.send<WithSecret>(
      'POST',
      '/v1/subscriptions',
      bodyOf(newFields(visit), form),
      form.text('_once'),
    )
    // Told here once, so the answer is the page itself and not the way to one.
    if (sent.problem === undefined) return { html: secretPage(visit, sent.body) }
    const { status } = problems[sent.problem.code]
    return { html: newPage(visit, { form, problem: sent.problem, fieldOf }), status }
  })

  const detail = async (visit: Visit, more: { refused?: Refused; tested?: TestResult } = {}): Promise<string> => {
    const subscription = await visit.api.get<Subscription>(path(visit))
    const { cursor } = visit.query
    const deliveries = await visit.api.get<z.output<typeof deliveryPage>>(`${path(visit)}/deliveries`, { cursor })
    return subscriptionDetail(visit, subscription, deliveries, more)
  }
  pages.get(`${home}/:id`, async (visit) => ({ html: await detail(visit) }))

  /** Changes a subscription and shows it again, with what was done or why not. */
  const change = async (
    visit: Visit & { form: Refused['form'] },
    send: () => ReturnType<Visit['api']['send']>,
    done: string,
  ): Promise<Answer> => {
    const { problem } = await send()
    if (problem === undefined) return { to: `${home}/${visit.params['id'] ?? ''}?done=${done}` }
    const { status } = problems[problem.code]
    if (status === 404 || problem.code === 'insufficient-scope') throw problem
    return { html: await detail(visit, { refused: { form: visit.form, problem } }), status }
  }

  for (const [act, status, done] of [
    ['pause', 'paused', 'paused'],
    ['resume', 'active', 'resumed'],
  ] as const) {
    pages.post(`${home}/:id/${act}`, async (visit) =>
      change(visit, () => visit.api.send('PATCH', path(visit), { status }, visit.form.text('_once')), done),
    )
  }

  pages.post(`${home}/:id/replay`, async (visit) => {
    const body = bodyOf(replayFields, visit.form)
    return change(
      visit,
      () => visit.api.send('POST', `${path(visit)}/replay`, body, visit.form.text('_once')),
      'replayed',
    )
  })

  pages.post(`${home}/:id/rotate`, async (visit) => {
    const sent = await visit.api.send<WithSecret>('POST', `${path(visit)}/rotate-secret`, {}, visit.form.text('_once'))
    if (sent.problem !== undefined) throw sent.problem
    return { html: secretPage(visit, sent.body) }
  })

  pages.post(`${home}/:id/test`, async (visit) => {
    const sent = await visit.api.send<TestResult>('POST', `${path(visit)}/test`, {})
    if (sent.problem !== undefined) throw sent.problem
    return { html: await detail(visit, { tested: sent.body }) }
  })

  pages.post(`${home}/:id/delete`, async (visit) => {
    const { problem } = await visit.api.send('DELETE', path(visit), undefined, visit.form.text('_once'))
    if (problem !== undefined) throw problem
    return { to: `${home}?done=removed` }
  })
}
