import { sql } from 'drizzle-orm'
import { asJson, type Tx } from '../platform/db.ts'

export interface OverdueStep {
  kind: 'decision' | 'objection' | 'repair'
  referenceId: string
  uscc: string
  step: string
  dueOn: string
}

/** Keeps what was overdue on a day, in the place of what was kept for that day before. */
export async function replaceOverdueSteps(tx: Tx, on: string, steps: readonly OverdueStep[]): Promise<void> {
  await tx.execute(sql`delete from overdue_steps where reported_on = ${on}`)
  await tx.execute(sql`
    insert into overdue_steps (reported_on, kind, reference_id, uscc, step, due_on)
    select ${on}, o.kind, o."referenceId", o.uscc, o.step, o."dueOn"
    from json_to_recordset(${asJson(steps)}) as o (kind text, "referenceId" uuid, uscc text, step text, "dueOn" date)`)
}
