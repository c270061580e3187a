import { presentRulebook } from '../law/service.ts'
import { listProposals } from '../listings/decisions/service.ts'
import { deadlinesOfObjection, listObjections } from '../objections/service.ts'
import type { Db } from '../platform/db.ts'
import { deadlinesOfRepair, listRepairs } from '../repairs/service.ts'
import { replaceOverdueSteps, type OverdueStep } from './repository.ts'

const pageSize = 200

/** Every row of a list that is read page by page. */
async function all<Row extends { id: string }>(
  page: (after: string | null) => Promise<Row[]>,
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  const rows: Row[] = []
  for (let after: string | null = null; ;) {
    signal?.throwIfAborted()
    const next = await page(after)
    rows.push(...next)
    after = next.at(-1)?.id ?? null
    if (next.length < pageSize) return rows
  }
}

/**
 * Counts and keeps the steps of staff whose legal deadline was over before `on`: decisions that wait for approval, and
 * objections and repairs that wait for an answer. A second run for the day puts its report in the place of the first.
 */
export async function reportOverdueSteps({
  db,
  on,
  signal,
}: {
  db: Db
  on: string
  signal?: AbortSignal | undefined
}): Promise<Record<OverdueStep['kind'], number>> {
  const rulebook = await presentRulebook(db)
  const steps: OverdueStep[] = []
  const take = (
    kind: OverdueStep['kind'],
    row: { id: string; uscc: string },
    due: { step: string; dueOn: string | null }[],
  ) => {
    for (const { step, dueOn } of due) {
      if (dueOn !== null && dueOn < on) steps.push({ kind, referenceId: row.id, uscc: row.uscc, step, dueOn })
    }
  }
  const proposals = await all(
    (after) => listProposals(db, { status: 'proposed', today: on, after, limit: pageSize }),
    signal,
  )
  for (const row of proposals) take('decision', row, [{ step: row.action, dueOn: row.dueOn }])
  const objections = await all(
    (after) => listObjections(db, { status: ['filed', 'accepted', 'upheld'], after, limit: pageSize }),
    signal,
  )
  for (const row of objections) take('objection', row, await deadlinesOfObjection(db, rulebook, row, on))
  const repairs = await all(
    (after) => listRepairs(db, { status: ['filed', 'accepted', 'granted'], after, limit: pageSize }),
    signal,
  )
  for (const row of repairs) take('repair', row, await deadlinesOfRepair(db, rulebook, row, on))
  await db.transaction((tx) => replaceOverdueSteps(tx, on, steps))
  const count = (kind: OverdueStep['kind']) => steps.filter((step) => step.kind === kind).length
  return { decision: count('decision'), objection: count('objection'), repair: count('repair') }
}
