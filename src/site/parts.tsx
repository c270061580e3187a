import type { ComponentChildren } from 'preact'
import type { CreditFile } from '../credit-files/schemas.ts'
import type { Language } from '../platform/language.ts'
import { searchBox, standing as standingTexts } from './texts.ts'

export type Standing = CreditFile['standing']

export const tagOf = { zh: 'zh-CN', en: 'en' } as const

/**
 * Text from outside without the characters that steer its direction or cannot be seen (Unicode UAX 9, TR36): with them
 * a name could be shown as another one.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu, '')
}

/** A name, address or number as a register or a business wrote it: Chinese, whatever the language of the page. */
export function Written({ text }: { text: string }) {
  return <bdi lang="zh-CN">{visible(text)}</bdi>
}

/** What somebody wrote in a form of several lines, its lines kept. */
export function WrittenLines({ text }: { text: string }) {
  return (
    <bdi class="said" lang="zh-CN">
      {text.split(/\r?\n/).map(visible).join('\n')}
    </bdi>
  )
}

/** A code or number, in letters of one width. */
export function Code({ text }: { text: string }) {
  return <code translate={false}>{visible(text)}</code>
}

const months = 'January February March April May June July August September October November December'.split(' ')

/** A day as people write it in the language, from `YYYY-MM-DD`. */
export function Day({ on, language }: { on: string; language: Language }) {
  const [year = 0, month = 0, day = 0] = on.split('-').map(Number)
  return (
    <time dateTime={on}>
      {language === 'zh' ? `${year}年${month}月${day}日` : `${day} ${months[month - 1] ?? ''} ${year}`}
    </time>
  )
}

/** A moment as people in China read it, to the minute. */
export function Moment({ at, language }: { at: string; language: Language }) {
  const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'medium',
    timeStyle: 'short',
  })
  return <time dateTime={at}>{format.format(new Date(at))}</time>
}

/** Code to copy; it scrolls by itself, by keyboard too. */
export function Snippet({ label, code }: { label: string; code: string }) {
  return (
    <pre role="group" aria-label={label} tabIndex={0}>
      <code translate={false}>{code}</code>
    </pre>
  )
}

/** The address if a browser may follow it from our page, else null: nothing but the web (design rule 9). */
function followable(address: string): string | null {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
}

/** An address that a business filed; a link only if a browser may follow it. */
export function OutsideLink({ address }: { address: string }) {
  const href = followable(address)
  if (href === null) return <bdi class="address">{visible(address)}</bdi>
  return (
    <a class="address" href={href} rel="nofollow noopener noreferrer">
      <bdi>{visible(address)}</bdi>
    </a>
  )
}

/** A shape of its own for each standing, so that colour is never the only sign. */
export function StandingIcon({ standing }: { standing: Standing }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      {standing === 'clear' && (
        <>
          <circle cx="12" cy="12" r="10" />
          <path class="sign" d="M7.5 12.5l3 3 6-6.5" />
        </>
      )}
      {standing === 'abnormal' && (
        <>
          <path d="M12 2.5L23 21.5H1z" />
          <path class="sign" d="M12 9.5v5.5M12 18v.5" />
        </>
      )}
      {standing === 'serious-violator' && (
        <>
          <path d="M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z" />
          <path class="sign" d="M8.5 8.5l7 7M15.5 8.5l-7 7" />
        </>
      )}
    </svg>
  )
}

/** The standing at a glance, in words, by shape and by colour. */
export function StandingMark({ standing, language }: { standing: Standing; language: Language }) {
  return (
    <span class={`mark ${standing}`}>
      <StandingIcon standing={standing} />
      {standingTexts[standing][language]}
    </span>
  )
}

/** The one search box; `large` with its hint on the pages that are about searching. */
export function SearchBox({ language, q = '', large = false }: { language: Language; q?: string; large?: boolean }) {
  return (
    <search class={large ? 'search large' : 'search'}>
      <form action="/search" method="get">
        <label for="q">{large ? searchBox.label[language] : searchBox.short[language]}</label>
        <div class="field">
          <input
            id="q"
            name="q"
            type="search"
            value={q}
            required
            maxLength={4000}
            autocomplete="off"
            data-suggest="q-names"
            autocapitalize="off"
            spellcheck={false}
            {...(large && { 'aria-describedby': 'q-hint' })}
          />
          <button type="submit">{searchBox.button[language]}</button>
          <datalist id="q-names" />
        </div>
        {large && (
          <p id="q-hint" class="hint">
            {searchBox.hint[language]}
          </p>
        )}
      </form>
    </search>
  )
}

/** A term with its value; nothing where there is no value. */
export function Fact({ term, children }: { term: string; children: ComponentChildren }) {
  if (children === null || children === undefined || children === '' || children === false) return null
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** A part of the file under its heading; nothing when it is empty. */
export function Section(props: { id: string; title: string; isEmpty?: boolean; children: ComponentChildren }) {
  if (props.isEmpty === true) return null
  return (
    <section aria-labelledby={props.id}>
      <h2 id={props.id}>{props.title}</h2>
      {props.children}
    </section>
  )
}
