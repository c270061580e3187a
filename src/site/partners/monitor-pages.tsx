import type { z } from 'zod'
import type { Language } from '../../platform/language.ts'
import type { alertsAnswer, membersPage, monitorSchema, monitorsAnswer } from '../../screening/monitor-schemas.ts'
import { Fact, Moment, Written } from '../parts.tsx'
import { words } from '../staff/texts.ts'
import type { Field } from '../workspace/form.ts'
import { ButtonForm, Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Done, Items, Pager, TableFrame } from '../workspace/list-parts.tsx'
import type { Visit } from '../workspace/visit.ts'
import { optionsOf, wordOf } from '../workspace/words.tsx'
import { monitors as texts, screenings } from './texts.ts'
import { uploadFields } from './upload.ts'

type Monitor = z.output<typeof monitorSchema>
type Alert = z.output<typeof alertsAnswer>['items'][number]
type Members = z.output<typeof membersPage>

const section = '/partners/monitors'

export const monitorFields = (language: Language): Field[] => [
  { name: 'name', kind: 'line', label: texts.name, required: true },
  {
    ...{ name: 'lists', kind: 'choices', label: texts.lists, hint: texts.listsHint },
    options: optionsOf(words.list, language),
  },
]

const memberFields: readonly Field[] = uploadFields.map((field) =>
  field.name === 'file' ? { ...field, hint: texts.addHint } : field,
)
const removalFields: readonly Field[] = [{ name: 'ref', kind: 'line', label: texts.ref, required: true }]

/** The monitors of a platform. */
export function monitorList(visit: Visit, { items, next }: z.output<typeof monitorsAnswer>): string {
  const { language } = visit
  return workspacePage(visit, {
    title: texts.title[language],
    section,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <Done visit={visit} texts={texts.done} />
        <p class="lead">{texts.lead[language]}</p>
        <p>
          <a class="button" href={`${section}/new`}>
            {texts.create[language]}
          </a>
        </p>
        <Items language={language}>
          {items.map(({ id, name, memberCount, createdAt }) => (
            <li key={id}>
              <p class="title">
                <a href={`${section}/${id}`}>
                  <Written text={name} />
                </a>
              </p>
              <p class="meta">
                <span>
                  {texts.members[language]} {memberCount}
                </span>
                <span>
                  {texts.createdAt[language]} <Moment at={createdAt} language={language} />
                </span>
              </p>
            </li>
          ))}
        </Items>
        <Pager visit={visit} next={next} />
      </>
    ),
  })
}

/** The form of a new monitor. */
export function newMonitorPage(visit: Visit, refused?: Refused): string {
  const { language } = visit
  return workspacePage(visit, {
    title: texts.create[language],
    section,
    children: (
      <>
        <h1>{texts.create[language]}</h1>
        <Form visit={visit} action={`${section}/new`}>
          <Fields language={language} fields={monitorFields(language)} refused={refused} />
          <Submit label={texts.create[language]} />
        </Form>
      </>
    ),
  })
}

interface MonitorView {
  alerts: readonly Alert[]
  /** After which alert the next page begins. */
  nextAlerts: string | null
  members: Members
  refused: Refused | undefined
}

/** A monitor with its alerts, and its members put in and taken out. */
export function monitorDetail(
  visit: Visit,
  { id, name, lists, memberCount, createdAt }: Monitor,
  { alerts, nextAlerts, members, refused }: MonitorView,
): string {
  const { language } = visit
  const isRemoval = refused !== undefined && refused.form.text('ref') !== ''
  return workspacePage(visit, {
    title: name,
    section,
    children: (
      <>
        <h1>
          <Written text={name} />
        </h1>
        <Done visit={visit} texts={texts.done} />
        <dl class="facts">
          <Fact term={texts.members[language]}>{String(memberCount)}</Fact>
          <Fact term={texts.lists[language]}>{lists.map((list) => words.list[list][language]).join(' · ')}</Fact>
          <Fact term={texts.createdAt[language]}>
            <Moment at={createdAt} language={language} />
          </Fact>
        </dl>
        <section aria-labelledby="alerts">
          <h2 id="alerts">{texts.alerts[language]}</h2>
          <Alerts alerts={alerts} language={language} />
          <Pager visit={visit} next={nextAlerts} parameter="after" />
        </section>
        <section aria-labelledby="members">
          <h2 id="members">{texts.memberList[language]}</h2>
          <Members members={members.items} visit={visit} action={`${section}/${id}/members/remove`} />
          <Pager visit={visit} next={members.next} />
        </section>
        <section aria-labelledby="add">
          <h2 id="add">{texts.add[language]}</h2>
          <Form visit={visit} action={`${section}/${id}/members`} hasFile>
            <Fields language={language} fields={memberFields} refused={isRemoval ? undefined : refused} />
            <Submit label={texts.add[language]} />
          </Form>
        </section>
        <section aria-labelledby="remove">
          <h2 id="remove">{texts.removeMember[language]}</h2>
          <Form visit={visit} action={`${section}/${id}/members/remove`}>
            <Fields language={language} fields={removalFields} refused={isRemoval ? refused : undefined} />
            <Submit label={texts.removeMember[language]} />
          </Form>
        </section>
        <section aria-labelledby="delete">
          <h2 id="delete">{texts.remove[language]}</h2>
          <ButtonForm visit={visit} action={`${section}/${id}/delete`} label={texts.remove[language]} />
        </section>
      </>
    ),
  })
}

function Members(props: { members: Members['items']; visit: Visit; action: string }) {
  const { members, visit, action } = props
  const { language } = visit
  return (
    <Items language={language}>
      {members.map(({ ref, name, uscc, url, decision }) => (
        <li key={ref}>
          <div>
            <p class="title">
              <Written text={ref} />
            </p>
            <p class="meta">
              {[name, uscc, url].map((text) => text !== undefined && <Written key={text} text={text} />)}
            </p>
          </div>
          <p class="due">
            {decision === null ? (
              texts.notYet[language]
            ) : (
              <span class={`decision-${decision}`}>{screenings.decisions[decision][language]}</span>
            )}
          </p>
          <ButtonForm visit={visit} action={action} label={texts.removeThis[language]} fields={{ ref }} />
        </li>
      ))}
    </Items>
  )
}

function Alerts({ alerts, language }: { alerts: readonly Alert[]; language: Language }) {
  if (alerts.length === 0) return <p class="none">{texts.noAlerts[language]}</p>
  return (
    <TableFrame label={texts.alerts[language]}>
      <table class="wide stacked">
        <thead>
          <tr>
            {Object.values(texts.columns).map((column) => (
              <th key={column.en} scope="col">
                {column[language]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {alerts.map(({ id, raisedAt, ref, before, result }) => (
            <tr key={id}>
              <td data-label={texts.columns.at[language]}>
                <Moment at={raisedAt} language={language} />
              </td>
              <th scope="row">
                <Written text={ref} />
              </th>
              <td data-label={texts.columns.before[language]}>
                {before === null ? texts.first[language] : screenings.decisions[before][language]}
              </td>
              <td class={`decision-${result.decision}`} data-label={texts.columns.after[language]}>
                {screenings.decisions[result.decision][language]}
              </td>
              <td data-label={texts.columns.reasons[language]}>
                {result.reasons
                  .map((reason) => wordOf(screenings.reasons, reason, language))
                  .join(language === 'zh' ? '；' : '; ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
