import type { z } from 'zod'
import type { Language } from '../../platform/language.ts'
import type { Deadline } from '../../rulebook/case-deadlines.ts'
import { judgeCase } from '../../rulebook/case.ts'
import type { Rulebook } from '../../rulebook/rulebook.ts'
import type { deadlineSchema } from '../schemas.ts'
import type { ProposalRow } from './repository.ts'
import type { decisionSchema } from './schemas.ts'

/** Deadlines that are deadlines of an act: what only opens or ends a time is nobody's delay. */
const isDuty = (step: string) => step.endsWith('-by') && step !== 'object-by'

/** Deadlines in one language, each with whether it has passed on `today`; none is overdue once the matter `isClosed`. */
export function answerDeadlines(
  deadlines: readonly Deadline[],
  { today, language, isClosed }: { today: string; language: Language; isClosed: boolean },
): z.output<typeof deadlineSchema>[] {
  return deadlines.map(({ article, ...deadline }) => ({
    ...deadline,
    article: article[language],
    overdue: !isClosed && isDuty(deadline.step) && deadline.dueOn !== null && deadline.dueOn < today,
  }))
}

/** A decision of staff as it is answered, with the deadlines of its step by the present rulebook. */
export function answerDecision(
  rulebook: Rulebook,
  row: ProposalRow,
  { today, language }: { today: string; language: Language },
): z.output<typeof decisionSchema> {
  const { history, dueOn, ...fields } = row
  const { list, groundCode, decidedOn: on, rulebook: version } = row
  const { deadlines } = judgeCase(rulebook, { list, groundCode, history, on, version })
  return {
    ...fields,
    late: dueOn !== null && row.decidedOn > dueOn,
    deadlines: answerDeadlines(deadlines, { today, language, isClosed: row.status !== 'proposed' }),
  }
}
