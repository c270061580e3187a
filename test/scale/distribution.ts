/** The tables that would be spread over machines, and by which column (docs/operating/growth.md). */
export const spreadBy: ReadonlyMap<string, string> = new Map([
  ...[
    ...['subjects', 'web_presences', 'web_presence_claims', 'annual_reports', 'annual_report_revisions'],
    ...['listing_entries', 'decisions', 'penalties', 'honours', 'sanction_orders'],
  ].map((table) => [table, 'uscc'] as const),
  ['feed_events', 'position'],
])

/** Tables with a `uscc` that would stay whole, and why. */
export const whole: Record<string, string> = {
  decision_proposals:
    'What the staff have under way: as many rows as decisions are proposed, read by id and as work lists.',
  objections: 'Cases of the staff: a share of the entries on the lists, read by id and as work lists.',
  repairs: 'Cases of the staff: a share of the entries on the lists, read by id and as work lists.',
  quarantine: 'Records that were refused: bounded by what people settle.',
  overdue_steps: 'The daily report of the steps that are late.',
  sixty_day_notices: 'Notices under a rule that ended on 2024-04-30: it grows no more.',
  feed_outbox: 'Emptied every 20 ms; it lies where the sequencer is, beside the newest range of the log.',
}

/** Statements of requests that ask every shard, by what they have in them, and why that may be. */
export const fanOuts: { of: RegExp; reason: string }[] = [
  {
    of: /name_bigrams/,
    reason: 'Names are searched in memory; this is what answers until the index of the process is filled.',
  },
  {
    of: /web_presences w on w\.key = t\.key|from web_presences o where o\.key = w\.key|where a\.key = w\.key|w\.host = /,
    reason:
      'Who runs an address is asked by the address: a table address → uscc, spread by the address, would answer first.',
  },
  {
    of: /from web_presences w where w\.id = /,
    reason: 'The evidence of one visit of a site, for the staff: a few hundred a day.',
  },
  {
    of: /from decisions d where d\.(listing_id|id) /,
    reason:
      'The decisions of one entry, by its id, when one more is made: thousands a day, an index probe on each shard.',
  },
  {
    of: /from listing_entries l (join subjects s on s\.uscc = l\.uscc )?where l\.id /,
    reason:
      'One entry by its id, when a decision about it is made or its page is opened: an index probe on each shard.',
  },
  {
    of: /(from|update|into) sanction_orders\b/,
    reason: 'Agencies read and answer the orders given to them, by agency: their own work list.',
  },
  {
    of: /e\.event #>> '\{data,ground,code\}' as ground_code|json_build_object\( 'head'/,
    reason: 'Statistics and metrics count over everything, and are kept for seconds to minutes however many ask.',
  },
  {
    of: /distinct on \(e\.key\) e\.position/,
    reason: 'The index of who is listed, read once when a process starts and followed by position from then on.',
  },
  {
    of: /from penalties p where p\.id |update penalties p set shown/,
    reason: 'One penalty by its id, when it is withdrawn or repaired: an index probe on each shard.',
  },
  {
    of: /from listing_entries l .*where l\.list = |from penalties p .*order by/,
    reason:
      'A page of a public list: each shard answers its first rows, which are merged; the lists are 4% of the businesses.',
  },
]
