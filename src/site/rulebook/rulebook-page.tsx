import type { ComponentChildren } from 'preact'
import type { z } from 'zod'
import type { rulebookAnswer } from '../../law/schemas.ts'
import type { Language, Text } from '../../platform/language.ts'
import { renderPage } from '../layout.tsx'
import { Code, Day } from '../parts.tsx'
import { rulebook as texts } from './texts.ts'

export type RulebookText = z.output<typeof rulebookAnswer>

/** The parts in which the rulebook is read; the first is the page that leads to the others. */
export const rulebookParts = ['instruments', 'grounds', 'deadlines', 'exits', 'measures', 'articles'] as const
export type RulebookPart = (typeof rulebookParts)[number]

export interface RulebookView {
  language: Language
  /** The law on the day `asOf`, in the language. */
  law: RulebookText
  asOf: string
  today: string
  publicUrl: string
}

export function addressOf(part: RulebookPart, { asOf, today }: Pick<RulebookView, 'asOf' | 'today'>): string {
  const path = part === 'instruments' ? '/rulebook' : `/rulebook/${part}`
  return asOf === today ? path : `${path}?asOf=${asOf}`
}

/** The frame of each part: what is in force on a day, and the way to the other parts. */
export function rulebookPage(view: RulebookView & { part: RulebookPart; children: ComponentChildren }): string {
  const { language, law, asOf, today, part, publicUrl, children } = view
  const title = texts[part][language]
  return renderPage({
    language,
    title: part === 'instruments' ? texts.title[language] : `${title} – ${texts.title[language]}`,
    here: addressOf(part, view),
    canonical: publicUrl + addressOf(part, view),
    json: `/v1/rulebook?asOf=${asOf}`,
    current: '/rulebook',
    isWide: true,
    children: (
      <>
        <h1>{part === 'instruments' ? texts.title[language] : title}</h1>
        {part === 'instruments' && <p class="lead">{texts.lead[language]}</p>}
        <nav class="parts" aria-label={texts.parts[language]}>
          <ul>
            {rulebookParts.map((one) => (
              <li key={one}>
                <a href={addressOf(one, view)} {...(one === part && { 'aria-current': 'page' as const })}>
                  {texts[one][language]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <form class="filters" action={part === 'instruments' ? '/rulebook' : `/rulebook/${part}`} method="get">
          <div>
            <label for="asOf">{texts.asOf[language]}</label>
            <input id="asOf" name="asOf" type="date" value={asOf} required />
          </div>
          <div class="act">
            <button type="submit">{texts.show[language]}</button>
            {asOf !== today && <a href={addressOf(part, { asOf: today, today })}>{texts.today[language]}</a>}
          </div>
        </form>
        {children}
        <section aria-labelledby="legend">
          <h2 id="legend">{texts.legendTitle[language]}</h2>
          <dl class="facts narrow">
            {Object.entries(texts.legend).map(([tag, meaning]) => (
              <div key={tag}>
                <dt>
                  <Code text={tag} />
                </dt>
                <dd>{meaning[language]}</dd>
              </div>
            ))}
          </dl>
        </section>
        <p class="json">
          <a href={`/v1/rulebook?asOf=${asOf}`} type="application/json">
            {texts.json[language]}
          </a>{' '}
          · {texts.revision[language]} {law.revision}
        </p>
      </>
    ),
  })
}

/** A table of rules whose columns stand below each other on a narrow screen. */
export function RuleTable<Row>(props: {
  title: Text
  language: Language
  rows: readonly Row[]
  keyOf: (row: Row) => string
  /** Head of a column with what it shows of a row; the first is the head of the row. */
  columns: readonly (readonly [Text, (row: Row) => ComponentChildren])[]
}) {
  const { title, language, rows, keyOf, columns } = props
  if (rows.length === 0) return <p class="notice pad">{texts.none[language]}</p>
  return (
    <table class="wide stacked">
      <caption class="unseen">{title[language]}</caption>
      <thead>
        <tr>
          {columns.map(([head]) => (
            <th key={head.en} scope="col">
              {head[language]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(([head, cell], place) =>
              place === 0 ? (
                <th key={head.en} scope="row">
                  {cell(row)}
                </th>
              ) : (
                <td key={head.en} data-label={head[language]}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** From when to when a row is in force. */
export function Force({ from, to, language }: { from: string; to: string | null; language: Language }) {
  if (to === null) {
    return (
      <span class="whole">
        <Day on={from} language={language} />
        {language === 'zh' && texts.since.zh}
      </span>
    )
  }
  return (
    <>
      <Day on={from} language={language} /> – <Day on={to} language={language} />
    </>
  )
}
