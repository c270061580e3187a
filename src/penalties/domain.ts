import type { PenaltyFacts } from '../rulebook/penalties.ts'
import type { PenaltyGrade, PenaltyKind, WithdrawalReason } from './vocabulary.ts'

/** A penalty decision and the state of its publication. */
export interface Penalty extends PenaltyFacts {
  id: string
  uscc: string
  decisionNumber: string
  authority: string
  ground: string
  /** As printed in the decision. */
  kind: string
  kinds: PenaltyKind[]
  grade: PenaltyGrade
  amountFen: number | null
  publishedUntil: string | null
  shown: boolean
  rulebook: string
  /** Null for one that a source told. */
  recordedBy: string | null
  recordedAt: string
}

/** What a source says of a penalty decision. */
export interface PenaltyRecord {
  sourceId: string
  updatedAt: string
  uscc: string
  decisionNumber: string
  authority: string
  ground: string
  kind: string
  amountFen?: number | undefined
  decidedOn: string
  severe: boolean
}

/** A step in the life of a publication; the steps tell what was shown when, and since when it is known. */
export interface Publication {
  step: number
  action: 'publish' | 'withdraw' | 'restore'
  effectiveOn: string
  publishedUntil: string | null
  reason: WithdrawalReason | null
  note: string | null
  recordedBy: string | null
  recordedAt: string
}

/** How decisions print the kinds of penalty (行政处罚法 art 9). */
const printed: readonly [RegExp, PenaltyKind][] = [
  [/警告/, 'warning'],
  [/通报批评/, 'notice-of-criticism'],
  [/罚款/, 'fine'],
  [/没收/, 'confiscation'],
  [/暂扣/, 'licence-suspension'],
  [/降低资质/, 'downgrading'],
  [/吊销/, 'licence-revocation'],
  [/限制(开展)?生产经营/, 'business-restriction'],
  [/停产|停业/, 'suspension-of-business'],
  [/责令关闭/, 'closure'],
  [/限制从业|从业限制/, 'employment-restriction'],
  [/拘留/, 'detention'],
]

/** The kinds of penalty that a printed text names; one that names none that is known is `other`. */
export function kindsOf(kind: string): PenaltyKind[] {
  const found = printed.flatMap(([pattern, name]) => (pattern.test(kind) ? [name] : []))
  return found.length > 0 ? found : ['other']
}
