import type { ComponentChildren } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { Language } from '../platform/language.ts'
import { version } from '../platform/project.ts'
import { hrefOf, type AssetName } from './assets.ts'
import { SearchBox, tagOf, visible } from './parts.tsx'
import { common } from './texts.ts'

/** A link of a navigation. */
export interface NavLink {
  href: string
  text: string
}

export interface PageProps {
  language: Language
  /** What this page is, before the name of the service; empty on the front page. */
  title: string
  /** Path and query of this page, so that the links to the other language lead to the same content. */
  here?: string
  /** The address of this page and no other writing of it, for search engines. */
  canonical?: string
  /** The same content for machines. */
  json?: string
  /** Feeds of news that belong to this page. */
  feeds?: readonly { href: string; title: string; type: 'application/rss+xml' | 'application/atom+xml' }[]
  /** What search engines must leave alone: people, answers to a question, faults. */
  isPrivate?: boolean
  /** The page has a search box of its own, or wants none. */
  hasSearch?: boolean
  /** The `href` of the navigation's link that this page belongs to. */
  current?: string
  /** Navigation of an area of its own (staff, partners), below that of the service; `current` marks its links too. */
  area?: { label: string; links: readonly NavLink[] }
  /** Who is signed in, with the way out; beside the language. */
  account?: ComponentChildren
  /** Style sheets besides the one of all pages. */
  styles?: readonly AssetName[]
  /** Wide tables take the whole window. */
  isWide?: boolean
  /** The page of ours that the browser goes on to by itself. */
  goesOnTo?: string
  children: ComponentChildren
}

/** What stands around the pages of who has signed in. */
export type PageFrame = Pick<PageProps, 'area' | 'account' | 'styles'>

const sections = [
  ['/', common.home],
  ['/lists', common.lists],
  ['/warnings', common.warnings],
  ['/statistics', common.statistics],
  ['/rulebook', common.rulebook],
  ['/cases', common.cases],
  ['/feed', common.feed],
] as const

/** A whole page as HTML: the one layout around what is the page's own. */
export function renderPage(props: PageProps): string {
  return `<!doctype html>${renderToString(<Page {...props} />)}`
}

function Page(props: PageProps) {
  const { language, title, canonical, json, isPrivate, hasSearch, current, area } = props
  const service = `${common.brand[language]} · ${common.tagline[language]}`
  return (
    <html lang={tagOf[language]}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === '' ? service : `${visible(title)} – ${service}`}</title>
        {isPrivate === true && <meta name="robots" content="noindex" />}
        {props.goesOnTo !== undefined && <meta http-equiv="refresh" content={`0;url=${props.goesOnTo}`} />}
        {canonical !== undefined && <link rel="canonical" href={canonical} />}
        {json !== undefined && <link rel="alternate" type="application/json" href={json} />}
        {props.feeds?.map((feed) => (
          <link key={feed.href} rel="alternate" type={feed.type} title={feed.title} href={feed.href} />
        ))}
        <link rel="icon" type="image/svg+xml" href={hrefOf('icon.svg')} />
        <link rel="stylesheet" href={hrefOf('site.css')} />
        {props.styles?.map((name) => (
          <link key={name} rel="stylesheet" href={hrefOf(name)} />
        ))}
        <script src={hrefOf('site.js')} defer />
      </head>
      <body>
        <a class="skip" href="#content">
          {common.skip[language]}
        </a>
        <header class="site">
          <div class="inner">
            <a class="brand" href="/">
              <span class="seal" aria-hidden="true" lang="zh-CN">
                信
              </span>
              <span>
                <strong>{common.brand[language]}</strong> <small>{common.tagline[language]}</small>
              </span>
            </a>
            <div class="tools">
              {props.account ?? <a href="/sign-in">{common.signIn[language]}</a>}
              <LanguageLinks language={language} here={props.here} />
            </div>
          </div>
          <div class="bar">
            <Nav
              label={common.sections[language]}
              links={sections.map(([href, text]) => ({ href, text: text[language] }))}
              current={current}
            />
          </div>
          {area !== undefined && (
            <div class="bar area">
              <Nav label={area.label} links={area.links} current={current} />
            </div>
          )}
        </header>
        <main id="content" tabIndex={-1} {...(props.isWide === true && { class: 'wide' })}>
          {props.children}
          {hasSearch !== true && <SearchBox language={language} />}
        </main>
        <footer class="site">
          <div class="inner">
            <p>{common.footer[language]}</p>
            <ul class="links">
              <li>
                <a href="/about">{common.about[language]}</a>
              </li>
              <li>
                <a href="/partners">{common.partners[language]}</a>
              </li>
              <li>
                <a href="/docs">{common.docs[language]}</a>
              </li>
              <li>
                <a href="/openapi.json">OpenAPI</a>
              </li>
            </ul>
            <p>
              {common.brand[language]} {version}
            </p>
          </div>
        </footer>
      </body>
    </html>
  )
}

/** The two languages, each in its own words; a choice is remembered. */
function LanguageLinks({ language, here }: { language: Language; here: string | undefined }) {
  return (
    <ul class="languages" aria-label={common.languages[language]}>
      {(['zh', 'en'] as const).map((other) => (
        <li key={other}>
          {other === language ? (
            <span aria-current="true" lang={tagOf[other]}>
              {common.ownName[other]}
            </span>
          ) : (
            <a href={inOtherLanguage(here ?? '', other)} lang={tagOf[other]} hreflang={tagOf[other]}>
              {common.ownName[other]}
            </a>
          )}
        </li>
      ))}
    </ul>
  )
}

function inOtherLanguage(here: string, language: Language): string {
  const [path = '', query = ''] = here.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set('lang', language)
  return `${path}?${parameters.toString()}`
}

function Nav({ label, links, current }: { label: string; links: readonly NavLink[]; current: string | undefined }) {
  return (
    <nav aria-label={label}>
      <ul>
        {links.map(({ href, text }) => (
          <li key={href}>
            <a href={href} {...(href === current && { 'aria-current': 'page' as const })}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
