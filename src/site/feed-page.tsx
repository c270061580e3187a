import type { Checkpoint } from '../feed/checkpoint.ts'
import type { Language } from '../platform/language.ts'
import { renderPage } from './layout.tsx'
import { Code, Fact, Moment, Snippet } from './parts.tsx'
import { common, feed as texts } from './texts.ts'

interface FeedView {
  language: Language
  checkpoint: Checkpoint
  publicUrl: string
}

/** For partner agencies: what the feed is, how one gets a key, the first call of it, and where the log stands. */
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

function Feed({ language, checkpoint, publicUrl }: FeedView) {
  return (
    <>
      <h1>{texts.title[language]}</h1>
      <p class="lead">{texts.lead[language]}</p>
      <dl class="figure">
        <dt>{texts.head[language]}</dt>
        <dd>{checkpoint.position}</dd>
      </dl>
      <section aria-labelledby="key">
        <h2 id="key">{texts.keyTitle[language]}</h2>
        <p>
          {texts.key[language]} <a href="/partners">{common.partners[language]}</a>
        </p>
      </section>
      <section aria-labelledby="call">
        <h2 id="call">{texts.callTitle[language]}</h2>
        <p>{texts.call[language]}</p>
        <h3>curl</h3>
        <Snippet label="curl" code={curl(publicUrl, texts.placeholder[language])} />
        <h3>TypeScript</h3>
        <p>{texts.typescript[language]}</p>
        <Snippet label="TypeScript" code={typescript(publicUrl)} />
      </section>
      <section aria-labelledby="then">
        <h2 id="then">{texts.thenTitle[language]}</h2>
        <ol class="steps">
          {texts.then.map((step) => (
            <li key={step.en}>{step[language]}</li>
          ))}
        </ol>
      </section>
      <section aria-labelledby="checkpoint">
        <h2 id="checkpoint">{texts.checkpointTitle[language]}</h2>
        <p>{texts.checkpoint[language]}</p>
        <dl class="facts">
          <Fact term={texts.position[language]}>
            <Code text={String(checkpoint.position)} />
          </Fact>
          <Fact term={texts.hash[language]}>{checkpoint.hash !== '' && <Code text={checkpoint.hash} />}</Fact>
          <Fact term={texts.signedAt[language]}>
            <Moment at={checkpoint.createdAt} language={language} />
          </Fact>
          <Fact term={texts.signature[language]}>
            <Code text={checkpoint.signature} />
          </Fact>
        </dl>
        <p>
          {texts.verify[language]} <a href="/.well-known/jwks.json">JWKS</a>
        </p>
      </section>
      <p>
        {texts.more[language]}
        {language === 'zh' ? '：' : ': '}
        <a href="/docs">{common.docs[language]}</a>
        {language === 'zh' ? '、' : ', '}
        <a href="/openapi.json">OpenAPI 3.1</a>
      </p>
    </>
  )
}

const curl = (publicUrl: string, key: string) =>
  `curl -H 'Authorization: Bearer ${key}' \\\n  '${publicUrl}/v1/feed/events?after=0&limit=10'`

const typescript = (publicUrl: string) =>
  [
    `import { createXinjianClient } from '@xinjian/client'`,
    '',
    `const client = createXinjianClient({ baseUrl: '${publicUrl}', key: process.env.KEY })`,
    `const { data } = await client.GET('/v1/feed/events', { params: { query: { after: 0, limit: 10 } } })`,
    `for (const { sequence, type, subject } of data?.events ?? []) console.log(sequence, type, subject)`,
  ].join('\n')
