import type { ListedEntry } from '../../credit-files/schemas.ts'
import type { List } from '../../listings/vocabulary.ts'
import type { Language } from '../../platform/language.ts'
import { isMark } from '../guidance.ts'
import { renderPage } from '../layout.tsx'
import { Code, Day, Written } from '../parts.tsx'
import { provinces, regionNameOf } from '../regions.ts'
import { list as names } from '../texts.ts'
import { queryOf, type ListFilter } from './query.ts'
import { lists as texts } from './texts.ts'

export interface ListView {
  language: Language
  list: List
  filter: ListFilter
  items: readonly ListedEntry[]
  /** Cursor of the next page; null on the last. */
  next: string | null
  isFirst: boolean
  /** The grounds of the list, by code, as the law of today words them. */
  grounds: readonly { code: string; label: string }[]
  /** As many rows as the CSV has at most. */
  csvRows: number
  publicUrl: string
}

/** Where a list is followed: its feeds, for a reader of news. */
const feedsOf = (list: List, filter: ListFilter) => [
  { href: `/lists/${list}/rss.xml${queryOf(filter)}`, name: 'RSS', type: 'application/rss+xml' as const },
  { href: `/lists/${list}/atom.xml${queryOf(filter)}`, name: 'Atom', type: 'application/atom+xml' as const },
]

/** A list with its filters, a page of it at a time. */
export function listPage(view: ListView): string {
  const { language, list, filter, next, publicUrl } = view
  const title = names[list][language]
  const here = `/lists/${list}${queryOf(filter)}`
  return renderPage({
    language,
    title,
    here,
    canonical: publicUrl + here,
    json: `/v1/lists/${list}/entries${queryOf(filter)}`,
    feeds: feedsOf(list, filter).map(({ href, name, type }) => ({ href, type, title: `${title} (${name})` })),
    // Search engines lead to the list and to files, not to every view of the one.
    isPrivate: queryOf(filter) !== '' || !view.isFirst,
    hasSearch: true,
    isWide: true,
    current: '/lists',
    children: (
      <>
        <p class="trail">
          <a href="/lists">{texts.title[language]}</a>
        </p>
        <h1>{title}</h1>
        <p class="lead">{texts.about[list][language]}</p>
        <Filters {...view} />
        {view.items.length === 0 ? <p class="notice pad">{texts.none[language]}</p> : <Entries {...view} />}
        {(next !== null || !view.isFirst) && (
          <nav class="pages" aria-label={texts.pages[language]}>
            <ul>
              {!view.isFirst && (
                <li>
                  <a href={here}>{texts.first[language]}</a>
                </li>
              )}
              {next !== null && (
                <li>
                  <a rel="next" href={`/lists/${list}${queryOf({ ...filter, cursor: next })}`}>
                    {texts.next[language]}
                  </a>
                </li>
              )}
            </ul>
          </nav>
        )}
        <Take {...view} />
      </>
    ),
  })
}

function Filters({ language, list, filter, grounds }: ListView) {
  const option = (value: string, label: string, chosen: string | undefined) => (
    <option key={value} value={value} selected={value === (chosen ?? '')}>
      {label}
    </option>
  )
  return (
    <form class="filters" action={`/lists/${list}`} method="get" aria-label={texts.filter[language]}>
      <div>
        <label for="f-q">{texts.q[language]}</label>
        <input id="f-q" name="q" type="search" maxLength={200} value={filter.q ?? ''} />
      </div>
      <div>
        <label for="f-ground">{texts.ground[language]}</label>
        <select id="f-ground" name="ground">
          {option('', texts.any[language], filter.ground)}
          {grounds.map(({ code, label }) => option(code, `${label} (${code})`, filter.ground))}
        </select>
      </div>
      <div>
        <label for="f-region">{texts.region[language]}</label>
        <input
          id="f-region"
          name="regionCode"
          inputMode="numeric"
          pattern="\d{2,6}"
          maxLength={6}
          list="f-provinces"
          autocomplete="off"
          value={filter.regionCode ?? ''}
        />
        <datalist id="f-provinces">
          {provinces.map(({ code, name }) => (
            <option key={code} value={code.slice(0, 2)} label={name} />
          ))}
        </datalist>
      </div>
      <div>
        <label for="f-status">{texts.status[language]}</label>
        <select id="f-status" name="status">
          {option('', texts.any[language], filter.status)}
          {(['in-force', 'removed'] as const).map((status) =>
            option(status, texts.statuses[status][language], filter.status),
          )}
        </select>
      </div>
      <div>
        <label for="f-from">{texts.listedFrom[language]}</label>
        <input id="f-from" name="listedFrom" type="date" value={filter.listedFrom ?? ''} />
      </div>
      <div>
        <label for="f-to">{texts.listedTo[language]}</label>
        <input id="f-to" name="listedTo" type="date" value={filter.listedTo ?? ''} />
      </div>
      <div class="act">
        <button type="submit">{texts.apply[language]}</button>
        {queryOf(filter) !== '' && <a href={`/lists/${list}`}>{texts.reset[language]}</a>}
      </div>
    </form>
  )
}

function Entries({ language, list, items }: ListView) {
  const heads = {
    business: texts.business[language],
    ground: texts.ground[language],
    authority: texts.authority[language],
    listedOn: texts.listedOn[language],
    status: texts.status[language],
  }
  return (
    <table class="wide stacked">
      <caption>{texts.caption[language]}</caption>
      <thead>
        <tr>
          {Object.values(heads).map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((entry) => (
          <tr key={entry.id}>
            <th scope="row">
              <a href={`/credit-files/${encodeURIComponent(entry.uscc)}`}>
                <Written text={entry.name} />
              </a>
              <span class="under">
                <Code text={entry.uscc} /> <Region code={entry.regionCode} />
              </span>
            </th>
            <td data-label={heads.ground}>
              {entry.ground.label}
              <span class="under">{entry.ground.article}</span>
            </td>
            <td data-label={heads.authority}>
              <Written text={entry.authority} />
              <span class="under">
                <Written text={entry.decisionNumber} />
              </span>
            </td>
            <td data-label={heads.listedOn}>
              <Day on={entry.listedOn} language={language} />
              {entry.status === 'in-force' && entry.expiresOn !== null && (
                <span class="under">
                  <span class="whole">
                    {texts.expiresOn[language]} <Day on={entry.expiresOn} language={language} />
                  </span>
                </span>
              )}
            </td>
            <td data-label={heads.status}>
              <span class={entry.status === 'in-force' ? `tag toned ${list}` : 'tag'}>
                {entry.status === 'in-force' && isMark(entry)
                  ? names.mark[language]
                  : texts.statuses[entry.status === 'in-force' ? 'in-force' : 'removed'][language]}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Region({ code }: { code: string }) {
  const name = regionNameOf(code)
  return name === null ? <Code text={code} /> : <Written text={name} />
}

function Take({ language, list, filter, csvRows }: ListView) {
  return (
    <section aria-labelledby="take">
      <h2 id="take">{texts.take[language]}</h2>
      <ul class="links">
        {feedsOf(list, filter).map(({ href, name, type }) => (
          <li key={name}>
            <a href={href} type={type}>
              {name}
            </a>
          </li>
        ))}
        <li>
          <a href={`/lists/${list}/entries.csv${queryOf(filter)}`} type="text/csv">
            {texts.csv[language]}
          </a>
        </li>
        <li>
          <a href={`/v1/lists/${list}/entries${queryOf(filter)}`} type="application/json">
            JSON
          </a>
        </li>
      </ul>
      <p class="hint">{texts.csvNote(csvRows)[language]}</p>
    </section>
  )
}
