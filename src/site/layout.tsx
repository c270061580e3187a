import type { ComponentChildren } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { Language } from '../platform/language.ts'
import { version } from '../platform/project.ts'
import { hrefOf } from './assets.ts'
import { SearchBox, tagOf, visible } from './parts.tsx'
import { common } from './texts.ts'

export interface PageProps {
  language: Language
  /** What this page is, before the name of the service; empty on the front page. */
  title: string
  /** The address of this page and no other writing of it, for search engines. */
  canonical?: string
  /** The same content for machines. */
  json?: string
  /** What search engines must leave alone: people, answers to a question, faults. */
  isPrivate?: boolean
  /** The page has a search box of its own. */
  hasSearch?: boolean
  current?: '/' | '/feed'
  children: ComponentChildren
}

/** A whole page as HTML: the one layout around what is the page's own. */
export function renderPage(props: PageProps): string {
  return `<!doctype html>${renderToString(<Page {...props} />)}`
}

function Page({ language, title, canonical, json, isPrivate, hasSearch, current, children }: PageProps) {
  const service = `${common.brand[language]} · ${common.tagline[language]}`
  return (
    <html lang={tagOf[language]}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === '' ? service : `${visible(title)} – ${service}`}</title>
        {isPrivate === true && <meta name="robots" content="noindex" />}
        {canonical !== undefined && <link rel="canonical" href={canonical} />}
        {json !== undefined && <link rel="alternate" type="application/json" href={json} />}
        <link rel="icon" type="image/svg+xml" href={hrefOf('icon.svg')} />
        <link rel="stylesheet" href={hrefOf('site.css')} />
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
            <nav aria-label={common.sections[language]}>
              <ul>
                <NavItem href="/" text={common.home[language]} current={current} />
                <NavItem href="/feed" text={common.feed[language]} current={current} />
                <NavItem href="/docs" text={common.docs[language]} current={current} />
              </ul>
            </nav>
          </div>
        </header>
        <main id="content" tabIndex={-1}>
          {children}
          {hasSearch !== true && <SearchBox language={language} />}
        </main>
        <footer class="site">
          <div class="inner">
            <p>{common.footer[language]}</p>
            <p>
              {common.brand[language]} {version} · {common.languageNote[language]}
            </p>
          </div>
        </footer>
      </body>
    </html>
  )
}

function NavItem({ href, text, current }: { href: string; text: string; current: string | undefined }) {
  return (
    <li>
      <a href={href} {...(href === current && { 'aria-current': 'page' as const })}>
        {text}
      </a>
    </li>
  )
}
