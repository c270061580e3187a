import type { Language } from '../platform/language.ts'
import type { SearchItem } from '../search/schemas.ts'
import { renderPage } from './layout.tsx'
import { Code, SearchBox, StandingMark, visible, Written } from './parts.tsx'
import { regionNameOf } from './regions.ts'
import { results as texts } from './texts.ts'

export interface SearchView {
  language: Language
  /** What was asked, as it was typed; empty when nothing was. */
  q: string
  items: readonly SearchItem[]
  /** Cursor of the next page; null on the last. */
  next: string | null
  isFirst: boolean
  /** What was asked is an address, or is written like a code: why it was not found, if it was not. */
  missed: string | null
}

/** What a search found, with the standing of each at a glance. */
export function searchPage(view: SearchView): string {
  const { language, q } = view
  return renderPage({
    language,
    title: q === '' ? texts.title[language] : `${shorten(q)} – ${texts.title[language]}`,
    here: addressOf(q),
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

function addressOf(q: string, cursor: string | null = null): string {
  return `/search?${new URLSearchParams({ q, ...(cursor !== null && { cursor }) }).toString()}`
}

function Results({ language, q, items, next, isFirst, missed }: SearchView) {
  if (q === '') return <p class="notice pad">{texts.ask[language]}</p>
  if (items.length === 0) return <NothingFound language={language} q={q} missed={missed} />
  return (
    <section aria-label={texts.title[language]}>
      <p>
        {missed === null ? texts.caption(items.length, next !== null || !isFirst)[language] : texts.similar[language]}
      </p>
      <ol class="results">
        {items.map((item, index) => (
          <Result key={index} item={item} language={language} />
        ))}
      </ol>
      {(next !== null || !isFirst) && (
        <nav class="pages" aria-label={texts.pages[language]}>
          <ul>
            {!isFirst && (
              <li>
                <a href={addressOf(q)}>{texts.firstPage[language]}</a>
              </li>
            )}
            {next !== null && (
              <li>
                <a rel="next" href={addressOf(q, next)}>
                  {texts.nextPage[language]}
                </a>
              </li>
            )}
          </ul>
        </nav>
      )}
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
          <Region code={item.regionCode} language={language} />
          <span>{texts.matched[item.matchedOn][language]}</span>
        </p>
      </div>
      <StandingMark standing={item.standing} language={language} />
    </li>
  )
}

function Region({ code, language }: { code: string; language: Language }) {
  const name = regionNameOf(code)
  return (
    <span>
      {texts.region[language]} {name === null ? <Code text={code} /> : <Written text={name} />}
    </span>
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
