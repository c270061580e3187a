/** Lacks the code of its business: before the move the column is added and filled (docs/operating/growth.md). */
export const withoutCode: ReadonlyMap<string, string> = new Map([
  ['subject_history', 'subject_id'],
  ['penalty_history', 'penalty_id'],
  ['penalty_publications', 'penalty_id'],
  ['due_date_corrections', 'decision_id'],
  ['sanction_receipts', 'order_id'],
  ['web_check_states', 'web_presence_id'],
  ['web_check_visits', 'web_presence_id'],
  ['web_check_findings', 'web_presence_id'],
])

/** Belongs to a business and names its code: spread by it, so that a business lies in one place. */
export const byCode: readonly string[] = [
  ...['subjects', 'web_presences', 'annual_reports', 'annual_report_revisions'],
  ...['listing_entries', 'decisions', 'penalties', 'honours', 'sanction_orders'],
]

/** The tables that would be spread over machines, and by which column (docs/operating/growth.md). */
export const spreadBy: ReadonlyMap<string, string> = new Map([
  ...[...byCode, ...withoutCode.keys()].map((table) => [table, 'uscc'] as const),
  ['feed_events', 'position'],
  // Many of them name their business by its name alone.
  ['web_presence_claims', 'key'],
])

/**
 * Unique indexes of tables spread by the code that do not have it in them, which a distributed table must: each is made
 * with the code in front, and what that changes.
 */
export const uniqueWithoutCode: Record<string, string> = {
  ...of('Ids are UUIDs that the service makes: none is made twice. `on conflict (id)` becomes `(uscc, id)`.', [
    ...['subjects_pkey', 'web_presences_pkey', 'listing_entries_pkey', 'decisions_pkey', 'penalties_pkey'],
    ...['honours_pkey', 'sanction_orders_pkey'],
  ]),
  ...of('An entry is about one business for ever: the same is unique with its code.', [
    ...['decisions_one_after_another', 'sanction_orders_one_standing'],
  ]),
  ...of(
    'A business without a code is spread by `key`, which is its number: unique by that.',
    'subjects_registration_number_without_uscc',
  ),
  ...of(
    'A source may correct whom a record is about: the pull, of which one runs at a time, looks for the record first, as it does.',
    'penalties_one_row_a_record',
  ),
}

/** Tables that would be the same on every machine: small, and read beside those of a business. */
export const reference = ['rulebook_amendments', 'typical_cases', 'partners', 'partner_keys', 'sessions'] as const

/** Tables that would stay in one place, and why. */
export const whole: Record<string, string> = {
  ...of(
    'What the staff have under way: as many rows as cases, read by id and as work lists.',
    ...['decision_proposals', 'objections', 'repairs', 'leads', 'overdue_steps'],
  ),
  ...of('Records that were refused: bounded by what people settle.', 'quarantine'),
  ...of('Notices under a rule that ended on 2024-04-30: it grows no more.', 'sixty_day_notices'),
  ...of(
    'Emptied every 20 ms; it lies where the sequencer is, beside the newest range of the log.',
    ...['feed_outbox', 'feed_head'],
  ),
  ...of('Of a partner, by its id: subscriptions, monitors and what was asked and sent, kept for a time.', [
    ...['subscriptions', 'subscription_messages', 'subscription_deliveries', 'idempotency_keys'],
    ...['monitors', 'monitor_members', 'monitor_alerts', 'monitor_reader', 'screenings'],
  ]),
  ...of('Who did what: one chain in the order of commits, like the log.', 'audit_log', 'audit_chain', 'audit_pending'),
  ...of('Of jobs and of the service itself: a few rows, or old ones are dropped.', [
    ...['job_leader', 'job_runs', 'job_run_log', 'job_slots', 'feed_snapshots', 'partitioned_tables'],
    ...['decision_series', 'web_check_sites'],
  ]),
  ...of(
    'What sources sent, by hash and collection: written by one pull at a time, read when somebody asks for the proof.',
    [
      ...['source_bytes', 'source_byte_parts', 'source_intakes', 'source_checkpoints', 'source_states', 'source_stops'],
      ...['dropped_files', 'web_check_pages'],
    ],
  ),
}

function of(reason: string, ...tables: (string | string[])[]): Record<string, string> {
  return Object.fromEntries(tables.flat().map((table) => [table, reason]))
}

export interface FanOut {
  /** What the statement has in it, in one line; any statement without it. */
  of?: RegExp
  /** The tables that it may ask on all shards. */
  over: readonly string[]
  reason: string
}

/** Statements of requests that ask every shard of a table, and why they may. */
export const fanOuts: readonly FanOut[] = [
  {
    of: /name_bigrams/,
    over: ['subjects', 'web_presences'],
    reason: 'Names are searched in memory; this is what answers until the index of the process is filled.',
  },
  {
    of: /s\.uscc is null and s\.id = any/,
    over: ['subjects'],
    reason: 'Businesses without a code that a search has found, by their ids; those with a code are named by it.',
  },
  {
    of: /select s\.name from subjects s where \(char_length/,
    over: ['subjects'],
    reason: 'Whether the text of a typical case gives a business away: a few times a month, read through all names.',
  },
  {
    of: /web_presences w on w\.key = t\.key|from web_presences o where o\.key = w\.key|where a\.key = w\.key|w\.host = /,
    over: ['web_presences'],
    reason:
      'Who runs an address is asked by the address: a table address → uscc, spread by the address, would answer first.',
  },
  {
    of: /from web_presence_claims /,
    over: ['web_presence_claims'],
    reason:
      'Claims lie with the address that they are about; those of one record or of one business are asked by files of the past, by the provenance, and when staff retry a record: seldom.',
  },
  {
    of: /from web_presences w where w\.id = /,
    over: ['web_presences'],
    reason: 'The evidence of one visit of a site, for the staff: a few hundred a day.',
  },
  {
    of: /from listing_entries l (join subjects s on s\.uscc = l\.uscc )?where l\.(list = \$\d+ and l\.)?id /,
    over: ['listing_entries', 'subjects'],
    reason:
      'One entry by its id, when a decision about it is made or its page is opened: an index probe on each shard.',
  },
  {
    of: /json_build_object\( 'head'/,
    over: ['sanction_orders'],
    reason: 'Metrics count over everything, and are kept for ten seconds however many ask.',
  },
  {
    of: /from sanction_orders o where (true|o\.agency_code = |o\.status = |o\.id in .* and o\.agency_code = )|join sanction_orders o on o\.status/,
    over: ['sanction_orders'],
    reason: 'Agencies read and answer the orders given to them, by agency: their own work list.',
  },
  {
    of: /e\.event #>> '\{data,ground,code\}' as ground_code/,
    over: ['feed_events', 'subjects', 'web_presences', 'annual_reports'],
    reason: 'Statistics count over everything, and are kept for minutes however many ask.',
  },
  {
    of: /distinct on \(e\.key\) e\.position/,
    over: ['feed_events', 'subjects'],
    reason: 'The index of who is listed, read once when a process starts and followed by position from then on.',
  },
  {
    of: /(from|update) penalties p (set .* )?where p\.id |join subjects s on s\.uscc = p\.uscc where p\.id /,
    over: ['penalties', 'subjects'],
    reason: 'One penalty by its id, when it is withdrawn or repaired: an index probe on each shard.',
  },
  {
    of: /from listing_entries l .*where l\.list = |from penalties p .*order by p\./,
    over: ['listing_entries', 'penalties', 'subjects'],
    reason:
      'A page of a public list: each shard answers its first rows, which are merged; the lists are 4% of the businesses.',
  },
  {
    over: [...withoutCode.keys()],
    reason: 'Read and written by the id of what it belongs to, which names the business; it gets a code of its own.',
  },
]

/** Statements of requests that lock rows of several businesses, which Citus does not do in one statement, and why. */
export const locksOfSeveral: readonly { of: RegExp; reason: string }[] = [
  {
    of: /from sanction_orders o where o\.id in .* and o\.agency_code = /,
    reason:
      'The orders that an agency answers together: before the move they are found first, and locked one business at a time.',
  },
]
