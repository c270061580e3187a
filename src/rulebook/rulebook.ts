/** A text of the law in both languages; same shape as the service's own texts. */
export interface LegalText {
  zh: string
  en: string
}

export type List = 'abnormal' | 'serious-violator'

/** A joint-sanction measure (rulebook section 5), with its period of force. */
export interface MeasureRule {
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
  from: string
  to: string | null
  evidence: string
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
export interface Memorandum {
  code: string
  title: LegalText
  /** Official number of the document. */
  number: string
  /** Entries on these lists are its object. */
  lists: readonly List[]
  /** Codes of the agencies that signed it. */
  signatories: readonly string[]
  from: string
  to: string | null
  evidence: string
}

/** Within how many working days an agency answers an order, by what is awaited of it. */
export interface SanctionDeadline {
  /** `receive` and `execute` count from the day of the measure, `lift` from the day on which the entry ended. */
  step: 'receive' | 'execute' | 'lift'
  workingDays: number
  article: LegalText
  from: string
  to: string | null
  evidence: string
}

/** What the law says of joint sanctions. */
export interface SanctionLaw {
  measures: readonly MeasureRule[]
  agencies: readonly Agency[]
  memoranda: readonly Memorandum[]
  sanctionDeadlines: readonly SanctionDeadline[]
}

/** The law as data: what is built in, with what an operator has added since. */
export interface Rulebook extends SanctionLaw {
  /** 0 for what is built in, then the number of the newest amendment. */
  revision: number
}
