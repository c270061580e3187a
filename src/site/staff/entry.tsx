import type { ListedEntry } from '../../credit-files/schemas.ts'
import type { Language } from '../../platform/language.ts'
import { Problem } from '../../platform/problem.ts'
import { Code, Day } from '../parts.tsx'
import type { Visit } from '../workspace/visit.ts'
import { words } from './texts.ts'

/** An entry on either list, as it may be shown. */
export async function findEntry({ api }: Pick<Visit, 'api'>, id: string): Promise<ListedEntry> {
  const path = (list: string) => `/v1/lists/${list}/entries/${encodeURIComponent(id)}`
  try {
    return await api.get<ListedEntry>(path('abnormal'))
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'unknown-listing') throw error
    return api.get<ListedEntry>(path('serious-violator'))
  }
}

/** The same for a page that is about something else; undefined where the id is none, or its entry is out of view. */
export async function entryIfShown(visit: Pick<Visit, 'api'>, id: string): Promise<ListedEntry | undefined> {
  if (id === '') return undefined
  try {
    return await findEntry(visit, id)
  } catch (error) {
    if (error instanceof Problem && ['unknown-listing', 'invalid-request'].includes(error.code)) return undefined
    throw error
  }
}

/** An entry in a line: its list, its day and its ground. */
export function EntryLine({ entry, language }: { entry: ListedEntry; language: Language }) {
  return (
    <>
      {words.list[entry.list][language]} · <Day on={entry.listedOn} language={language} /> ·{' '}
      <Code text={entry.ground.code} /> {entry.ground.label}
    </>
  )
}
