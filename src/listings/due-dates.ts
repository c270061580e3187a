import { v7 as uuidv7 } from 'uuid'
import { appendEvents } from '../feed/service.ts'
import { presentRulebook } from '../law/service.ts'
import type { Db, Tx } from '../platform/db.ts'
import { groundOfVersion } from '../rulebook/grounds.ts'
import type { LegalText, Rulebook } from '../rulebook/rulebook.ts'
import { stepDue } from '../rulebook/steps.ts'
import { dueDayOf } from './decisions/domain.ts'
import { listProposalsWithoutDueDay, updateProposal } from './decisions/repository.ts'
import { insertCorrections, listWithoutDueDay, type WithoutDueDay } from './due-date-repository.ts'

const chunkSize = 2000

/**
 * Tells the due days that could not be told when entries were decided, since the working days of that year were not
 * loaded then: each is kept beside its decision, with an event. Proposals that wait get theirs too. What can still not be
 * told stays open; running it again changes nothing.
 */
export async function correctDueDates(db: Db, now: Date): Promise<{ entries: number; proposals: number }> {
  const rulebook = await presentRulebook(db)
  let entries = 0
  let after: string | null = null
  for (;;) {
    const from: string | null = after
    const chunk: Corrected = await db.transaction((tx) => correctChunk(tx, rulebook, from, now))
    entries += chunk.corrected
    if (chunk.last === null) break
    after = chunk.last
  }
  const proposals = await db.transaction((tx) => correctProposals(tx, rulebook))
  return { entries, proposals }
}

interface Corrected {
  corrected: number
  /** The last decision that was looked at; null when there was none left. */
  last: string | null
}

async function correctChunk(tx: Tx, rulebook: Rulebook, after: string | null, now: Date): Promise<Corrected> {
  const decisions = await listWithoutDueDay(tx, after, chunkSize)
  const corrections = decisions.flatMap((decision) => {
    const due = dueOf(rulebook, decision)
    return due === null ? [] : [{ ...decision, ...due }]
  })
  await insertCorrections(tx, corrections, now)
  await appendEvents(
    tx,
    corrections.map(({ uscc, name, entityType, status, regionCode, listingId, dueOn, article }) => ({
      id: uuidv7(),
      type: 'subject.changed' as const,
      key: `subject:${uscc}`,
      uscc,
      list: null,
      regionCode,
      occurredAt: now.toISOString(),
      data: {
        ...{ name, entityType, status, regionCode, changed: ['dueDates'] },
        dueDates: [{ listingId, step: 'list-by', dueOn, article: article.zh }],
      },
    })),
  )
  return { corrected: corrections.length, last: decisions.at(-1)?.id ?? null }
}

/** The last day for entering on a ground, counted from the fact that called for it. */
function dueOf(rulebook: Rulebook, decision: WithoutDueDay): { dueOn: string; article: LegalText } | null {
  const { listStep } = groundOfVersion(rulebook, decision.groundCode, decision.rulebook)
  const since = decision.facts['windowClosedOn'] ?? decision.facts.establishedOn
  if (listStep === null || typeof since !== 'string') return null
  const due = stepDue(rulebook, listStep, since)
  return due?.dueOn == null ? null : { dueOn: due.dueOn, article: due.step.article }
}

async function correctProposals(tx: Tx, rulebook: Rulebook): Promise<number> {
  let corrected = 0
  for (const proposal of await listProposalsWithoutDueDay(tx)) {
    const dueOn = dueDayOf(rulebook, proposal, proposal.history)
    if (dueOn === null) continue
    await updateProposal(tx, { ...proposal, dueOn })
    corrected += 1
  }
  return corrected
}
