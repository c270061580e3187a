import type { z } from 'zod'
import type { Language } from '../../platform/language.ts'
import type { ordersPage, summaryAnswer } from '../../sanctions/schemas.ts'
import type { Field } from '../workspace/form.ts'
import { workspacePage } from '../workspace/frame.tsx'
import { Filters, Items, Pager, TableFrame } from '../workspace/list-parts.tsx'
import { OrderFacts, OrderState, OrderTitle } from '../workspace/order.tsx'
import { listTexts, orderWords } from '../workspace/texts.ts'
import type { Pages, Visit } from '../workspace/visit.ts'
import { optionsOf } from '../workspace/words.tsx'
import { fields, orders as texts } from './texts.ts'

type Summary = z.output<typeof summaryAnswer>

/** Sanction orders across agencies: who is late, above all with lifts after a removal. */
export function registerOrderPages(pages: Pages): void {
  pages.get('/staff/orders', async (visit) => {
    const { overdue, status, kind, agency, uscc, cursor } = visit.query
    const filter = { overdue, status, kind, agency, uscc, cursor }
    const page = await visit.api.get<z.output<typeof ordersPage>>('/v1/orders', filter)
    return { html: ordersList(visit, page, await visit.api.get<Summary>('/v1/orders/summary')) }
  })
}

function filtersOf(language: Language): Field[] {
  const all = { value: '', label: listTexts.all[language] }
  return [
    {
      ...{ name: 'overdue', kind: 'choice', label: texts.overdue },
      options: [all, { value: 'true', label: texts.onlyOverdue[language] }],
    },
    {
      ...{ name: 'kind', kind: 'choice', label: texts.kind },
      options: [all, ...optionsOf({ lift: texts.lift, impose: texts.impose }, language)],
    },
    {
      ...{ name: 'status', kind: 'choice', label: fields.status },
      options: [all, { value: 'open', label: orderWords.open[language] }, ...optionsOf(orderWords.status, language)],
    },
    { name: 'agency', kind: 'line', label: texts.agency },
    { name: 'uscc', kind: 'line', label: fields.uscc },
  ]
}

function ordersList(visit: Visit, { items, next }: z.output<typeof ordersPage>, summary: Summary): string {
  const { language } = visit
  return workspacePage(visit, {
    title: texts.title[language],
    section: '/staff/orders',
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        <section aria-labelledby="summary">
          <h2 id="summary">{texts.summary[language]}</h2>
          <SummaryTable summary={summary} language={language} />
        </section>
        <section aria-labelledby="orders">
          <h2 id="orders">{texts.list[language]}</h2>
          <Filters visit={visit} fields={filtersOf(language)} />
          <Items language={language}>
            {items.map((order) => (
              <li key={order.id}>
                <div>
                  <OrderTitle name={order.name} />
                  <p>
                    <a href={`/staff/orders?agency=${encodeURIComponent(order.agency)}`}>{order.agencyName}</a>
                  </p>
                  <OrderFacts order={order} language={language} />
                </div>
                <p class="due">
                  <OrderState order={order} isLate={order.overdue} language={language} />
                </p>
              </li>
            ))}
          </Items>
          <Pager visit={visit} next={next} />
        </section>
      </>
    ),
  })
}

function SummaryTable({ summary, language }: { summary: Summary; language: Language }) {
  if (summary.items.length === 0) return <p class="none">{listTexts.none[language]}</p>
  return (
    <TableFrame label={texts.summary[language]}>
      <table class="wide stacked">
        <thead>
          <tr>
            <th scope="col">{texts.agency[language]}</th>
            <th scope="col" class="number">
              {texts.lateLift[language]}
            </th>
            <th scope="col" class="number">
              {texts.lateReceive[language]}
            </th>
            <th scope="col" class="number">
              {texts.lateExecute[language]}
            </th>
            <th scope="col" class="number">
              {texts.total[language]}
            </th>
          </tr>
        </thead>
        <tbody>
          {summary.items.map(({ agency, agencyName, orders, overdue }) => (
            <tr key={agency}>
              <th scope="row">
                <a href={`/staff/orders?agency=${encodeURIComponent(agency)}`}>{agencyName}</a>
              </th>
              <Late count={overdue.lift} label={texts.lateLift[language]} />
              <Late count={overdue.receive} label={texts.lateReceive[language]} />
              <Late count={overdue.execute} label={texts.lateExecute[language]} />
              <td class="number" data-label={texts.total[language]}>
                {Object.values(orders).reduce((sum, count) => sum + count, 0)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function Late({ count, label }: { count: number; label: string }) {
  return (
    <td class={count > 0 ? 'number late' : 'number'} data-label={label}>
      {count}
    </td>
  )
}
