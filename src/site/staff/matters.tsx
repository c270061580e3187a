import type { ComponentChildren } from 'preact'
import type { ListedEntry } from '../../credit-files/schemas.ts'
import type { Db } from '../../platform/db.ts'
import type { Language, Text } from '../../platform/language.ts'
import { problems, type ProblemCode } from '../../platform/problem.ts'
import { Code, Day, Fact, visible, Written, WrittenLines } from '../parts.tsx'
import { bodyOf, type Field } from '../workspace/form.ts'
import { Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { colon, workspacePage } from '../workspace/frame.tsx'
import { Deadlines, Done, Filters, Items, nextDuty, NextDuty, Pager, type Deadline } from '../workspace/list-parts.tsx'
import type { Page } from '../workspace/list-parts.tsx'
import { listTexts } from '../workspace/texts.ts'
import { assertScope, maySome, type Pages, type Visit } from '../workspace/visit.ts'
import { BusinessLink, optionsOf, wordOf } from '../workspace/words.tsx'
import { entryIfShown, EntryLine } from './entry.tsx'
import { namesOf } from './names.ts'
import { decision as decisionTexts, fields } from './texts.ts'

/** What objections and repairs have in common. */
export interface MatterItem {
  id: string
  uscc: string
  /** The entry that it is about; null where it is about a penalty. */
  listingId: string | null
  status: string
  filedOn: string
  deadlines: Deadline[]
}

/** Something that a member of staff does with a matter in one of these states. */
interface Act {
  name: string
  label: Text
  scope: string
  when: readonly string[]
  note?: Text
  fields: (language: Language) => readonly Field[]
}

/** A kind of matter that comes from outside, is accepted or not, and is decided. */
export interface Matter<Item extends MatterItem> {
  section: 'objections' | 'repairs'
  titles: { list: Text; one: Text; new: Text; file: Text; note?: Text }
  statuses: Readonly<Record<string, Text>>
  newFields: readonly Field[]
  acts: readonly Act[]
  done: Readonly<Record<string, Text>>
  /** At which field a refusal is shown that points at none. */
  fieldOf: Partial<Record<ProblemCode, string>>
  facts: (item: Item, language: Language) => ComponentChildren
}

/** The pages of a kind of matter: its list, filing one, one of them, and what is done with it. */
export function registerMatterPages<Item extends MatterItem>(pages: Pages, db: Db, matter: Matter<Item>): void {
  const { section, newFields, fieldOf } = matter
  const home = `/staff/${section}`
  const path = ({ params }: Visit) => `/v1/${section}/${encodeURIComponent(params['id'] ?? '')}`

  pages.get(home, async (visit) => {
    const { status, uscc, cursor } = visit.query
    const page = await visit.api.get<Page<Item>>(`/v1/${section}`, { status, uscc, cursor })
    const names = await namesOf(
      db,
      page.items.map((item) => item.uscc),
    )
    return { html: listPage(visit, matter, page, names) }
  })

  pages.get(`${home}/new`, async (visit) => {
    assertScope(visit, 'decisions:propose')
    return { html: newPage(visit, matter, await entryIfShown(visit, visit.query['listingId'] ?? '')) }
  })

  pages.post(`${home}/new`, async (visit) => {
    const { form, api } = visit
    const sent = await api.send<Item>('POST', `/v1/${section}`, bodyOf(newFields, form), form.text('_once'))
    if (sent.problem === undefined) return { to: `${home}/${sent.body.id}?done=filed` }
    const refused = { form, problem: sent.problem, fieldOf }
    const entry = await entryIfShown(visit, form.text('listingId').trim())
    return { html: newPage(visit, matter, entry, refused), status: problems[sent.problem.code].status }
  })

  const detail = async (visit: Visit, refused?: RefusedAct) => {
    const item = await visit.api.get<Item>(path(visit))
    const names = await namesOf(db, [item.uscc])
    const entry = await entryIfShown(visit, item.listingId ?? '')
    return detailPage(visit, matter, item, { name: names.get(item.uscc), entry, refused })
  }
  pages.get(`${home}/:id`, async (visit) => ({ html: await detail(visit) }))

  for (const { name, fields: fieldsOf } of matter.acts) {
    pages.post(`${home}/:id/${name}`, async (visit) => {
      const { form, api, params, language } = visit
      const body = bodyOf(fieldsOf(language), form)
      const { problem } = await api.send<Item>('POST', `${path(visit)}/${name}`, body, form.text('_once'))
      if (problem === undefined) return { to: `${home}/${params['id'] ?? ''}?done=${name}` }
      const { status } = problems[problem.code]
      if (status === 404 || problem.code === 'insufficient-scope') throw problem
      return { html: await detail(visit, { act: name, form, problem, fieldOf: { ...fieldOf, ...dated } }), status }
    })
  }
}

const dated = { 'dated-in-the-future': 'on', 'not-in-order': 'on', 'not-permitted-by-rulebook': 'on' } as const

type RefusedAct = Refused & { act: string }

function listPage<Item extends MatterItem>(
  visit: Visit,
  { section, titles, statuses }: Matter<Item>,
  { items, next }: Page<Item>,
  names: ReadonlyMap<string, string>,
): string {
  const { language } = visit
  const home = `/staff/${section}`
  const options = [{ value: '', label: listTexts.all[language] }, ...optionsOf(statuses, language)]
  return workspacePage(visit, {
    title: titles.list[language],
    section: home,
    children: (
      <>
        <h1>{titles.list[language]}</h1>
        {maySome(visit.session, 'decisions:propose') && (
          <p>
            <a class="button" href={`${home}/new`}>
              {titles.new[language]}
            </a>
          </p>
        )}
        <Filters
          visit={visit}
          fields={[
            { name: 'status', kind: 'choice', label: fields.status, options },
            { name: 'uscc', kind: 'line', label: fields.uscc },
          ]}
        />
        <Items language={language}>
          {items.map((item) => {
            const due = nextDuty(item.deadlines)
            return (
              <li key={item.id}>
                <div>
                  <p class="title">
                    <a href={`${home}/${item.id}`}>
                      <Written text={names.get(item.uscc) ?? item.uscc} />
                    </a>
                  </p>
                  <p class="meta">
                    <span>
                      {fields.filedOn[language]} <Day on={item.filedOn} language={language} />
                    </span>
                  </p>
                </div>
                <p class="due">
                  <span class="tag">{wordOf(statuses, item.status, language)}</span>{' '}
                  {due !== undefined && <NextDuty deadline={due} language={language} />}
                </p>
              </li>
            )
          })}
        </Items>
        <Pager visit={visit} next={next} />
      </>
    ),
  })
}

function newPage<Item extends MatterItem>(
  visit: Visit,
  { section, titles, newFields }: Matter<Item>,
  entry: ListedEntry | undefined,
  refused?: Refused,
): string {
  const { language, today, query } = visit
  return workspacePage(visit, {
    title: titles.new[language],
    section: `/staff/${section}`,
    children: (
      <>
        <h1>{titles.new[language]}</h1>
        {entry !== undefined && (
          <dl class="facts">
            <Fact term={fields.name[language]}>
              <BusinessLink uscc={entry.uscc} name={entry.name} /> <Code text={entry.uscc} />
            </Fact>
            <Fact term={fields.listing[language]}>
              <EntryLine entry={entry} language={language} />
            </Fact>
          </dl>
        )}
        {titles.note !== undefined && entry === undefined && <p>{titles.note[language]}</p>}
        <Form visit={visit} action={`/staff/${section}/new`}>
          <Fields language={language} fields={newFields} values={{ filedOn: today, ...query }} refused={refused} />
          <Submit label={titles.file[language]} />
        </Form>
      </>
    ),
  })
}

function detailPage<Item extends MatterItem>(
  visit: Visit,
  matter: Matter<Item>,
  item: Item,
  {
    name,
    entry,
    refused,
  }: { name: string | undefined; entry: ListedEntry | undefined; refused: RefusedAct | undefined },
): string {
  const { section, titles, statuses, done, facts, acts } = matter
  const { language, session, today } = visit
  const open = acts.filter(({ when, scope }) => when.includes(item.status) && maySome(session, scope))
  // An act that is no longer possible has no form to show its refusal at.
  const lost = refused !== undefined && !open.some((act) => act.name === refused.act) ? refused : undefined
  return workspacePage(visit, {
    title: `${titles.one[language]}${colon(language)}${visible(name ?? item.uscc)}`,
    section: `/staff/${section}`,
    children: (
      <>
        <h1>
          {titles.one[language]}
          {colon(language)}
          <Written text={name ?? item.uscc} />
        </h1>
        <Done visit={visit} texts={done} />
        {lost !== undefined && <Fields language={language} fields={[]} refused={lost} />}
        <p class="meta">
          <span class="tag">{wordOf(statuses, item.status, language)}</span>
        </p>
        <dl class="facts">
          <Fact term={fields.uscc[language]}>
            <BusinessLink uscc={item.uscc} name={undefined} />
          </Fact>
          <Fact term={fields.filedOn[language]}>
            <Day on={item.filedOn} language={language} />
          </Fact>
          <Fact term={fields.listing[language]}>
            {item.listingId !== null &&
              (entry === undefined ? <Code text={item.listingId} /> : <EntryLine entry={entry} language={language} />)}
          </Fact>
          {facts(item, language)}
        </dl>
        <section aria-labelledby="deadlines">
          <h2 id="deadlines">{decisionTexts.deadlines[language]}</h2>
          <Deadlines deadlines={item.deadlines} language={language} />
        </section>
        {open.map((act) => (
          <section key={act.name} aria-labelledby={act.name}>
            <h2 id={act.name}>{act.label[language]}</h2>
            {act.note !== undefined && <p>{act.note[language]}</p>}
            <Form visit={visit} action={`/staff/${section}/${item.id}/${act.name}`}>
              <Fields
                language={language}
                fields={act.fields(language)}
                values={{ on: today }}
                refused={refused?.act === act.name ? refused : undefined}
                prefix={`${act.name}-`}
              />
              <Submit label={act.label[language]} />
            </Form>
          </section>
        ))}
      </>
    ),
  })
}

/** A day on which something was done, with what was said of it. */
export function DoneOn(props: { term: Text; on: string | null; reason: string | null; language: Language }) {
  const { term, on, reason, language } = props
  if (on === null) return null
  return (
    <Fact term={term[language]}>
      <Day on={on} language={language} />
      {reason !== null && (
        <>
          <br />
          <WrittenLines text={reason} />
        </>
      )}
    </Fact>
  )
}

/** A decision that a matter led to. */
export function DecisionLink({ id, text }: { id: string; text: string }) {
  return (
    <a href={`/staff/decisions/${id}`}>
      {text} <Code text={id.slice(-6)} />
    </a>
  )
}
