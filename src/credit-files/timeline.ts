import type { Language, Text } from '../platform/language.ts'
import type { CreditFile, TimelineItem } from './schemas.ts'

const words = {
  registered: { zh: '成立', en: 'Established' },
  'web-presence': { zh: '网站或网店', en: 'Site or shop' },
  'annual-report': { zh: '公示年度报告', en: 'Published its annual report' },
  'listing-entered': { zh: '列入', en: 'Entered' },
  'listing-removed': { zh: '移出', en: 'Removed' },
  'penalty-decided': { zh: '行政处罚', en: 'Penalty' },
  'honour-awarded': { zh: '荣誉', en: 'Honour' },
  'sanction-imposed': { zh: '联合惩戒措施', en: 'Joint-sanction measure' },
} as const satisfies Record<TimelineItem['type'], Text>

/** Every published fact of a file with its day, oldest first; what the file does not show is not here either. */
export function timelineOf(file: CreditFile, language: Language): TimelineItem[] {
  const item = (type: TimelineItem['type'], at: string, reference: string, what?: string): TimelineItem => ({
    at,
    type,
    title:
      what === undefined ? words[type][language] : `${words[type][language]}${language === 'zh' ? '：' : ': '}${what}`,
    reference,
  })
  const { subject } = file
  const items = [
    ...(subject.establishedOn === null ? [] : [item('registered', subject.establishedOn, subject.uscc)]),
    ...file.webPresences.map(({ id, name, firstSeenOn }) => item('web-presence', firstSeenOn, id, name)),
    ...file.annualReports.map(({ year, publishedOn }) =>
      item('annual-report', publishedOn, String(year), String(year)),
    ),
    ...file.listings.flatMap(({ id, ground, listedOn, removedOn, removalReason }) => [
      item('listing-entered', listedOn, id, ground.label),
      ...(removedOn === null ? [] : [item('listing-removed', removedOn, id, removalReason ?? ground.label)]),
    ]),
    ...file.penalties.map(({ decisionNumber, decidedOn, kind }) =>
      item('penalty-decided', decidedOn, decisionNumber, kind),
    ),
    ...file.honours.map(({ title, awardedOn }) => item('honour-awarded', awardedOn, title, title)),
    ...file.sanctions.map(({ measureCode, label, agency, imposedOn, listingId }) =>
      item('sanction-imposed', imposedOn, `${listingId}/${measureCode}/${agency}`, label),
    ),
  ]
  return items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** What the timeline is ordered by, and a page of it goes on from. */
export function keyOf({ at, type, reference }: TimelineItem): string {
  return `${at} ${type} ${reference}`
}
