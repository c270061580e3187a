import type { z } from 'zod'
import type { decisionPage } from '../../listings/decisions/schemas.ts'
import type { objectionPage } from '../../objections/schemas.ts'
import type { Db } from '../../platform/db.ts'
import type { Text } from '../../platform/language.ts'
import type { repairPage } from '../../repairs/schemas.ts'
import type { summaryAnswer } from '../../sanctions/schemas.ts'
import { Fact, Written } from '../parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Items, nextDuty, NextDuty, type Deadline } from '../workspace/list-parts.tsx'
import { listTexts } from '../workspace/texts.ts'
import type { Pages, Visit } from '../workspace/visit.ts'
import { wordOf } from '../workspace/words.tsx'
import { namesOf } from './names.ts'
import { workList as texts, words } from './texts.ts'

/** As many of each kind and status as the API gives at once. */
const most = 200

interface Row {
  section: 'decisions' | 'objections' | 'repairs'
  id: string
  uscc: string
  what: string
  deadline: Deadline | undefined
  isOwn: boolean
}

/** What waits for somebody, by its legal deadline. */
export function registerWorkList(pages: Pages, db: Db): void {
  pages.get('/staff', async (visit) => {
    const { rows, isCut } = await rowsOf(visit)
    const [names, summary] = await Promise.all([
      namesOf(
        db,
        rows.map(({ uscc }) => uscc),
      ),
      visit.api.get<z.output<typeof summaryAnswer>>('/v1/orders/summary'),
    ])
    return { html: page(visit, { rows, isCut, names, late: summary.overdue }) }
  })

  pages.get('/staff/businesses', async ({ query }) => ({
    to: `/staff/businesses/${encodeURIComponent(query['uscc']?.trim() || '-')}`,
  }))
}

async function rowsOf(visit: Visit): Promise<{ rows: Row[]; isCut: boolean }> {
  const { api, language, session } = visit
  const list = async <Answer,>(section: string, status: string) =>
    api.get<Answer>(`/v1/${section}`, { status, limit: most })
  const decisions = await list<z.output<typeof decisionPage>>('decisions', 'proposed')
  const objections = await Promise.all(
    ['filed', 'accepted', 'upheld'].map((status) => list<z.output<typeof objectionPage>>('objections', status)),
  )
  const repairs = await Promise.all(
    ['filed', 'accepted', 'granted'].map((status) => list<z.output<typeof repairPage>>('repairs', status)),
  )
  const row = (
    section: Row['section'],
    { id, uscc, status, deadlines }: { id: string; uscc: string; status: string; deadlines: Deadline[] },
    vocabulary: Readonly<Record<string, Text>>,
  ): Row => ({
    ...{ section, id, uscc, isOwn: false },
    what: `${texts.kinds[section][language]} · ${wordOf(vocabulary, status, language)}`,
    deadline: nextDuty(deadlines),
  })
  const rows: Row[] = [
    ...decisions.items.map((item) => ({
      ...row('decisions', item, words.proposalStatus),
      what: `${words.action[item.action][language]} · ${words.list[item.list][language]}`,
      isOwn: item.proposedBy === session.principal.partnerId,
    })),
    ...objections.flatMap(({ items }) => items.map((item) => row('objections', item, words.objectionStatus))),
    ...repairs.flatMap(({ items }) => items.map((item) => row('repairs', item, words.repairStatus))),
  ]
  const isCut = [decisions, ...objections, ...repairs].some(({ next }) => next !== null)
  return { rows: rows.toSorted(byDueDay), isCut }
}

/** What is due first comes first; what has no day comes last. */
function byDueDay(a: Row, b: Row): number {
  const [first, second] = [a.deadline?.dueOn ?? '9', b.deadline?.dueOn ?? '9']
  return first === second ? 0 : first < second ? -1 : 1
}

interface View {
  rows: readonly Row[]
  isCut: boolean
  names: ReadonlyMap<string, string>
  late: z.output<typeof summaryAnswer>['overdue']
}

function page(visit: Visit, { rows, isCut, names, late }: View): string {
  const { language } = visit
  const [overdue, waiting] = [true, false].map((wanted) =>
    rows.filter(({ deadline }) => (deadline?.overdue ?? false) === wanted),
  ) as [Row[], Row[]]
  const lateOrders = late.lift + late.receive + late.execute
  return workspacePage(visit, {
    title: texts.title[language],
    section: '/staff',
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        <dl class="tally">
          <Fact term={texts.overdue[language]}>{String(overdue.length)}</Fact>
          <Fact term={texts.waiting[language]}>{String(waiting.length)}</Fact>
          <Fact term={texts.lateLifts[language]}>
            <a href="/staff/orders?overdue=true&kind=lift">{late.lift}</a>
          </Fact>
          <Fact term={texts.lateOrders[language]}>
            <a href="/staff/orders?overdue=true">{lateOrders}</a>
          </Fact>
        </dl>
        <search>
          <form method="get" action="/staff/businesses" class="filters">
            <div>
              <label for="uscc">{texts.find[language]}</label>
              <input id="uscc" name="uscc" type="text" required maxLength={100} autocomplete="off" />
            </div>
            <button type="submit" class="quiet">
              {texts.open[language]}
            </button>
          </form>
        </search>
        {isCut && <p class="notice-line">{texts.more[language]}</p>}
        {overdue.length > 0 && (
          <section aria-labelledby="overdue">
            <h2 id="overdue">{texts.overdue[language]}</h2>
            <Rows rows={overdue} names={names} visit={visit} />
          </section>
        )}
        <section aria-labelledby="waiting">
          <h2 id="waiting">{texts.waiting[language]}</h2>
          <Rows rows={waiting} names={names} visit={visit} />
        </section>
      </>
    ),
  })
}

function Rows(props: { rows: readonly Row[]; names: ReadonlyMap<string, string>; visit: Visit }) {
  const { language } = props.visit
  return (
    <Items language={language}>
      {props.rows.map(({ section, id, uscc, what, deadline, isOwn }) => (
        <li key={id}>
          <div>
            <p class="title">
              <a href={`/staff/${section}/${id}`}>
                <Written text={props.names.get(uscc) ?? uscc} />
              </a>
            </p>
            <p class="meta">
              <span>{what}</span>
              {isOwn && <span>{texts.own[language]}</span>}
            </p>
          </div>
          <p class="due">
            {deadline === undefined ? (
              <span class="hint">{listTexts.noDeadlines[language]}</span>
            ) : (
              <NextDuty deadline={deadline} language={language} />
            )}
          </p>
        </li>
      ))}
    </Items>
  )
}
