import type { Course } from './course.ts'
import type { ExitDays } from './exits.ts'
import type { LegalText, List, Rulebook } from './rulebook.ts'
import { stepDue, stepPeriodFrom } from './steps.ts'

/** Deadlines by what has to be done by then, or from then on, in the words of the API contract. */
export const deadlineSteps = [
  'list-by',
  'publish-by',
  'notice-from',
  'promote-by',
  'early-exit-from',
  'accept-by',
  'decide-by',
  'remove-by',
  'object-by',
  'verify-by',
  'correct-by',
  'stop-publishing-by',
] as const
export type DeadlineStep = (typeof deadlineSteps)[number]

export interface Deadline {
  step: DeadlineStep
  /** The rulebook's own step, e.g. `ABN-LIST-AR`. */
  code: string
  dueOn: string | null
  article: LegalText
  /** The count crosses into a year whose holiday notice is not loaded; `dueOn` is null. */
  provisional: boolean
}

/**
 * What is open in a case on the day `on`, in the order in which it falls due, and whether the promotion of an entry is one
 * that the repeal of the rule left open (rulebook section 9, question 19).
 */
export function caseDeadlines(
  rulebook: Rulebook,
  list: List,
  course: Course,
  days: ExitDays,
  on: string,
): { deadlines: Deadline[]; promotionIsOpen: boolean } {
  const deadlines: Deadline[] = []
  /** Adds a step that is in force; tells whether it was. */
  const add = (step: DeadlineStep, code: string | null, from: string | null): boolean => {
    if (code === null || from === null) return false
    const due = stepDue(rulebook, code, from)
    if (due === null || due.repealed || (due.dueOn === null && !due.provisional)) return false
    deadlines.push({ step, code, dueOn: due.dueOn, article: due.step.article, provisional: due.provisional })
    return true
  }
  const { ground, status, enteredOn, exit, objection } = course
  const isSerious = list === 'serious-violator'
  if (status === 'due') add('list-by', ground.listStep, course.dueOn)
  let promotionIsOpen = false
  if (status === 'in-force' && enteredOn !== null) {
    if (isSerious) add('publish-by', 'SER44-PUB', enteredOn)
    if (objection === null) add('object-by', ground.objectionStep, enteredOn)
    if (ground.code.startsWith('ABN-')) {
      const promotion = promotionDeadlines(rulebook, enteredOn, on)
      promotionIsOpen = promotion.isOpen
      deadlines.push(...promotion.deadlines)
    }
    if (days.earlyExitFrom !== null) {
      const early = stepDue(rulebook, 'SER44-EARLY', course.termFrom ?? enteredOn)
      if (early !== null) {
        const { article } = early.step
        deadlines.push({
          step: 'early-exit-from',
          code: 'SER44-EARLY',
          dueOn: days.earlyExitFrom,
          article,
          provisional: false,
        })
      }
    }
    if (exit !== null) {
      if (exit.acceptedOn === null) add('accept-by', isSerious ? 'SER44-ACC' : 'REP21-ACC', exit.appliedOn)
      // Counted from the application, or from the day on which what the ground asks for was verified (查实).
      add('remove-by', ground.exit.step, ground.exit.verified ? exit.acceptedOn : exit.appliedOn)
      if (isSerious && ground.exit.step === null) {
        const within15 = add('decide-by', 'SER44-DEC-15', exit.acceptedOn)
        if (!within15) add('decide-by', 'REP25-DEC-7', exit.acceptedOn)
      }
    }
    if (objection !== null) {
      if (objection.acceptedOn === null) add('accept-by', 'OBJ-ACC', objection.objectedOn)
      else if (objection.upheldOn === null) add('verify-by', 'OBJ-VER', objection.acceptedOn)
      else add('correct-by', 'OBJ-FIX', objection.upheldOn)
    }
  }
  if (isSerious && (status === 'removed' || status === 'revoked')) {
    add('stop-publishing-by', 'SER44-STOP', course.endedOn)
  }
  return { deadlines: deadlines.sort(byDay), promotionIsOpen }
}

function byDay(a: Deadline, b: Deadline): number {
  const of = ({ dueOn }: Deadline) => dueOn ?? '9999-12-31'
  return of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0
}

/**
 * The notice and the promotion of an entry of the abnormal list that reaches its third anniversary while the rule exists,
 * until 2024-04-30 (条例 2014 art 17(2); 令68 art 15; 令83 art 8(1)). After that day nobody is promoted any more; a deadline
 * that began before it and ends after it is left to people.
 */
function promotionDeadlines(
  rulebook: Rulebook,
  enteredOn: string,
  on: string,
): { deadlines: Deadline[]; isOpen: boolean } {
  const none = { deadlines: [], isOpen: false }
  const anniversary = stepDue(rulebook, 'ABN-3Y', enteredOn)
  const ruleEndsOn = anniversary?.step.to ?? null
  if (anniversary?.dueOn == null) return none
  const notice = stepDue(rulebook, 'ABN-WARN-60', enteredOn)
  // 10 working days also between the repeal of Order 83 and that of the rule itself, where no order set another time.
  const promotion = stepPeriodFrom(rulebook, 'SER83-LIST-1', anniversary.dueOn)
  const promoteBy = promotion?.dueOn ?? null
  const isOver = ruleEndsOn !== null && on > ruleEndsOn
  const isOpen = isOver && promoteBy !== null && promoteBy > ruleEndsOn && on <= promoteBy
  if (isOver && !isOpen) return none
  const deadlines: Deadline[] = []
  if (notice?.dueOn != null && !isOver) {
    const { article } = notice.step
    deadlines.push({ step: 'notice-from', code: 'ABN-WARN-60', dueOn: notice.dueOn, article, provisional: false })
  }
  deadlines.push({
    step: 'promote-by',
    code: 'SER83-LIST-1',
    dueOn: promoteBy,
    article: anniversary.step.article,
    provisional: promotion?.provisional ?? false,
  })
  return { deadlines, isOpen }
}
