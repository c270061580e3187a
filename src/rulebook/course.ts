import { groundInForce, groundOfVersion, listOfGround } from './grounds.ts'
import type { Ground, LegalText, List, Rulebook } from './rulebook.ts'

/**
 * What happens in the life of an entry (rulebook 3.2 to 3.5). `due` is the fact that calls for it: the filing window has
 * closed, an order has expired, falsity or unreachability is established. `accept` accepts what was last asked for, an
 * exit (`apply`) or a correction (`object`); `refuse` turns it down. `restore` cancels an exit that was got by false
 * material.
 */
export const caseActions = [
  'due',
  'enter',
  'apply',
  'object',
  'accept',
  'refuse',
  'uphold',
  'remove',
  'revoke',
  'correct',
  'restore',
] as const
export type CaseAction = (typeof caseActions)[number]

export interface CaseEvent {
  action: CaseAction
  on: string
}

export interface CaseFacts {
  list: List
  groundCode: string
  /** In the order in which they happened; the first is `due` or `enter`. */
  history: readonly CaseEvent[]
  /** The day on which the case is judged; what happened later is left out. */
  on: string
  /** The rulebook version that the entry was made under and keeps; else the one in force on the day of entry. */
  version?: string
}

/** Why the rulebook refuses something, with the article that says so. */
export class RuleError extends Error {
  override name = 'RuleError'
  readonly code: 'ground-not-on-list' | 'not-permitted' | 'too-early' | 'dated-before-entry' | 'not-in-order'
  readonly detail: LegalText
  readonly article: LegalText | null
  constructor(code: RuleError['code'], detail: LegalText, article: LegalText | null) {
    super(`${code}: ${detail.en}`)
    this.code = code
    this.detail = detail
    this.article = article
  }
}

/** A case as its history leaves it. */
export interface Course {
  ground: Ground
  version: string
  /** `due` while nothing was entered yet. */
  status: 'due' | 'in-force' | 'removed' | 'revoked' | 'corrected'
  dueOn: string | null
  enteredOn: string | null
  /** The term runs from here: the entry, or the day on which a cancelled exit was undone. */
  termFrom: string | null
  /** The day of exit, revocation or correction. */
  endedOn: string | null
  /** An application to come off, while it is open. */
  exit: { appliedOn: string; acceptedOn: string | null } | null
  /** An objection, while it is open. */
  objection: { objectedOn: string; acceptedOn: string | null; upheldOn: string | null } | null
}

/**
 * Walks through what has happened up to `on`.
 * @throws RuleError for a ground that the list or the day does not know, and for a history that the law cannot have
 */
export function follow(rulebook: Rulebook, { list, groundCode, history, on, version }: CaseFacts): Course {
  const knownList = listOfGround(rulebook, groundCode)
  if (knownList !== list) {
    const detail =
      knownList === null
        ? { zh: `没有列入事由 ${groundCode}。`, en: `There is no ground ${groundCode}.` }
        : { zh: `${groundCode} 不是该名单的列入事由。`, en: `${groundCode} is a ground of the list ${knownList}.` }
    throw new RuleError(
      'ground-not-on-list',
      detail,
      rulebook.grounds.find(({ code }) => code === groundCode)?.article ?? null,
    )
  }
  const past = history.filter((event) => event.on <= on)
  const entered = past.find(({ action }) => action === 'enter')?.on ?? null
  const ground = groundOn(rulebook, groundCode, entered ?? on, version)
  const course: Course = {
    ground,
    version: ground.rulebook,
    status: 'due',
    dueOn: null,
    enteredOn: null,
    termFrom: null,
    endedOn: null,
    exit: null,
    objection: null,
  }
  let before = ''
  for (const event of past) {
    if (event.on < before && course.enteredOn !== null && event.on < course.enteredOn) {
      throw datedBeforeEntry(event.on, course.enteredOn, ground)
    }
    if (event.on < before || !step(course, event)) {
      const detail = {
        zh: `经过中“${event.action}”（${event.on}）不可能发生在此处。`,
        en: `In the history, “${event.action}” of ${event.on} cannot happen where it stands.`,
      }
      throw new RuleError('not-in-order', detail, ground.article)
    }
    before = event.on
  }
  return course
}

/** A step of a day before the entry existed. */
export function datedBeforeEntry(on: string, enteredOn: string, ground: Ground): RuleError {
  return new RuleError(
    'dated-before-entry',
    { zh: `日期 ${on} 早于列入日期 ${enteredOn}。`, en: `The day ${on} is before the day of entry, ${enteredOn}.` },
    ground.article,
  )
}

function groundOn(rulebook: Rulebook, code: string, on: string, version?: string): Ground & { rulebook: string } {
  if (version !== undefined) return { ...groundOfVersion(rulebook, code, version), rulebook: version }
  const ground = groundInForce(rulebook, code, on)
  if (ground !== null) return ground
  const other = rulebook.grounds.find((row) => row.code === code)
  throw new RuleError(
    'not-permitted',
    { zh: `列入事由 ${code} 在 ${on} 不在施行期间。`, en: `The ground ${code} is not in force on ${on}.` },
    other?.article ?? null,
  )
}

/** Takes one event into the course; false when it cannot happen there. */
function step(course: Course, { action, on }: CaseEvent): boolean {
  const { status } = course
  const isFirst = course.dueOn === null && course.enteredOn === null
  if (action === 'due') {
    if (!isFirst) return false
    course.dueOn = on
    return true
  }
  if (action === 'enter') {
    if (status !== 'due') return false
    Object.assign(course, { status: 'in-force', enteredOn: on, termFrom: on } satisfies Partial<Course>)
    return true
  }
  if (course.enteredOn === null) return false
  if (action === 'revoke' || action === 'correct') {
    if (status !== 'in-force' && status !== 'removed') return false
    course.status = action === 'revoke' ? 'revoked' : 'corrected'
    Object.assign(course, { endedOn: on, exit: null, objection: null } satisfies Partial<Course>)
    return true
  }
  if (action === 'restore') {
    if (status !== 'removed') return false
    Object.assign(course, { status: 'in-force', termFrom: on, endedOn: null } satisfies Partial<Course>)
    return true
  }
  if (status !== 'in-force') return false
  switch (action) {
    case 'apply':
      if (course.exit !== null) return false
      course.exit = { appliedOn: on, acceptedOn: null }
      return true
    case 'object':
      if (course.objection !== null) return false
      course.objection = { objectedOn: on, acceptedOn: null, upheldOn: null }
      return true
    case 'accept':
      return accept(course, on)
    case 'refuse':
      return refuse(course)
    case 'uphold':
      if (course.objection === null || course.objection.upheldOn !== null) return false
      course.objection = { ...course.objection, upheldOn: on }
      return true
    case 'remove':
      Object.assign(course, { status: 'removed', endedOn: on, exit: null, objection: null } satisfies Partial<Course>)
      return true
  }
}

/** What was asked for last and is not accepted yet. */
export function lastAsked({ exit, objection }: Course): 'exit' | 'objection' | null {
  const openExit = exit?.acceptedOn === null ? exit.appliedOn : null
  const openObjection = objection?.acceptedOn === null ? objection.objectedOn : null
  if (openExit === null) return openObjection === null ? null : 'objection'
  return openObjection !== null && openObjection >= openExit ? 'objection' : 'exit'
}

function accept(course: Course, on: string): boolean {
  const asked = lastAsked(course)
  if (asked === 'exit' && course.exit !== null) course.exit = { ...course.exit, acceptedOn: on }
  else if (asked === 'objection' && course.objection !== null)
    course.objection = { ...course.objection, acceptedOn: on }
  return asked !== null
}

/** Turns down what is open, before it was accepted or after. */
function refuse(course: Course): boolean {
  const asked = lastAsked(course) ?? (course.objection !== null ? 'objection' : course.exit !== null ? 'exit' : null)
  if (asked === 'exit') course.exit = null
  if (asked === 'objection') course.objection = null
  return asked !== null
}
