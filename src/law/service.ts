import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { actorOfCommand, recordAudit } from '../platform/audit.ts'
import type { Db, DbOrTx, Tx } from '../platform/db.ts'
import { inLanguage } from '../platform/language.ts'
import { Problem } from '../platform/problem.ts'
import { withAmendments } from '../rulebook/amend.ts'
import { builtInRulebook } from '../rulebook/built-in.ts'
import type { YearArrangement } from '../rulebook/calendar.ts'
import { judgeCase, permit, type CaseState } from '../rulebook/case.ts'
import { RuleError, type CaseFacts } from '../rulebook/course.ts'
import type { Rulebook, RulebookData } from '../rulebook/rulebook.ts'
import { amendmentFile, amendmentOf, calendarFile, type AmendmentRows } from './amendment.ts'
import { findNewestAmendmentId, insertAmendment, listAmendments } from './repository.ts'

/** The rulebook compiled last, by the id of its newest amendment, which no other database has. */
let compiled: { id: string; rulebook: Rulebook } | null = null

/** The law as it stands: what is built in, with every amendment that is committed. One cheap query where nothing changed. */
export async function presentRulebook(db: DbOrTx): Promise<Rulebook> {
  return rulebookOf(db, await findNewestAmendmentId(db))
}

/** The law up to the amendment with this id (null: as built in), which a reader has learnt in a query of its own. */
export async function rulebookOf(db: DbOrTx, amendmentId: string | null): Promise<Rulebook> {
  if (amendmentId === null) return builtInRulebook
  if (compiled?.id === amendmentId) return compiled.rulebook
  const amendments = await listAmendments(db)
  const upTo = amendments.slice(0, amendments.findIndex(({ id }) => id === amendmentId) + 1)
  compiled = { id: amendmentId, rulebook: withAmendments(builtInRulebook, upTo) }
  return compiled.rulebook
}

/** Adds to the law, in this transaction; answers the new revision. Nothing that was decided is changed by it. */
async function amendRulebook(
  tx: Tx,
  amendment: {
    data?: Partial<RulebookData>
    calendar?: Readonly<Record<string, YearArrangement>>
    note: string
  },
  now: Date,
): Promise<number> {
  const { data = {}, calendar = {}, note } = amendment
  return insertAmendment(tx, { id: uuidv7(), data, calendar, note }, now)
}

/**
 * What the law makes of a case that somebody describes: its history is held against the law too.
 * @throws RuleError for a history that cannot have happened, or an exit before its time
 */
export function evaluateCase(rulebook: Rulebook, facts: CaseFacts): CaseState {
  const [first] = facts.history
  if (first === undefined || facts.on < first.on) {
    const detail = { zh: '判断日期早于经过中的第一天。', en: 'The day is before the first of the history.' }
    throw new RuleError('not-in-order', detail, null)
  }
  const state = judgeCase(rulebook, facts)
  facts.history.forEach(({ action, on }, i) => {
    if ((action !== 'apply' && action !== 'remove') || on > facts.on) return
    permit(rulebook, { ...facts, history: facts.history.slice(0, i), on }, action)
  })
  return state
}

/** What a refusal of the rulebook means to a client: a problem that names the article (contract section 5). */
export function problemOf(error: RuleError): Problem {
  const code = {
    'ground-not-on-list': 'ground-not-on-list',
    'dated-before-entry': 'dated-before-entry',
    'not-permitted': 'not-permitted-by-rulebook',
    'too-early': 'not-permitted-by-rulebook',
    'not-in-order': 'not-permitted-by-rulebook',
  } as const
  const { detail, article } = error
  return new Problem(code[error.code], {
    zh: article === null ? detail.zh : `${detail.zh}依据：${article.zh}。`,
    en: article === null ? detail.en : `${detail.en} Article: ${article.en}.`,
  })
}

/** A file of amendments that cannot be taken. `message` names the file and every fault in it with its place. */
export class AmendmentError extends Error {
  override name = 'AmendmentError'
}

/**
 * Takes a file of amendments (rows of the rulebook, or a year of the calendar), all of it or nothing.
 * @returns the new revision, and the years whose notice it holds
 * @throws AmendmentError
 */
export async function amendFromFile(
  db: Db,
  path: string,
  kind: 'rows' | 'calendar',
  now: Date,
): Promise<{ revision: number; years: number[] }> {
  const content = await readAmendment(path)
  const parsed = kind === 'rows' ? amendmentFile.safeParse(content) : calendarFile.safeParse(content)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path: at, message }) => `/${at.map(String).join('/')}: ${inLanguage(message).en}`,
    )
    throw new AmendmentError(`${path}: ${faults.join('; ')}`)
  }
  const amendment =
    'note' in parsed.data
      ? amendmentOf(parsed.data as AmendmentRows)
      : {
          calendar: parsed.data,
          note: `State Council notice, from ${basename(path)}`,
        }
  const revision = await db.transaction(async (tx) => {
    const amended = await amendRulebook(tx, amendment, now)
    const details = { kind, file: basename(path) }
    const entry = { actor: actorOfCommand(), objectId: String(amended), details, at: now }
    await recordAudit(tx, { action: 'rulebook.amended', ...entry })
    return amended
  })
  return { revision, years: 'calendar' in amendment ? Object.keys(amendment.calendar).map(Number) : [] }
}

async function readAmendment(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (error) {
    const why = error instanceof SyntaxError ? `is no JSON: ${error.message}` : 'cannot be read'
    throw new AmendmentError(`${path}: ${why}`)
  }
}
