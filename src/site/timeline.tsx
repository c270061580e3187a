import type { CreditFile } from '../credit-files/schemas.ts'
import { timelineOf } from '../credit-files/timeline.ts'
import type { Language } from '../platform/language.ts'
import { Day, Section, visible } from './parts.tsx'
import { timeline as texts } from './file-texts.ts'
import { layOut, type Mark, type Timeline } from './timeline-layout.ts'

const width = 720
const left = 104
const right = 16
const rowHeight = 26
const top = 12

const x = (at: number) => Math.round((left + at * (width - left - right)) * 10) / 10

/** As many facts as the table has; the JSON has all. */
const shownFacts = 60

/** What happened when, as a picture, and as a table that says the same in words. */
export function TimelineSection({ file, language }: { file: CreditFile; language: Language }) {
  const layout = layOut(file)
  if (layout === null) return null
  const facts = grouped(timelineOf(file, language))
  return (
    <Section id="timeline" title={texts.title[language]}>
      <div class="scroll" role="region" aria-label={texts.picture[language]} tabIndex={0}>
        <Picture layout={layout} language={language} facts={facts.length} />
      </div>
      <details>
        <summary>{texts.inWords[language]}</summary>
        <table class="wide">
          <caption class="unseen">{texts.title[language]}</caption>
          <thead>
            <tr>
              <th scope="col">{texts.day[language]}</th>
              <th scope="col">{texts.fact[language]}</th>
            </tr>
          </thead>
          <tbody>
            {facts
              .slice(-shownFacts)
              .reverse()
              .map(({ key, at, title, count }) => (
                <tr key={key}>
                  <th scope="row">
                    <Day on={at} language={language} />
                  </th>
                  <td>
                    <bdi>{visible(title)}</bdi>
                    {count > 1 && ` ${texts.andMore(count - 1)[language]}`}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
        {facts.length > shownFacts && <p>{texts.newestOf(shownFacts, facts.length)[language]}</p>}
      </details>
    </Section>
  )
}

/** Facts of one kind and day together: a report that names thirty shops is one of them. */
function grouped(items: ReturnType<typeof timelineOf>) {
  const groups = new Map<string, { key: string; at: string; title: string; count: number }>()
  for (const { at, type, title, reference } of items) {
    const mayJoin = type === 'web-presence' || type === 'sanction-imposed'
    const key = mayJoin ? `${at} ${type}` : `${at} ${type} ${reference}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { key, at, title, count: 1 })
    else group.count += 1
  }
  return [...groups.values()]
}

function Picture({ layout, language, facts }: { layout: Timeline; language: Language; facts: number }) {
  const { from, to, lanes, years } = layout
  const heights = lanes.map(({ rows }) => rows.length * rowHeight + 8)
  const bottom = top + heights.reduce((sum, height) => sum + height, 0)
  let y = top
  return (
    <svg
      class="timeline"
      viewBox={`0 0 ${width} ${bottom + 26}`}
      width={width}
      height={bottom + 26}
      role="img"
      aria-labelledby="timeline-title timeline-desc"
    >
      <title id="timeline-title">{texts.title[language]}</title>
      <desc id="timeline-desc">{texts.description(facts, from, to)[language]}</desc>
      {years.map(({ year, at }) => (
        <g key={year}>
          <line class="grid" x1={x(at)} x2={x(at)} y1={top} y2={bottom} />
          <text class="year" x={x(at)} y={bottom + 18} text-anchor="middle">
            {year}
          </text>
        </g>
      ))}
      {lanes.map(({ name, rows }, lane) => {
        const start = y
        y += heights[lane] ?? 0
        return (
          <g key={name}>
            <line class="grid" x1={0} x2={width} y1={y} y2={y} />
            <text class="lane" x={0} y={start + (heights[lane] ?? 0) / 2 + 5}>
              {texts.lanes[name][language]}
            </text>
            {rows.map((marks, row) =>
              marks.map((mark, place) => (
                <Shape key={place} mark={mark} y={start + 4 + row * rowHeight + rowHeight / 2} />
              )),
            )}
          </g>
        )
      })}
    </svg>
  )
}

/** What lasted is a bar, with an arrow while it lasts; what happened is a dot, or a diamond where it is a warning. */
function Shape({ mark: { at, to, isOpen, tone }, y }: { mark: Mark; y: number }) {
  const start = x(at)
  if (to !== null) {
    const end = Math.max(x(to), start + 4)
    return isOpen ? (
      <path class={tone} d={`M${start} ${y - 7}H${end}l8 7l-8 7H${start}z`} />
    ) : (
      <rect class={tone} x={start} y={y - 7} width={end - start} height={14} rx={2} />
    )
  }
  if (tone === 'alert') return <path class={tone} d={`M${start} ${y - 7}l7 7l-7 7l-7 -7z`} />
  return <circle class={tone} cx={start} cy={y} r={5.5} />
}
