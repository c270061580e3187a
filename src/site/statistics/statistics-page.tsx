import type { ComponentChildren } from 'preact'
import type { Language, Text } from '../../platform/language.ts'
import type { Rulebook } from '../../rulebook/rulebook.ts'
import type { Statistics } from '../../statistics/schemas.ts'
import { renderPage } from '../layout.tsx'
import { Code, Day, Fact, Written } from '../parts.tsx'
import { provinces, regionNameOf } from '../regions.ts'
import { list as names, webPresenceKind } from '../texts.ts'
import { groundRows, monthRows, monthsShown, percent, rateRows, regionRows, type CountRow } from './series.ts'
import { statistics as texts } from './texts.ts'

export const chartNames = ['by-month', 'by-ground', 'by-region', 'rates'] as const
export type ChartName = (typeof chartNames)[number]

interface View {
  language: Language
  statistics: Statistics
  rulebook: Rulebook
  /** Beginning of a region code; empty for all. */
  regionCode: string
  publicUrl: string
}

/** What the lists and the registry come to: each picture with the table that says the same. */
export function statisticsPage(view: View): string {
  const { language, statistics, regionCode, publicUrl } = view
  const here = `/statistics${regionCode === '' ? '' : `?regionCode=${regionCode}`}`
  return renderPage({
    language,
    title: texts.title[language],
    here,
    canonical: publicUrl + here,
    json: `/v1${here}`,
    current: '/statistics',
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        <RegionForm {...view} />
        <section aria-labelledby="overview">
          <h2 id="overview">{texts.overview[language]}</h2>
          <p class="hint">
            {regionCode === '' ? (
              texts.whole[language]
            ) : (
              <>
                {texts.inRegion[language]} <Region code={regionCode} />
              </>
            )}
            {' · '}
            {texts.asOf[language]} <Day on={statistics.asOf} language={language} />
          </p>
          <Overview {...view} />
        </section>
        <Charts {...view} />
        <section aria-labelledby="kinds">
          <h2 id="kinds">{texts.kinds[language]}</h2>
          <table>
            <thead>
              <tr>
                <th scope="col">{texts.kind[language]}</th>
                <th scope="col" class="number">
                  {texts.count[language]}
                </th>
              </tr>
            </thead>
            <tbody>
              {statistics.webPresences.byKind.map(({ kind, count }) => (
                <tr key={kind}>
                  <th scope="row">{webPresenceKind[kind][language]}</th>
                  <td class="number">{number(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <p class="json">
          <a href={`/v1${here}`} type="application/json">
            {texts.json[language]}
          </a>
        </p>
      </>
    ),
  })
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}

function Region({ code }: { code: string }) {
  const name = regionNameOf(code)
  return (
    <>
      {name !== null && <Written text={name} />} <Code text={code} />
    </>
  )
}

function RegionForm({ language, regionCode }: View) {
  return (
    <form class="filters" action="/statistics" method="get">
      <div>
        <label for="s-region">{texts.region[language]}</label>
        <input
          id="s-region"
          name="regionCode"
          inputMode="numeric"
          pattern="\d{2,6}"
          maxLength={6}
          list="s-provinces"
          autocomplete="off"
          value={regionCode}
        />
        <datalist id="s-provinces">
          {provinces.map(({ code, name }) => (
            <option key={code} value={code.slice(0, 2)} label={name} />
          ))}
        </datalist>
      </div>
      <div class="act">
        <button type="submit">{texts.show[language]}</button>
        {regionCode !== '' && <a href="/statistics">{texts.whole[language]}</a>}
      </div>
    </form>
  )
}

function Overview({ language, statistics }: View) {
  const [reporting, display] = rateRows(statistics, language)
  const rate = (row: { rate: number | null } | undefined) =>
    row?.rate == null ? <small>{texts.unknown[language]}</small> : percent(row.rate)
  return (
    <dl class="figures">
      {(['serious-violator', 'abnormal'] as const).map((list) => (
        <Fact key={list} term={names[list][language]}>
          {number(statistics.listings.byList.find((row) => row.list === list)?.count ?? 0)}
        </Fact>
      ))}
      <Fact term={reporting?.label ?? ''}>{rate(reporting)}</Fact>
      <Fact term={display?.label ?? ''}>{rate(display)}</Fact>
      <Fact term={texts.webPresences[language]}>{number(statistics.webPresences.count)}</Fact>
    </dl>
  )
}

function Charts(view: View) {
  const { language, statistics, rulebook } = view
  const months = monthRows(statistics)
  return (
    <>
      <Chart {...view} name="by-month" title={texts.overTime} isEmpty={months.length === 0}>
        <p class="hint">{texts.newest(Math.min(months.length, monthsShown))[language]}</p>
        <CountTable rows={months} head={texts.month[language]} language={language} />
      </Chart>
      <Chart {...view} name="by-ground" title={texts.byGround} isEmpty={statistics.listings.byGround.length === 0}>
        <CountTable
          rows={groundRows(statistics, rulebook, language)}
          head={texts.ground[language]}
          language={language}
          withCodes
        />
      </Chart>
      <Chart {...view} name="by-region" title={texts.byRegion} isEmpty={statistics.listings.byRegion.length === 0}>
        <CountTable rows={regionRows(statistics)} head={texts.province[language]} language={language} />
      </Chart>
      <Chart {...view} name="rates" title={texts.rates} isEmpty={false}>
        <table class="stacked slim">
          <caption class="unseen">{texts.rates[language]}</caption>
          <thead>
            <tr>
              <th scope="col">{texts.measure[language]}</th>
              <th scope="col" class="number">
                {texts.part[language]}
              </th>
              <th scope="col" class="number">
                {texts.of[language]}
              </th>
              <th scope="col" class="number">
                {texts.rate[language]}
              </th>
            </tr>
          </thead>
          <tbody>
            {rateRows(statistics, language).map(({ label, part, whole, rate }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td class="number" data-label={texts.part[language]}>
                  {number(part)}
                </td>
                <td class="number" data-label={texts.of[language]}>
                  {number(whole)}
                </td>
                <td class="number" data-label={texts.rate[language]}>
                  {rate === null ? texts.unknown[language] : percent(rate)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Chart>
    </>
  )
}

const onTelephone = '(max-width: 30rem)'
const inDark = '(prefers-color-scheme: dark)'

/** A picture with its table: the picture in the size and colours that the reader's screen asks for. */
function Chart(props: View & { name: ChartName; title: Text; isEmpty: boolean; children: ComponentChildren }) {
  const { language, regionCode, statistics, name, title, isEmpty, children } = props
  const address = (theme: 'light' | 'dark', size: 'wide' | 'narrow') =>
    `/statistics/charts/${name}.svg?${new URLSearchParams({
      ...(regionCode !== '' && { regionCode }),
      ...{ theme, size, lang: language, at: `${statistics.position}-${statistics.asOf}` },
    }).toString()}`
  return (
    <section aria-labelledby={name}>
      <h2 id={name}>{title[language]}</h2>
      {isEmpty ? (
        <p>{texts.none[language]}</p>
      ) : (
        <>
          <picture class="chart">
            <source media={`${onTelephone} and ${inDark}`} srcset={address('dark', 'narrow')} />
            <source media={onTelephone} srcset={address('light', 'narrow')} />
            <source media={inDark} srcset={address('dark', 'wide')} />
            <img src={address('light', 'wide')} alt={title[language]} width={900} loading="lazy" />
          </picture>
          <details>
            <summary>{texts.table[language]}</summary>
            {children}
          </details>
        </>
      )}
    </section>
  )
}

const lists = ['abnormal', 'serious-violator'] as const

function CountTable(props: { rows: readonly CountRow[]; head: string; language: Language; withCodes?: boolean }) {
  const { rows, head, language, withCodes } = props
  return (
    <table class="stacked slim">
      <caption class="unseen">{head}</caption>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          {lists.map((list) => (
            <th key={list} scope="col" class="number">
              {names[list][language]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.code}>
            <th scope="row">
              {row.label} {withCodes === true && <Code text={row.code} />}
            </th>
            {lists.map((list) => (
              <td key={list} class="number" data-label={names[list][language]}>
                {number(row[list])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
