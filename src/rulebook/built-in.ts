import { calendarOf } from './calendar.ts'
import { agencies, memoranda } from './data/agencies.ts'
import { abnormalGrounds } from './data/abnormal-grounds.ts'
import { arrangements } from './data/arrangements.ts'
import { afterExit, exitPolicies, reportWindows } from './data/exits.ts'
import { instruments } from './data/instruments.ts'
import { measures, sanctionDeadlines } from './data/measures.ts'
import { seriousGrounds } from './data/serious-grounds.ts'
import { steps } from './data/steps.ts'
import { versions } from './data/versions.ts'
import type { Rulebook } from './rulebook.ts'

/** The law as this release knows it, without what an operator has added. */
export const builtInRulebook: Rulebook = {
  revision: 0,
  calendar: calendarOf(arrangements),
  instruments,
  versions,
  grounds: [...abnormalGrounds, ...seriousGrounds],
  steps,
  exitPolicies,
  afterExit,
  reportWindows,
  measures,
  agencies,
  memoranda,
  sanctionDeadlines,
}
