import type { Language } from '../platform/language.ts'
import type { SearchItem } from '../search/schemas.ts'
import { renderPage } from './layout.tsx'
import { Code, SearchBox, StandingMark, visible, Written } from './parts.tsx'
import { results as texts } from './texts.ts'

export interface SearchView {
  language: Language
  /** What was asked, as it was typed; empty when nothing was. */
  q: string
  items: readonly SearchItem[]
  /** More may be found than are shown. */
  isCapped: boolean
  /** What was asked is an address, or is written like a code: why it was not found, if it was not. */
  missed: string | null
}

/** What a search found, with the standing of each at a glance. */
export function searchPage(view: SearchView): string {
  const { language, q } = view
  return renderPage({
    language,
    title: q === '' ? texts.title[language] : `${shorten(q)} – ${texts.title[language]}`,
    isPrivate: true,
    hasSearch: true,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <SearchBox language={language} q={q} large />
        <Results {...view} />
      </>
    ),
  })
}

function Results({ language, q, items, isCapped, missed }: SearchView) {
  if (q === '') return <p class="notice">{texts.ask[language]}</p>
  if (items.length === 0) return <NothingFound language={language} q={q} missed={missed} />
  return (
    <section aria-label={texts.title[language]}>
      <p>{missed === null ? texts.caption(items.length, isCapped)[language] : texts.similar[language]}</p>
      <ol class="results">
        {items.map((item, index) => (
          <Result key={index} item={item} language={language} />
        ))}
      </ol>
    </section>
  )
}

function Result({ item, language }: { item: SearchItem; language: Language }) {
  return (
    <li>
      <div>
        <h2>
          {item.uscc === null ? (
            <Written text={item.name} />
          ) : (
            <a href={`/credit-files/${encodeURIComponent(item.uscc)}`}>
              <Written text={item.name} />
            </a>
          )}
        </h2>
        <p class="meta">
          {item.uscc === null ? <span>{texts.withoutCode[language]}</span> : <Code text={item.uscc} />}
          <span>
            {texts.region[language]} <Code text={item.regionCode} />
          </span>
          <span>{texts.matched[item.matchedOn][language]}</span>
        </p>
      </div>
      <StandingMark standing={item.standing} language={language} />
    </li>
  )
}

function NothingFound({ language, q, missed }: Pick<SearchView, 'language' | 'q' | 'missed'>) {
  return (
    <section class="notice" aria-label={texts.title[language]}>
      <p>
        <strong>
          {texts.none[language]} <bdi>“{visible(shorten(q))}”</bdi>
        </strong>
      </p>
      {missed !== null && <p>{missed}</p>}
      <p>{texts.noneHead[language]}</p>
      <ul>
        {texts.tips.map((tip) => (
          <li key={tip.en}>{tip[language]}</li>
        ))}
      </ul>
    </section>
  )
}

/** Cuts between code points: half a character is none. */
function shorten(text: string): string {
  const characters = Array.from(text)
  return characters.length > 60 ? `${characters.slice(0, 60).join('')}…` : text
}
