import { dayOf, type Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { newestClosedWindow, rateOf } from './domain.ts'
import { countAll, findPosition, type Counts } from './repository.ts'
import type { Statistics } from './schemas.ts'

/** Reads the statistics of a region, given as the beginning of its code; empty for all. */
export type ReadStatistics = (regionCode: string) => Promise<Statistics>

/** More than all provinces; a caller who asks for every county does not fill the memory. */
const keptRegions = 100

/**
 * Statistics that follow the log: counted again only when the log has grown or a day has passed, since nothing of them
 * changes otherwise. Of several who ask at once one counts and all get its answer.
 */
export function statisticsReader(db: Db, clock: Clock): ReadStatistics {
  let kept = { valid: '', answers: new Map<string, Promise<Statistics>>() }
  return async (regionCode) => {
    const on = dayOf(clock.now())
    const valid = `${on} ${await findPosition(db)}`
    if (kept.valid !== valid) kept = { valid, answers: new Map() }
    const { answers } = kept
    let answer = answers.get(regionCode)
    if (answer === undefined) {
      answer = count(db, regionCode, on)
      if (answers.size < keptRegions) answers.set(regionCode, answer)
      // What failed is tried again.
      answer.catch(() => answers.delete(regionCode))
    }
    return answer
  }
}

async function count(db: Db, regionCode: string, on: string): Promise<Statistics> {
  const window = newestClosedWindow(on)
  const { position, listings, reporting, webPresences } = await countAll(db, { regionCode, ...window })
  const total = (of: 'count' | 'checked' | 'displayed') => webPresences.reduce((sum, row) => sum + row[of], 0)
  return {
    asOf: on,
    position,
    listings: group(listings),
    reporting: {
      reportYear: window.reportYear,
      windowClosedOn: window.closesOn,
      ...reporting,
      rate: rateOf(reporting.onTime, reporting.obliged),
    },
    licenceDisplay: {
      checked: total('checked'),
      displayed: total('displayed'),
      rate: rateOf(total('displayed'), total('checked')),
    },
    webPresences: {
      count: total('count'),
      byKind: webPresences.map(({ kind, count: ofKind }) => ({ kind, count: ofKind })),
    },
  }
}

/** Takes apart what was counted in one pass. */
function group(rows: Counts['listings']): Statistics['listings'] {
  const grouped: Statistics['listings'] = { byList: [], byGround: [], byRegion: [], byMonth: [] }
  for (const { list, groundCode, regionCode, month, count: ofRow } of rows) {
    if (groundCode !== null) grouped.byGround.push({ list, groundCode, count: ofRow })
    else if (regionCode !== null) grouped.byRegion.push({ list, regionCode, count: ofRow })
    else if (month !== null) grouped.byMonth.push({ list, month, count: ofRow })
    else grouped.byList.push({ list, count: ofRow })
  }
  return grouped
}
