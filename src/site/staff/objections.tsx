import type { z } from 'zod'
import type { objectionSchema } from '../../objections/schemas.ts'
import type { Db } from '../../platform/db.ts'
import { Fact, WrittenLines } from '../parts.tsx'
import { Documents } from '../workspace/words.tsx'
import type { Pages } from '../workspace/visit.ts'
import { DecisionLink, DoneOn, registerMatterPages, type Matter } from './matters.tsx'
import { fields, hints, objection as texts, words } from './texts.ts'

type Objection = z.output<typeof objectionSchema>

const objections: Matter<Objection> = {
  section: 'objections',
  titles: { list: texts.list, one: texts.one, new: texts.newTitle, file: texts.file },
  statuses: words.objectionStatus,
  newFields: [
    { name: 'listingId', kind: 'line', label: fields.listingId, hint: hints.listing, required: true },
    { name: 'filedOn', kind: 'day', label: fields.filedOn, required: true },
    { name: 'statement', kind: 'long', label: fields.statement, required: true },
    { name: 'evidence', kind: 'documents', label: fields.evidence, hint: hints.documents },
    { name: 'manualOverride.reason', kind: 'long', label: texts.override, hint: texts.overrideHint },
  ],
  acts: [
    {
      ...{ name: 'accept', label: texts.accept, scope: 'decisions:propose', when: ['filed'] },
      fields: () => [
        { name: 'on', kind: 'day', label: fields.on, required: true },
        { name: 'note', kind: 'long', label: fields.note },
      ],
    },
    {
      ...{ name: 'refuse', label: texts.refuse, scope: 'decisions:propose', when: ['filed'] },
      fields: () => [
        { name: 'on', kind: 'day', label: fields.on, required: true },
        { name: 'reason', kind: 'long', label: fields.reason, required: true },
      ],
    },
    {
      ...{ name: 'decide', label: texts.decide, scope: 'decisions:approve', when: ['accepted'] },
      fields: (language) => [
        { name: 'on', kind: 'day', label: fields.on, required: true },
        {
          ...{ name: 'outcome', kind: 'choice', label: fields.outcome, required: true },
          options: [
            { value: 'upheld', label: texts.upheld[language] },
            { value: 'rejected', label: texts.rejected[language] },
          ],
        },
        { name: 'reason', kind: 'long', label: fields.reason, required: true },
        { name: 'decisionNumber', kind: 'line', label: texts.correctionNumber, hint: texts.correctionHint },
      ],
    },
  ],
  done: texts.done,
  fieldOf: {
    'unknown-listing': 'listingId',
    'already-recorded': 'listingId',
    'objection-out-of-time': 'manualOverride.reason',
    'dated-in-the-future': 'filedOn',
    'dated-before-entry': 'filedOn',
    'not-permitted-by-rulebook': 'listingId',
  },
  facts: (item, language) => (
    <>
      <Fact term={fields.statement[language]}>
        <WrittenLines text={item.statement} />
      </Fact>
      <Fact term={fields.evidence[language]}>
        {Array.isArray(item.evidence) && item.evidence.length > 0 && <Documents documents={item.evidence} />}
      </Fact>
      <Fact term={texts.override[language]}>
        {item.overrideReason !== null && <WrittenLines text={item.overrideReason} />}
      </Fact>
      <DoneOn term={fields.answered} on={item.answeredOn} reason={item.answerReason} language={language} />
      <DoneOn term={fields.decided} on={item.decidedOn} reason={item.decisionReason} language={language} />
      <Fact term={texts.correction[language]}>
        {item.decisionId !== null && <DecisionLink id={item.decisionId} text={texts.correction[language]} />}
      </Fact>
    </>
  ),
}

/** Objections (异议) of listed businesses. */
export function registerObjectionPages(pages: Pages, db: Db): void {
  registerMatterPages(pages, db, objections)
}
