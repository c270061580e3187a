import type { Language } from '../platform/language.ts'
import { renderPage } from './layout.tsx'
import { common, feed as texts } from './texts.ts'

interface FeedView {
  language: Language
  /** The newest position of the log. */
  head: number
  publicUrl: string
}

/** For partner agencies: what the feed is, and the first call of it. */
export function feedPage(view: FeedView): string {
  return renderPage({
    language: view.language,
    title: texts.title[view.language],
    canonical: `${view.publicUrl}/feed`,
    current: '/feed',
    hasSearch: true,
    children: <Feed {...view} />,
  })
}

function Feed({ language, head, publicUrl }: FeedView) {
  return (
    <>
      <h1>{texts.title[language]}</h1>
      <p class="lead">{texts.lead[language]}</p>
      <dl class="figure">
        <dt>{texts.head[language]}</dt>
        <dd>{head}</dd>
      </dl>
      <section aria-labelledby="key">
        <h2 id="key">{texts.keyTitle[language]}</h2>
        <p>{texts.key[language]}</p>
      </section>
      <section aria-labelledby="call">
        <h2 id="call">{texts.callTitle[language]}</h2>
        <p id="call-text">{texts.call[language]}</p>
        <pre role="region" aria-label="curl" tabIndex={0}>
          <code translate={false}>
            {`curl -H 'Authorization: Bearer ${texts.placeholder[language]}' \\\n  '${publicUrl}/v1/feed/events?after=0&limit=10'`}
          </code>
        </pre>
      </section>
      <section aria-labelledby="then">
        <h2 id="then">{texts.thenTitle[language]}</h2>
        <ol class="steps">
          {texts.then.map((step) => (
            <li key={step.en}>{step[language]}</li>
          ))}
        </ol>
        <p>
          {texts.more[language]}
          {language === 'zh' ? '：' : ': '}
          <a href="/docs">{common.docs[language]}</a>
          {language === 'zh' ? '、' : ', '}
          <a href="/openapi.json">OpenAPI 3.1</a>
        </p>
      </section>
    </>
  )
}
