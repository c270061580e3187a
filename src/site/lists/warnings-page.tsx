import type { PresenceInUse } from '../../credit-files/listing-repository.ts'
import type { ListedEntry } from '../../credit-files/schemas.ts'
import type { List } from '../../listings/vocabulary.ts'
import type { Language } from '../../platform/language.ts'
import { renderPage } from '../layout.tsx'
import { Day, OutsideLink, Section, StandingMark, Written } from '../parts.tsx'
import { list as names, webPresenceKind } from '../texts.ts'
import { warnings as texts } from './texts.ts'

export interface Warned {
  list: List
  entries: readonly (ListedEntry & { presences: readonly PresenceInUse[] })[]
  /** Where the next ones are; null when these are all. */
  next: string | null
}

interface WarningsView {
  language: Language
  /** How far back is looked. */
  days: number
  groups: readonly Warned[]
  isFirst: boolean
  publicUrl: string
}

/** Sellers that were entered on a list lately and still sell: what a shopper should know today. */
export function warningsPage({ language, days, groups, isFirst, publicUrl }: WarningsView): string {
  return renderPage({
    language,
    title: texts.title[language],
    canonical: `${publicUrl}/warnings`,
    current: '/warnings',
    isPrivate: !isFirst,
    feeds: [
      { href: '/lists/serious-violator/rss.xml', title: texts.followSerious[language], type: 'application/rss+xml' },
      { href: '/lists/abnormal/rss.xml', title: texts.followAbnormal[language], type: 'application/rss+xml' },
    ],
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead(days)[language]}</p>
        {groups.map((group) => (
          <Section key={group.list} id={group.list} title={names[group.list][language]}>
            {group.entries.length === 0 ? <p>{texts.none[language]}</p> : <Warnings {...group} language={language} />}
            {group.next !== null && (
              <p>
                <a rel="next" href={group.next}>
                  {texts.more[language]}
                </a>
              </p>
            )}
          </Section>
        ))}
        <ul class="links">
          <li>
            <a href="/lists/serious-violator/rss.xml">{texts.followSerious[language]} (RSS)</a>
          </li>
          <li>
            <a href="/lists/abnormal/rss.xml">{texts.followAbnormal[language]} (RSS)</a>
          </li>
        </ul>
      </>
    ),
  })
}

function Warnings({ list, entries, language }: Warned & { language: Language }) {
  return (
    <ul class="warned">
      {entries.map((entry) => (
        <li key={entry.id} class={`entry ${list}`}>
          <div class="head">
            <h3>
              <a href={`/credit-files/${encodeURIComponent(entry.uscc)}`}>
                <Written text={entry.name} />
              </a>
            </h3>
            <StandingMark standing={list} language={language} />
          </div>
          <p>
            {texts.listedOn[language]} <Day on={entry.listedOn} language={language} />
            {language === 'zh' ? '：' : ': '}
            {entry.ground.label}
          </p>
          <p class="hint">{texts.sells[language]}</p>
          <ul>
            {entry.presences.map(({ id, kind, name, url }) => (
              <li key={id}>
                <Written text={name} /> <span class="tag">{webPresenceKind[kind][language]}</span>{' '}
                <OutsideLink address={url} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}
