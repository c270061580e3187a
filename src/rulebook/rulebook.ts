import type { Calendar } from './calendar.ts'

/** A text of the law in both languages; same shape as the service's own texts. */
export interface LegalText {
  zh: string
  en: string
}

export type List = 'abnormal' | 'serious-violator'

/** In force from the first to the last of these days, both counted; without end where `to` is null. */
interface InForce {
  from: string
  to: string | null
  /** How the fact is known: `text` read, `2nd` an excerpt read, `own-H`, `own-M`, `own-L` from knowledge (rulebook.md). */
  evidence: string
}

/** A law, regulation, order or policy document (rulebook section 1). */
export interface Instrument extends InForce {
  code: string
  title: LegalText
  number: string
}

/** What one set of rules governs: the two lists, penalties, repair, the platform 信用中国, joint sanctions, online trade. */
export const versionSubjects = [
  'abnormal',
  'serious-violator',
  'penalties',
  'repair',
  'credit-china',
  'joint-sanctions',
  'online-trade',
] as const

/** A version of the rules on a subject (rulebook 3.1). A decision names the one it was made under and keeps it. */
export interface RuleVersion extends InForce {
  code: string
  subject: (typeof versionSubjects)[number]
  governs: LegalText
}

/** A ground of entry (rulebook 2.2 to 2.6). The same code has a row for each wording of its article. */
export interface Ground extends InForce {
  code: string
  list: List
  /** Kinds of business that it is for; the words of the registry. */
  entityTypes: readonly string[]
  label: LegalText
  article: LegalText
  /** What establishes it: the year's report is missing, an order has expired, or something was found (查实). */
  trigger: 'missing-report' | 'expired-order' | 'falsity' | 'unreachable' | 'long-abnormal' | 'violation'
  /** Step by which the authority has to enter it; null where the law sets none. */
  listStep: string | null
  /** How a business comes off, and the step within which the authority decides; counted from 查实 where `verified`. */
  exit: { article: LegalText; step: string | null; verified: boolean }
  /** Step within which the listed business may object (异议); null where the law knows no objection. */
  objectionStep: string | null
  /** Article by which a wrong entry is corrected. */
  correction: LegalText
}

/** How long a step takes. Amounts are positive; `days` roll to a working day where the last one is off (民法典 art 203). */
export type Period =
  | { unit: 'working-days' | 'days' | 'months' | 'years'; amount: number }
  /** Not before the first and not after the last of these days. */
  | { unit: 'days-between'; least: number; most: number }
  /** The days before an event to come, or before the anniversary `afterYears` of one that happened. */
  | { unit: 'days-before'; amount: number; afterYears: number }
  /** Years, and then a notice of so many days. */
  | { unit: 'years-then-days'; amount: number; days: number }
  /** The window of each year, `MM-DD` to `MM-DD`, into the next year where it ends before it begins. */
  | { unit: 'yearly-windows'; windows: readonly { opensOn: string; closesOn: string }[] }

/** A step with its deadline (rulebook section 4). */
export interface StepRule extends InForce {
  code: string
  fromEvent: LegalText
  actor: LegalText
  period: Period
  article: LegalText
}

/** How an entry ends: by itself when its term is over, on application, or only after a look (rulebook 3.7). */
export interface ExitPolicy extends InForce {
  /** Ground codes; one that ends in `*` stands for all that begin so. */
  grounds: readonly string[]
  policy: 'auto' | 'apply' | 'manual'
  termYears: number | null
  /** A business may apply before the end of the term from so many years on. */
  earlyExitAfterYears: number | null
  /** Only within so many years could a business apply at all. */
  applyWithinYears: number | null
  article: LegalText
}

/** Whether an entry of the list stays in view after its exit, by the day on which it is looked at (rulebook 2.8, 3.6). */
export interface AfterExit extends InForce {
  list: List
  stays: boolean
  article: LegalText
}

/** An exception to the filing window of annual reports: another last day (rulebook 2.1 and section 9, question 18). */
export interface ReportWindow {
  reportYear: number
  /** Kind of business; null for all. */
  entityType: string | null
  /** Beginning of the region code; null for all. */
  regionPrefix: string | null
  closesOn: string
  evidence: string
}

/** A joint-sanction measure (rulebook section 5), with its period of force. */
export interface MeasureRule extends InForce {
  code: string
  label: LegalText
  /** Codes of the agencies that carry it out (`agencies`). */
  agencies: readonly string[]
  /** What it follows from: an entry on these lists. Empty where no list is what it follows from (`follows`). */
  lists: readonly List[]
  /** Only entries on these grounds; one that ends in `*` stands for all that begin so. */
  grounds?: readonly string[]
  /** What else it follows from, such as a revoked licence. The service does not know of these and orders nothing. */
  follows?: LegalText
  /** A term of its own, in years from the day of entry, that runs on when the entry is removed before it is over. */
  ownTermYears?: number
  /** Only LAW and POLICY order; a MEMO row informs (国办发〔2020〕49号). */
  basisKind: 'LAW' | 'POLICY' | 'MEMO'
  basis: LegalText
  measureClass: 'A' | 'B' | 'C'
}

/** A body of the state that carries out measures, or that did so under the name it had in 2015 (rulebook section 5). */
export interface Agency {
  /** Our own, e.g. `samr`. */
  code: string
  /** Its official name; of a body that no longer exists, the last it had. */
  name: LegalText
  /** What it was called as a signatory of 2015; null for a body that was set up later and signed nothing itself. */
  nameIn2015: string | null
  /** Names by which it is called in short. */
  shortNames: readonly string[]
  /** Bodies whose duties it took over; they exist no more, and what was theirs is addressed to it. */
  successorOf: readonly string[]
  evidence: string
}

/** A memorandum of joint sanctions, with those who signed it (rulebook section 5). */
export interface Memorandum extends InForce {
  code: string
  title: LegalText
  /** Official number of the document. */
  number: string
  /** Entries on these lists are its object. */
  lists: readonly List[]
  /** Codes of the agencies that signed it. */
  signatories: readonly string[]
}

/** Within how many working days an agency answers an order, by what is awaited of it. */
export interface SanctionDeadline extends InForce {
  /** `receive` and `execute` count from the day of the measure, `lift` from the day on which the entry ended. */
  step: 'receive' | 'execute' | 'lift'
  workingDays: number
  article: LegalText
}

/** What an operator can add to or put in the place of, as data (`xinjian rulebook amend`). */
export interface RulebookData {
  instruments: readonly Instrument[]
  versions: readonly RuleVersion[]
  grounds: readonly Ground[]
  steps: readonly StepRule[]
  exitPolicies: readonly ExitPolicy[]
  afterExit: readonly AfterExit[]
  reportWindows: readonly ReportWindow[]
  measures: readonly MeasureRule[]
  agencies: readonly Agency[]
  memoranda: readonly Memorandum[]
  sanctionDeadlines: readonly SanctionDeadline[]
}

/** The law as data: what is built in, with what an operator has added since. */
export interface Rulebook extends RulebookData {
  /** 0 for what is built in, then the number of the newest amendment. */
  revision: number
  calendar: Calendar
}

/** What the law says of joint sanctions, with the calendar that their deadlines count by. */
export type SanctionLaw = Pick<Rulebook, 'measures' | 'agencies' | 'memoranda' | 'sanctionDeadlines' | 'calendar'>
