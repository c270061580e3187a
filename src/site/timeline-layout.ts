import type { CreditFile } from '../credit-files/schemas.ts'

/** Something that happened on a day, or lasted. */
export interface Mark {
  /** Place on the axis, from 0 to 1. */
  at: number
  /** The end of what lasted; null for what happened on one day. */
  to: number | null
  /** What lasts still has no end of its own. */
  isOpen: boolean
  tone: 'plain' | 'alert' | 'abnormal' | 'serious-violator' | 'good'
}

export type LaneName = 'registration' | 'web-presences' | 'listings' | 'penalties' | 'sanctions' | 'honours'

export interface Timeline {
  from: string
  to: string
  lanes: { name: LaneName; rows: Mark[][] }[]
  /** First days of years, with their places. */
  years: { year: number; at: number }[]
}

const dayNumber = (on: string) => Date.parse(`${on}T00:00:00Z`) / 86_400_000

/** As many bars as lie below each other in one lane. */
const rowsInLane = 6
/** As many years as have room for their numbers. */
const yearsShown = 12

/** What a file tells, laid out along time from the first day that it knows to `asOf`; null when it knows of no day. */
export function layOut(file: CreditFile): Timeline | null {
  const days = [
    file.subject.establishedOn,
    ...file.annualReports.map(({ publishedOn }) => publishedOn),
    ...file.webPresences.map(({ firstSeenOn }) => firstSeenOn),
    ...file.listings.map(({ listedOn }) => listedOn),
    ...file.penalties.map(({ decidedOn }) => decidedOn),
    ...file.honours.map(({ awardedOn }) => awardedOn),
    ...file.sanctions.map(({ imposedOn }) => imposedOn),
  ].filter((day) => day !== null)
  const from = days.reduce((first, day) => (day < first ? day : first), file.asOf)
  if (days.length === 0 || from === file.asOf) return null
  const to = file.asOf
  const [first, last] = [dayNumber(from), dayNumber(to)]
  const at = (on: string) => Math.min(1, Math.max(0, (dayNumber(on) - first) / (last - first)))
  const point = (on: string, tone: Mark['tone']): Mark => ({ at: at(on), to: null, isOpen: false, tone })
  const bar = (on: string, end: string | null, tone: Mark['tone']): Mark => ({
    at: at(on),
    to: end === null ? 1 : at(end),
    isOpen: end === null || end > to,
    tone,
  })
  const { establishedOn } = file.subject
  const lanes: Timeline['lanes'] = [
    {
      name: 'registration',
      rows: [
        [
          ...(establishedOn === null ? [] : [point(establishedOn, 'good')]),
          ...file.annualReports.map(({ publishedOn, onTime }) => point(publishedOn, onTime ? 'plain' : 'alert')),
        ],
      ],
    },
    { name: 'web-presences', rows: [apart(file.webPresences.map(({ firstSeenOn }) => point(firstSeenOn, 'plain')))] },
    {
      name: 'listings',
      rows: file.listings
        .slice(0, rowsInLane)
        .map(({ listedOn, removedOn, list }) => [bar(listedOn, removedOn, list)])
        .reverse(),
    },
    { name: 'penalties', rows: [file.penalties.map(({ decidedOn }) => point(decidedOn, 'alert'))] },
    { name: 'sanctions', rows: measureBars(file.sanctions, bar) },
    { name: 'honours', rows: [file.honours.map(({ awardedOn }) => point(awardedOn, 'good'))] },
  ]
  return {
    from,
    to,
    lanes: lanes
      .map(({ name, rows }) => ({ name, rows: rows.filter((row) => row.length > 0) }))
      .filter(({ rows }) => rows.length > 0),
    years: yearsBetween(from, to).map((year) => ({ year, at: at(`${year}-01-01`) })),
  }
}

/** Points of the same place once. */
function apart(marks: readonly Mark[]): Mark[] {
  return [...new Map(marks.map((mark) => [mark.at, mark])).values()]
}

/** The measures that follow from one entry, of one time, as one bar. */
function measureBars(
  sanctions: CreditFile['sanctions'],
  bar: (on: string, end: string | null, tone: Mark['tone']) => Mark,
): Mark[][] {
  const spans = new Map(
    sanctions.map(({ listingId, imposedOn, until }) => [
      `${listingId} ${imposedOn} ${until ?? ''}`,
      { imposedOn, until },
    ]),
  )
  return [...spans.values()].slice(0, rowsInLane).map(({ imposedOn, until }) => [bar(imposedOn, until, 'alert')])
}

function yearsBetween(from: string, to: string): number[] {
  const [first, last] = [Number(from.slice(0, 4)) + 1, Number(to.slice(0, 4))]
  const step = Math.max(1, Math.ceil((last - first + 1) / yearsShown))
  const years: number[] = []
  for (let year = last; year >= first; year -= step) years.unshift(year)
  return years
}
