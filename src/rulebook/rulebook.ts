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
  /** What it follows from: an entry on these lists, on these grounds where only some count. */
  lists: readonly List[]
  grounds?: readonly string[]
  /** Only LAW and POLICY order; a MEMO row informs (国办发〔2020〕49号). */
  basisKind: 'LAW' | 'POLICY' | 'MEMO'
  basis: LegalText
  measureClass: 'A' | 'B' | 'C'
  from: string
  to: string | null
  evidence: string
}

/** The law as data: what is built in, with what an operator has added since. */
export interface Rulebook {
  /** 0 for what is built in, then the number of the newest amendment. */
  revision: number
  measures: readonly MeasureRule[]
}
