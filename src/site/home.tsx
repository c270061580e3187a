import type { Language } from '../platform/language.ts'
import { renderPage } from './layout.tsx'
import { SearchBox, StandingMark } from './parts.tsx'
import { common, home } from './texts.ts'

const standings = ['clear', 'abnormal', 'serious-violator'] as const

/** Where to go from here, besides searching. */
const doors = [
  ['/warnings', common.warnings, home.toWarnings],
  ['/lists', common.lists, home.toLists],
  ['/statistics', common.statistics, home.toStatistics],
  ['/rulebook', common.rulebook, home.toRulebook],
  ['/cases', common.cases, home.toCases],
  ['/about', common.about, home.toAbout],
] as const

/** The front page: what this is, and one search box. */
export function homePage({ language, publicUrl }: { language: Language; publicUrl: string }): string {
  return renderPage({
    language,
    title: '',
    canonical: `${publicUrl}/`,
    current: '/',
    hasSearch: true,
    children: <Home language={language} />,
  })
}

function Home({ language }: { language: Language }) {
  return (
    <>
      <section class="hero">
        <h1>{home.title[language]}</h1>
        <p class="lead">{home.lead[language]}</p>
        <SearchBox language={language} large />
      </section>
      <section aria-labelledby="standings">
        <h2 id="standings">{home.standings[language]}</h2>
        <ul class="cards">
          {standings.map((standing) => (
            <li key={standing} class="card">
              <StandingMark standing={standing} language={language} />
              <p>{home[standing][language]}</p>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="doors">
        <h2 id="doors">{home.doors[language]}</h2>
        <ul class="doors">
          {doors.map(([href, name, what]) => (
            <li key={href}>
              <a href={href}>{name[language]}</a>
              <p>{what[language]}</p>
            </li>
          ))}
        </ul>
      </section>
      <div class="columns">
        <section aria-labelledby="inside">
          <h2 id="inside">{home.inside[language]}</h2>
          <ul>
            <li>{home.insideWho[language]}</li>
            <li>{home.insideLists[language]}</li>
            <li>{home.insideSites[language]}</li>
          </ul>
        </section>
        <section aria-labelledby="partners">
          <h2 id="partners">{home.partners[language]}</h2>
          <p>{home.partnersText[language]}</p>
          <ul>
            <li>
              <a href="/feed">{common.feed[language]}</a>
            </li>
            <li>
              <a href="/docs">{common.docs[language]}</a>
            </li>
          </ul>
        </section>
      </div>
    </>
  )
}
