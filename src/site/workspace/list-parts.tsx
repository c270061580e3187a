import type { ComponentChildren } from 'preact'
import type { Language, Text } from '../../platform/language.ts'
import { Day, Fact } from '../parts.tsx'
import { queryOf } from './api.ts'
import type { Field } from './form.ts'
import { listTexts as texts } from './texts.ts'
import type { Visit } from './visit.ts'

/** A page of a list as the API answers it. */
export interface Page<Item> {
  items: Item[]
  next: string | null
}

/** What follows a change: said once, from a closed list of words, so that no address can put words in our mouth. */
export function Done({ visit, texts: words }: { visit: Visit; texts: Readonly<Record<string, Text>> }) {
  const done = visit.query['done'] ?? ''
  const text = Object.hasOwn(words, done) ? words[done] : undefined
  if (text === undefined) return null
  return (
    <p class="done" role="status">
      {text[visit.language]}
    </p>
  )
}

/** Narrows a list down; sent by GET, so that what it shows has an address. */
export function Filters({ visit, fields }: { visit: Visit; fields: readonly Field[] }) {
  const { language, path, query } = visit
  return (
    <search>
      <form method="get" action={path} class="filters">
        {fields.map((field) => (
          <div key={field.name}>
            <label for={`filter-${field.name}`}>{field.label[language]}</label>
            {field.kind === 'choice' ? (
              <select id={`filter-${field.name}`} name={field.name}>
                {field.options.map(({ value, label }) => (
                  <option key={value} value={value} selected={value === (query[field.name] ?? '')}>
                    {label}
                  </option>
                ))}
              </select>
            ) : (
              <input
                id={`filter-${field.name}`}
                name={field.name}
                {...(field.kind === 'day' ? { type: 'date' } : { type: 'text' })}
                value={query[field.name] ?? ''}
              />
            )}
          </div>
        ))}
        <button type="submit" class="quiet">
          {texts.apply[language]}
        </button>
      </form>
    </search>
  )
}

/** The way to the next page of a list, and back to the first. */
export function Pager({
  visit,
  next,
  parameter = 'cursor',
}: {
  visit: Visit
  next: string | null
  parameter?: string
}) {
  const { language, path, query } = visit
  const isFirst = query[parameter] === undefined
  if (isFirst && next === null) return null
  const { [parameter]: _, done: __, ...filter } = query
  return (
    <nav class="pager" aria-label={texts.pages[language]}>
      <ul>
        {!isFirst && (
          <li>
            <a href={`${path}${queryOf(filter)}`}>{texts.first[language]}</a>
          </li>
        )}
        {next !== null && (
          <li>
            <a rel="next" href={`${path}${queryOf({ ...filter, [parameter]: next })}`}>
              {texts.next[language]}
            </a>
          </li>
        )}
      </ul>
    </nav>
  )
}

/** Things one below the other, or the words for none. */
export function Items({ language, children }: { language: Language; children: ComponentChildren[] }) {
  if (children.length === 0) return <p class="none">{texts.none[language]}</p>
  return <ul class="items">{children}</ul>
}

/** A table that scrolls by itself where the window is narrow, by keyboard too. */
export function TableFrame({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="scroll" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  )
}

/** Text as a machine wrote it; it scrolls by itself where it is long, by keyboard too. */
export function Raw({ label, text }: { label: string; text: string }) {
  return (
    <pre class="raw" role="group" aria-label={label} translate={false} tabIndex={0}>
      <code>{text}</code>
    </pre>
  )
}

export interface Deadline {
  step: string
  code: string
  dueOn: string | null
  article: string
  provisional: boolean
  overdue: boolean
}

const isDuty = ({ step }: Deadline) => step.endsWith('-by') && step !== 'object-by'

/** The deadline of the authority's own that comes next; undefined where the law sets none. */
export function nextDuty(deadlines: readonly Deadline[]): Deadline | undefined {
  return deadlines
    .filter((deadline) => isDuty(deadline) && deadline.dueOn !== null)
    .toSorted((a, b) => ((a.dueOn ?? '') < (b.dueOn ?? '') ? -1 : 1))[0]
}

/** A due day with a sign in words where it has passed. */
function Due({ deadline, language }: { deadline: Pick<Deadline, 'dueOn' | 'overdue'>; language: Language }) {
  return (
    <>
      {deadline.dueOn === null ? texts.unknownDay[language] : <Day on={deadline.dueOn} language={language} />}
      {deadline.overdue && (
        <>
          {' '}
          <span class="tag alert">{texts.overdue[language]}</span>
        </>
      )}
    </>
  )
}

/** What is to be done next, and by which day. */
export function NextDuty({ deadline, language }: { deadline: Deadline; language: Language }) {
  return (
    <>
      <span class="hint">{deadlineText(deadline.step, language)}</span> <Due deadline={deadline} language={language} />
    </>
  )
}

/** The legal deadlines of a matter, each with its article. */
export function Deadlines({ deadlines, language }: { deadlines: readonly Deadline[]; language: Language }) {
  if (deadlines.length === 0) return <p class="none">{texts.noDeadlines[language]}</p>
  return (
    <dl class="facts">
      {deadlines.map((deadline) => (
        <Fact key={deadline.code} term={deadlineText(deadline.step, language)}>
          <Due deadline={deadline} language={language} />
          {deadline.provisional && <> · {texts.provisional[language]}</>}
          <br />
          <span class="hint">{deadline.article}</span>
        </Fact>
      ))}
    </dl>
  )
}

/** A step of the law in words. */
function deadlineText(step: string, language: Language): string {
  const text = Object.hasOwn(texts.steps, step) ? (texts.steps as Record<string, Text>)[step] : undefined
  return text?.[language] ?? step
}
