import type { z } from 'zod'
import type { rulebookAnswer } from '../../law/schemas.ts'
import type { Language } from '../../platform/language.ts'
import type { Field } from '../workspace/form.ts'
import { optionsOf } from '../workspace/words.tsx'
import { fields, hints, words } from './texts.ts'

type Ground = z.output<typeof rulebookAnswer>['grounds'][number]

/** Of whom, for which list and by the rules of which day an entry is proposed: what decides which grounds there are. */
export function whichFields(language: Language): Field[] {
  return [
    { name: 'uscc', kind: 'line', label: fields.uscc, hint: hints.uscc, required: true },
    { name: 'list', kind: 'choice', label: fields.list, required: true, options: optionsOf(words.list, language) },
    { name: 'decidedOn', kind: 'day', label: fields.decidedOn, hint: hints.decidedOn, required: true },
  ]
}

const ofEvery: readonly Field[] = [
  { name: 'decisionNumber', kind: 'line', label: fields.decisionNumber, required: true },
  { name: 'authority', kind: 'line', label: fields.authority, required: true },
  { name: 'facts.summary', kind: 'long', label: fields.summary, required: true },
]

const evidence: Field = { name: 'evidence', kind: 'documents', label: fields.evidence, hint: hints.documents }

/** What proposing an entry asks for, with the grounds that are in force for this kind of business. */
export function enterFields(grounds: readonly Ground[], language: Language): Field[] {
  const options = grounds.map(({ code, label, article }) => ({
    value: code,
    label: `${code} ${label}${language === 'zh' ? `（${article}）` : ` (${article})`}`,
  }))
  return [
    { name: 'groundCode', kind: 'choice', label: fields.ground, required: true, options },
    ...ofEvery,
    { name: 'facts.establishedOn', kind: 'day', label: fields.establishedOn, hint: hints.establishedOn },
    { name: 'facts.reportYear', kind: 'number', label: fields.reportYear },
    { name: 'facts.lettersMailedOn.0', kind: 'day', label: fields.firstLetter, hint: hints.letters },
    { name: 'facts.lettersMailedOn.1', kind: 'day', label: fields.secondLetter },
    evidence,
  ]
}

/** What proposing a step in the life of an entry asks for. */
export function stepFields(action: string, language: Language): Field[] {
  const reasons = optionsOf(words.removalReason, language)
  return [
    { name: 'decidedOn', kind: 'day', label: fields.decidedOn, hint: hints.decidedOn, required: true },
    ...ofEvery,
    ...(action === 'remove'
      ? [
          {
            ...{ name: 'facts.reason', kind: 'choice' as const, label: fields.removalReason },
            ...{ hint: hints.removalReason, options: reasons },
          },
        ]
      : []),
    evidence,
  ]
}

/** At which field a refusal is shown that points at none. */
export const fieldOfProblem = {
  'unknown-subject': 'uscc',
  'already-listed': 'groundCode',
  'ground-not-on-list': 'groundCode',
  'not-permitted-by-rulebook': 'groundCode',
  'dated-in-the-future': 'decidedOn',
  'dated-before-entry': 'decidedOn',
} as const
