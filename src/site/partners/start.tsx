import type { Checkpoint } from '../../feed/checkpoint.ts'
import { findHead } from '../../feed/repository.ts'
import type { Db } from '../../platform/db.ts'
import { Code, Fact, Snippet } from '../parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Raw } from '../workspace/list-parts.tsx'
import { maySome, type OpenLook, type Pages } from '../workspace/visit.ts'
import { start as texts } from './texts.ts'

/** What the service is for partners, and the first call of it; with the signed checkpoint for who may read the feed. */
export function registerStart(pages: Pages, db: Db): void {
  pages.open('/partners', async (look) => {
    const { visit } = look
    const checkpoint =
      visit !== null && maySome(visit.session, 'feed')
        ? await visit.api.get<Checkpoint>('/v1/feed/checkpoint')
        : { ...(await findHead(db)), signature: null }
    return { html: page(look, checkpoint) }
  })
}

interface Shown {
  position: number
  hash: string
  signature: string | null
}

function page(look: OpenLook, { position, hash, signature }: Shown): string {
  const { language, publicUrl, visit } = look
  return workspacePage(look, {
    title: texts.title[language],
    section: '/partners',
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        <dl class="facts">
          <Fact term={texts.head[language]}>
            <Code text={String(position)} />
          </Fact>
          <Fact term={texts.hash[language]}>{hash !== '' && <Code text={hash} />}</Fact>
          <Fact term={texts.checkpoint[language]}>
            {signature !== null && (
              <details>
                <summary>{texts.checkpointText[language]}</summary>
                <Raw label={texts.checkpoint[language]} text={signature} />
              </details>
            )}
          </Fact>
        </dl>
        <section aria-labelledby="who">
          <h2 id="who">{texts.who[language]}</h2>
          <ul class="cards">
            <li class="card">
              <h3>{texts.agency[language]}</h3>
              <p>{texts.agencyText[language]}</p>
            </li>
            <li class="card">
              <h3>{texts.platform[language]}</h3>
              <p>{texts.platformText[language]}</p>
            </li>
          </ul>
        </section>
        <section aria-labelledby="key">
          <h2 id="key">{texts.keyTitle[language]}</h2>
          <p>
            {texts.key[language]} {visit === null && <a href="/sign-in?next=%2Fpartners">{texts.signIn[language]}</a>}
          </p>
          <p>{texts.operator[language]}</p>
          <Snippet
            label={texts.operator[language]}
            code={[
              'npx xinjian partner create --name 云州市财政局 --kind agency --agency 财政部',
              'npx xinjian key create --partner <id> --scope feed',
              '',
              'npx xinjian partner create --name 示例商城 --kind platform',
              'npx xinjian key create --partner <id> --scope screening',
            ].join('\n')}
          />
        </section>
        <section aria-labelledby="call">
          <h2 id="call">{texts.callTitle[language]}</h2>
          <h3>{texts.curlFeed[language]}</h3>
          <Snippet
            label={texts.curlFeed[language]}
            code={`curl -H "Authorization: Bearer $KEY" \\\n  '${publicUrl}/v1/feed/events?after=0&limit=10'`}
          />
          <h3>{texts.curlScreen[language]}</h3>
          <Snippet label={texts.curlScreen[language]} code={curlScreening(publicUrl)} />
          <h3>{texts.typescript[language]}</h3>
          <p>{texts.typescriptText[language]}</p>
          <Snippet label={texts.typescript[language]} code={typescript(publicUrl)} />
        </section>
        <section aria-labelledby="more">
          <h2 id="more">{texts.more[language]}</h2>
          <ul>
            <li>
              <a href="/feed">{texts.feedPage[language]}</a>
            </li>
            <li>
              <a href="/docs">{texts.docs[language]}</a>
            </li>
          </ul>
        </section>
      </>
    ),
  })
}

function curlScreening(publicUrl: string): string {
  const body = JSON.stringify({ candidates: [{ ref: 'seller-1', uscc: '91999900MA0000015N' }] })
  return [
    `curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\`,
    `  -d '${body}' \\`,
    `  '${publicUrl}/v1/screenings'`,
  ].join('\n')
}

function typescript(publicUrl: string): string {
  return [
    `import { createXinjianClient } from '@xinjian/client'`,
    '',
    `const client = createXinjianClient({ baseUrl: '${publicUrl}', key: process.env.KEY })`,
    `const { data } = await client.POST('/v1/screenings', {`,
    `  body: { candidates: [{ ref: 'seller-1', uscc: '91999900MA0000015N' }] },`,
    '})',
    `if (data?.results[0]?.decision === 'block') closeShop('seller-1')`,
  ].join('\n')
}
