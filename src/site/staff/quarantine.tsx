import type { z } from 'zod'
import { problems } from '../../platform/problem.ts'
import type { quarantinePage } from '../../sources/schemas.ts'
import { Moment, visible, Written } from '../parts.tsx'
import { Fields } from '../workspace/form-parts.tsx'
import { colon, workspacePage } from '../workspace/frame.tsx'
import { Done, Filters, Items, Pager, Raw } from '../workspace/list-parts.tsx'
import { listTexts } from '../workspace/texts.ts'
import type { Pages, Visit } from '../workspace/visit.ts'
import { optionsOf, wordOf } from '../workspace/words.tsx'
import { QuarantineForms, quarantineActs, sendQuarantineAct, type RefusedAct } from './quarantine-acts.tsx'
import { quarantineActs as actTexts } from './record-texts.ts'
import { fields, quarantine as texts } from './texts.ts'

const home = '/staff/quarantine'

/** Records that could not be taken, as they came, and what a person does with them. */
export function registerQuarantinePages(pages: Pages): void {
  const list = async (visit: Visit, refused?: RefusedAct) => {
    const { status, collection, reason, cursor } = visit.query
    const filter = { status, collection, reason, cursor }
    const page = await visit.api.get<z.output<typeof quarantinePage>>('/v1/quarantine', filter)
    return listPage({ ...visit, path: home }, page, refused)
  }
  pages.get(home, async (visit) => ({ html: await list(visit) }))
  for (const act of quarantineActs) {
    pages.post(`${home}/:id/${act}`, async (visit) => {
      const { form, params } = visit
      const { body, problem } = await sendQuarantineAct(visit, act, form)
      if (problem === undefined) return { to: `${home}?done=${body.done}` }
      const { status } = problems[problem.code]
      if (status === 404 || problem.code === 'insufficient-scope') throw problem
      return { html: await list(visit, { id: params['id'] ?? '', act, form, problem }), status }
    })
  }
}

function listPage(visit: Visit, { items, next }: z.output<typeof quarantinePage>, refused?: RefusedAct): string {
  const { language } = visit
  const all = { value: '', label: listTexts.all[language] }
  // A record that is not on the page has no form to show its refusal at.
  const lost = refused !== undefined && !items.some(({ id, status }) => id === refused.id && status === 'open')
  return workspacePage(visit, {
    title: texts.title[language],
    section: '/staff/quarantine',
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        <Done visit={visit} texts={actTexts.done} />
        {lost && <Fields language={language} fields={[]} refused={refused} />}
        <Filters
          visit={visit}
          fields={[
            { name: 'status', kind: 'choice', label: fields.status, options: optionsOf(texts.statuses, language) },
            {
              ...{ name: 'collection', kind: 'choice', label: texts.collection },
              options: [all, ...optionsOf(texts.collections, language)],
            },
            {
              ...{ name: 'reason', kind: 'choice', label: texts.reason },
              options: [all, ...optionsOf(texts.reasons, language)],
            },
          ]}
        />
        <Items language={language}>
          {items.map((item) => (
            <li key={item.id}>
              <div>
                <p class="title">
                  {wordOf(texts.collections, item.collection, language)} ·{' '}
                  {wordOf(texts.reasons, item.reason, language)}
                </p>
                <p>
                  <bdi>{visible(item.detail)}</bdi>
                </p>
                <p class="meta">
                  {item.sourceId !== null && <Written text={item.sourceId} />}
                  {item.uscc !== null && <a href={`/staff/businesses/${item.uscc}`}>{item.uscc}</a>}
                  <span>
                    {texts.seen[language]} {item.timesSeen}
                  </span>
                  <span>
                    {texts.first[language]} <Moment at={item.firstSeenAt} language={language} />
                  </span>
                  <span>
                    {texts.last[language]} <Moment at={item.lastSeenAt} language={language} />
                  </span>
                </p>
                <details>
                  <summary>{texts.raw[language]}</summary>
                  <Raw label={texts.raw[language]} text={visibleLines(item.raw)} />
                </details>
                {item.settleReason !== null && (
                  <p>
                    {actTexts.settleReason[language]}
                    {colon(language)}
                    <Written text={item.settleReason} />
                  </p>
                )}
                {item.status === 'open' && <QuarantineForms visit={visit} item={item} refused={refused} />}
              </div>
              <p class="due">
                <span class="tag">{wordOf(texts.statuses, item.status, language)}</span>
              </p>
            </li>
          ))}
        </Items>
        <Pager visit={visit} next={next} />
      </>
    ),
  })
}

/** A record line by line; characters that cannot be seen or that steer the direction are written out. */
function visibleLines(raw: unknown): string {
  const text = typeof raw === 'string' ? raw : JSON.stringify(raw, null, 2)
  return text.replace(
    /(?!\n)[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
