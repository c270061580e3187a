import type { z } from 'zod'
import type { Language } from '../../platform/language.ts'
import { Problem, problems } from '../../platform/problem.ts'
import type { ordersOfAgencyPage, receiptsAnswer } from '../../sanctions/schemas.ts'
import { visible } from '../parts.tsx'
import { bodyOf, type Field } from '../workspace/form.ts'
import { Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Filters, Items, Pager } from '../workspace/list-parts.tsx'
import { OrderFacts, OrderState, OrderTitle } from '../workspace/order.tsx'
import { listTexts, orderWords } from '../workspace/texts.ts'
import type { Pages, Visit } from '../workspace/visit.ts'
import { optionsOf } from '../workspace/words.tsx'
import { orders as texts } from './texts.ts'

type OrderPage = z.output<typeof ordersOfAgencyPage>
type Results = z.output<typeof receiptsAnswer>['results']

const section = '/partners/orders'

/** The order that is ticked is told by its own field; the others are of all receipts at once. */
const receiptFields = (language: Language): Field[] => [
  {
    ...{ name: 'status', kind: 'choice', label: texts.receipt, required: true },
    options: optionsOf(texts.receipts, language),
  },
  { name: 'executedOn', kind: 'day', label: texts.on, hint: texts.onHint },
  { name: 'reference', kind: 'line', label: texts.reference },
  { name: 'note', kind: 'line', label: texts.note },
]

/** The orders of an agency and its receipts, for one or for many at once (contract section 4). */
export function registerAgencyOrderPages(pages: Pages): void {
  pages.get(section, async (visit) => ({ html: page(visit, await ordersOf(visit), {}) }))

  pages.post(section, async (visit) => {
    const { form, api, language } = visit
    const picked = form.all('orderId')
    const receipt = bodyOf(receiptFields(language), form)
    if (picked.length === 0) {
      const problem = new Problem('invalid-request', texts.nothingPicked)
      return { html: page(visit, await ordersOf(visit), { refused: { form, problem } }), status: 400 }
    }
    const body = { receipts: picked.map((orderId) => ({ orderId, ...receipt })) }
    const sent = await api.send<{ results: Results }>('POST', '/v1/feed/receipts', body, form.text('_once'))
    if (sent.problem !== undefined) {
      const { errors, code, detail } = sent.problem
      // One receipt is as all are: the faults of the first stand for them.
      const ofFirst = errors
        .filter(({ pointer }) => pointer.startsWith('/body/receipts/0/'))
        .map((error) => ({ ...error, pointer: error.pointer.replace('/receipts/0', '') }))
      const problem = new Problem(code, detail, { errors: ofFirst })
      const { status } = problems[code]
      if (status === 403) throw sent.problem
      return { html: page(visit, await ordersOf(visit), { refused: { form, problem } }), status }
    }
    return { html: page(visit, await ordersOf(visit), { results: sent.body.results }) }
  })
}

async function ordersOf({ api, query }: Visit): Promise<OrderPage> {
  const { status = 'open', after } = query
  return api.get<OrderPage>('/v1/feed/orders', { status: status === 'all' ? undefined : status, after })
}

interface State {
  refused?: Refused
  results?: Results
}

function page(visit: Visit, { items, next }: OrderPage, { refused, results }: State): string {
  const { language, query, today } = visit
  const status = query['status'] ?? 'open'
  const filters: Field[] = [
    {
      ...{ name: 'status', kind: 'choice', label: orderWords.statusLabel },
      options: [
        { value: 'open', label: orderWords.open[language] },
        { value: 'all', label: listTexts.all[language] },
        ...optionsOf(orderWords.status, language),
      ],
    },
  ]
  const picked = refused?.form.all('orderId') ?? []
  return workspacePage(visit, {
    title: texts.title[language],
    section,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        {results !== undefined && <ResultsNote results={results} language={language} />}
        <Filters visit={{ ...visit, query: { ...query, status } }} fields={filters} />
        <Form visit={visit} action={`${section}?status=${encodeURIComponent(status)}`} class="receipts">
          <Items language={language}>
            {items.map((order) => (
              <li key={order.id}>
                <input
                  class="pick"
                  type="checkbox"
                  name="orderId"
                  value={order.id}
                  aria-label={`${texts.pick[language]}${visible(order.name)} ${order.label}`}
                  checked={picked.includes(order.id)}
                />
                <div>
                  <OrderTitle name={order.name} />
                  <OrderFacts order={order} language={language} />
                </div>
                <p class="due">
                  <OrderState
                    order={order}
                    isLate={order.respondBy !== null && order.respondBy < today}
                    language={language}
                  />
                </p>
              </li>
            ))}
          </Items>
          <Pager visit={visit} next={next} parameter="after" />
          {items.length > 0 && (
            <section class="sheet" aria-labelledby="answer">
              <h2 id="answer">{texts.answer[language]}</h2>
              <Fields language={language} fields={receiptFields(language)} refused={refused} />
              <Submit label={texts.send[language]} />
            </section>
          )}
        </Form>
      </>
    ),
  })
}

function ResultsNote({ results, language }: { results: Results; language: Language }) {
  const count = (result: Results[number]['result']) => results.filter((one) => one.result === result).length
  const refused = results.filter(({ result }) => result === 'refused')
  return (
    <div role="status">
      {count('accepted') + count('unchanged') > 0 && (
        <p class="done">
          {count('accepted') > 0 && texts.accepted(count('accepted'))[language]}{' '}
          {count('unchanged') > 0 && texts.unchanged(count('unchanged'))[language]}
        </p>
      )}
      {refused.length > 0 && (
        <div class="faults">
          <p>{texts.refused(refused.length)[language]}</p>
          <ul>
            {refused.map(({ orderId, error }) => (
              <li key={orderId}>{error?.detail ?? orderId}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
