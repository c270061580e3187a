import { stringify } from 'csv-stringify/sync'
import { Feed } from 'feed'
import type { ListedEntry } from '../../credit-files/schemas.ts'
import type { List } from '../../listings/vocabulary.ts'
import type { Language } from '../../platform/language.ts'
import { tagOf, visible } from '../parts.tsx'
import { list as names } from '../texts.ts'
import { csvHeads, lists as texts } from './texts.ts'

/**
 * Entries as a table for a spreadsheet: UTF-8 with the mark by which Excel knows it, and nothing that a spreadsheet would
 * run as a formula (OWASP, CSV injection): such a text begins with an apostrophe.
 */
export function entriesCsv(entries: readonly ListedEntry[], language: Language): string {
  const rows = entries.map(({ ground, status, ...entry }) => ({
    ...entry,
    ground: ground.label,
    groundCode: ground.code,
    article: ground.article,
    status: status === 'removed' ? texts.statuses.removed[language] : texts.statuses['in-force'][language],
  }))
  return stringify(
    rows.map((row) =>
      Object.fromEntries(Object.keys(csvHeads).map((key) => [key, visible(row[key as keyof typeof csvHeads] ?? '')])),
    ),
    {
      header: true,
      bom: true,
      escape_formulas: true,
      record_delimiter: 'windows',
      columns: Object.entries(csvHeads).map(([key, head]) => ({ key, header: head[language] })),
    },
  )
}

/** What XML 1.0 cannot hold, whatever a register may write. */
const notXml = /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Readers of feeds take titles for HTML (RSS Advisory Board profile; `type="html"` in Atom): a name must not be. */
function asHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return visible(text)
    .replace(notXml, '')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
}

interface FeedView {
  list: List
  entries: readonly ListedEntry[]
  language: Language
  /** Path and query of the feed, and of the page that it is about. */
  path: string
  page: string
  publicUrl: string
}

/** New entries for a reader of news, as RSS 2.0 or Atom 1.0. The same entries make the same bytes, whenever asked. */
export function entriesFeed(
  format: 'rss' | 'atom',
  { list, entries, language, path, page, publicUrl }: FeedView,
): string {
  const atDayOf = (on: string) => new Date(`${on}T00:00:00+08:00`)
  const newest = entries.reduce((latest, { listedOn }) => (listedOn > latest ? listedOn : latest), '2014-10-01')
  const feed = new Feed({
    id: publicUrl + page,
    link: publicUrl + page,
    title: texts.feedOf[list][language],
    description: texts.feedDescription[language],
    language: tagOf[language],
    updated: atDayOf(newest),
    copyright: '',
    feedLinks: { [format]: publicUrl + path },
    generator: 'Xinjian',
  })
  for (const { id, uscc, name, ground, authority, decisionNumber, listedOn } of entries) {
    const separator = language === 'zh' ? '：' : ': '
    feed.addItem({
      id: `urn:uuid:${id}`,
      guid: `urn:uuid:${id}`,
      title: asHtml(`${name}${separator}${names[list][language]}`),
      link: `${publicUrl}/credit-files/${uscc}`,
      date: atDayOf(listedOn),
      description: asHtml(`${ground.label}（${ground.article}）。${authority} ${decisionNumber}`),
    })
  }
  return format === 'rss' ? feed.rss2() : feed.atom1()
}
