import type { TypicalCase } from '../../cases/schemas.ts'
import { dayOf } from '../../platform/clock.ts'
import type { Language } from '../../platform/language.ts'
import { renderPage } from '../layout.tsx'
import { Code, Day, Fact, visible, Written } from '../parts.tsx'
import { list as listNames } from '../texts.ts'
import { cases as texts } from './texts.ts'

interface CasesView {
  language: Language
  items: readonly TypicalCase[]
  next: string | null
  isFirst: boolean
  publicUrl: string
}

/** The typical cases, newest first. */
export function casesPage({ language, items, next, isFirst, publicUrl }: CasesView): string {
  return renderPage({
    language,
    title: texts.title[language],
    canonical: `${publicUrl}/cases`,
    json: '/v1/cases',
    current: '/cases',
    isPrivate: !isFirst,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        {items.length === 0 ? (
          <p class="notice pad">{texts.none[language]}</p>
        ) : (
          <ul class="results cases">
            {items.map((one) => (
              <li key={one.id}>
                <div>
                  <h2>
                    <a href={`/cases/${one.id}`}>
                      <Written text={one.title} />
                    </a>
                  </h2>
                  <p class="meta">
                    <span>{listNames[one.list][language]}</span>
                    <Period of={one} language={language} />
                  </p>
                  <p>{one.ground.label}</p>
                </div>
              </li>
            ))}
          </ul>
        )}
        {next !== null && (
          <nav class="pages" aria-label={texts.pages[language]}>
            <a rel="next" href={`/cases?cursor=${encodeURIComponent(next)}`}>
              {texts.next[language]}
            </a>
          </nav>
        )}
      </>
    ),
  })
}

function Period({ of, language }: { of: TypicalCase; language: Language }) {
  return (
    <span>
      <Day on={of.periodFrom} language={language} />
      {of.periodTo !== of.periodFrom && (
        <>
          {' – '}
          <Day on={of.periodTo} language={language} />
        </>
      )}
    </span>
  )
}

/** One typical case. */
export function casePage(view: { language: Language; read: TypicalCase; publicUrl: string }): string {
  const { language, read, publicUrl } = view
  const publishedOn = dayOf(new Date(read.publishedAt))
  const changedOn = dayOf(new Date(read.changedAt))
  return renderPage({
    language,
    title: read.title,
    canonical: `${publicUrl}/cases/${read.id}`,
    json: `/v1/cases/${read.id}`,
    current: '/cases',
    children: (
      <article>
        <p class="trail">
          <a href="/cases">{texts.all[language]}</a>
        </p>
        <h1>
          <Written text={read.title} />
        </h1>
        <p class="meta">
          <span>
            {texts.publishedOn[language]} <Day on={publishedOn} language={language} />
          </span>
          {changedOn !== publishedOn && (
            <span>
              {texts.changedOn[language]} <Day on={changedOn} language={language} />
            </span>
          )}
          {language === 'en' && <span>{texts.originalLanguage.en}</span>}
        </p>
        <div class="prose" lang="zh-CN">
          {read.paragraphs.map((paragraph, place) => (
            <p key={place} dir="auto">
              {visible(paragraph)}
            </p>
          ))}
        </div>
        <dl class="facts">
          <Fact term={texts.list[language]}>
            <a href={`/lists/${read.list}`}>{listNames[read.list][language]}</a>
          </Fact>
          <Fact term={texts.ground[language]}>
            {read.ground.label}{' '}
            <a href={`/lists/${read.list}?ground=${encodeURIComponent(read.ground.code)}`}>
              <Code text={read.ground.code} />
            </a>
          </Fact>
          <Fact term={texts.article[language]}>{read.ground.article}</Fact>
          <Fact term={texts.period[language]}>
            <Period of={read} language={language} />
          </Fact>
          <Fact term={texts.businesses[language]}>
            {read.businesses.length > 0 && (
              <ul class="plain">
                {read.businesses.map(({ uscc, name }) => (
                  <li key={uscc}>
                    <a href={`/credit-files/${encodeURIComponent(uscc)}`}>
                      <Written text={name} />
                    </a>
                  </li>
                ))}
              </ul>
            )}
          </Fact>
        </dl>
      </article>
    ),
  })
}
