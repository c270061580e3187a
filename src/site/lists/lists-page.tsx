import type { Language } from '../../platform/language.ts'
import { lists as listNames } from '../../listings/vocabulary.ts'
import type { Statistics } from '../../statistics/schemas.ts'
import { renderPage } from '../layout.tsx'
import { StandingMark } from '../parts.tsx'
import { list as names } from '../texts.ts'
import { lists as texts } from './texts.ts'

/** The two lists, each with what it is and how long it is. */
export function listsPage(view: { language: Language; counts: Statistics['listings']['byList']; publicUrl: string }) {
  const { language, counts, publicUrl } = view
  return renderPage({
    language,
    title: texts.title[language],
    canonical: `${publicUrl}/lists`,
    current: '/lists',
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        <ul class="cards wide">
          {listNames.toReversed().map((list) => (
            <li key={list} class="card">
              <StandingMark standing={list} language={language} />
              <h2>
                <a href={`/lists/${list}`}>{names[list][language]}</a>
              </h2>
              <p>{texts.about[list][language]}</p>
              <dl class="count">
                <dt>{texts.inForce[language]}</dt>
                <dd>{(counts.find((row) => row.list === list)?.count ?? 0).toLocaleString('en-US')}</dd>
              </dl>
            </li>
          ))}
        </ul>
      </>
    ),
  })
}
