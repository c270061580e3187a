import type { z } from 'zod'
import type { auditPage } from '../../audit/schemas.ts'
import type { Language } from '../../platform/language.ts'
import { addDays } from '../../rulebook/plain-date.ts'
import { Code, Moment, visible, Written } from '../parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Filters, Items, Pager, Raw } from '../workspace/list-parts.tsx'
import { listTexts } from '../workspace/texts.ts'
import type { Pages, Visit } from '../workspace/visit.ts'
import { optionsOf, wordOf } from '../workspace/words.tsx'
import { audit as texts } from './record-texts.ts'

type Audit = z.output<typeof auditPage>

/** The audit log, for who administers the service. */
export function registerAuditPages(pages: Pages): void {
  pages.get('/staff/audit', async (visit) => {
    const { action, object, partnerId, outcome, from, to, cursor } = visit.query
    const filter = { action, object, partnerId, outcome, from: startOf(from), to: endOf(to), cursor }
    return { html: auditList(visit, await visit.api.get<Audit>('/v1/audit', filter)) }
  })
}

/** A day of the filter becomes its first moment in China; a moment that an address has stays as it is. */
const startOf = (text = '') => (isDay(text) ? `${text}T00:00:00+08:00` : given(text))

/** The API's end is the first moment that is left out: of a day, the next midnight. */
const endOf = (text = '') => (isDay(text) ? startOf(addDays(text, 1)) : given(text))

const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
const given = (text: string) => (text === '' ? undefined : text)

function auditList(visit: Visit, { items, next }: Audit): string {
  const { language } = visit
  const all = { value: '', label: listTexts.all[language] }
  return workspacePage(visit, {
    title: texts.title[language],
    section: '/staff/audit',
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        <Filters
          visit={visit}
          fields={[
            { name: 'action', kind: 'line', label: texts.action },
            { name: 'object', kind: 'line', label: texts.object },
            { name: 'partnerId', kind: 'line', label: texts.partner },
            {
              ...{ name: 'outcome', kind: 'choice', label: texts.outcome },
              options: [all, ...optionsOf(texts.outcomes, language)],
            },
            { name: 'from', kind: 'day', label: texts.from },
            { name: 'to', kind: 'day', label: texts.to },
          ]}
        />
        <Items language={language}>
          {items.map((entry) => (
            <Entry key={entry.id} entry={entry} visit={visit} />
          ))}
        </Items>
        <Pager visit={visit} next={next} />
      </>
    ),
  })
}

/** Who it was, and by which way; what the service did itself has no name. */
function Actor({ actor, language }: { actor: Audit['items'][number]['actor']; language: Language }) {
  const name = actor.partnerName ?? actor.person
  const via = wordOf(texts.vias, actor.via, language)
  if (name === null) return <>{via}</>
  return (
    <>
      <Written text={name} /> {language === 'zh' ? `（${via}）` : `(${via})`}
    </>
  )
}

function Entry({ entry, visit: { language } }: { entry: Audit['items'][number]; visit: Visit }) {
  const { actor, object, address, position, details } = entry
  return (
    <li>
      <div>
        <p class="title">
          <Code text={entry.action} />
        </p>
        <p class="meta">
          <Moment at={entry.at} language={language} />
          <span>
            {texts.who[language]} <Actor actor={actor} language={language} />
          </span>
          <span>
            {texts.object[language]} <Code text={object.id === null ? object.type : `${object.type}:${object.id}`} />
          </span>
          {address !== null && (
            <span>
              {texts.address[language]} <Code text={address} />
            </span>
          )}
          {position !== null && (
            <span>
              {texts.place[language]} {position}
            </span>
          )}
        </p>
        <details>
          <summary>{texts.details[language]}</summary>
          <Raw label={texts.details[language]} text={visible(JSON.stringify(details))} />
        </details>
      </div>
      <p class="due">
        <span class={entry.outcome === 'done' ? 'tag' : 'tag alert'}>
          {wordOf(texts.outcomes, entry.outcome, language)}
        </span>
      </p>
    </li>
  )
}
