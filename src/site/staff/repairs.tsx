import type { z } from 'zod'
import type { Db } from '../../platform/db.ts'
import type { repairSchema } from '../../repairs/schemas.ts'
import { Code, Fact, WrittenLines } from '../parts.tsx'
import type { Pages } from '../workspace/visit.ts'
import { Documents, optionsOf } from '../workspace/words.tsx'
import { DecisionLink, DoneOn, registerMatterPages, type Matter } from './matters.tsx'
import { fields, hints, repair as texts, words } from './texts.ts'

type Repair = z.output<typeof repairSchema>

const repairs: Matter<Repair> = {
  section: 'repairs',
  titles: { list: texts.list, one: texts.one, new: texts.newTitle, file: texts.file, note: texts.newNote },
  statuses: words.repairStatus,
  newFields: [
    { name: 'listingId', kind: 'line', label: fields.listingId, hint: hints.listing },
    { name: 'penaltyId', kind: 'line', label: fields.penaltyId },
    { name: 'filedOn', kind: 'day', label: fields.filedOn, required: true },
    { name: 'statement', kind: 'long', label: fields.statement, required: true },
    { name: 'documents', kind: 'documents', label: fields.documents, hint: hints.documents },
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
            { value: 'granted', label: texts.granted[language] },
            { value: 'refused', label: texts.refused[language] },
          ],
        },
        { name: 'reason', kind: 'long', label: fields.reason, required: true },
        { name: 'decisionNumber', kind: 'line', label: fields.decisionNumber, hint: texts.numberHint },
        {
          ...{ name: 'removalReason', kind: 'choice', label: fields.removalReason, hint: hints.removalReason },
          options: optionsOf(words.removalReason, language),
        },
      ],
    },
    {
      ...{ name: 'cancel', label: texts.cancel, scope: 'decisions:approve', when: ['granted', 'executed'] },
      note: texts.cancelNote,
      fields: () => [
        { name: 'on', kind: 'day', label: fields.on, required: true },
        { name: 'reason', kind: 'long', label: fields.reason, required: true },
        { name: 'decisionNumber', kind: 'line', label: fields.decisionNumber, hint: texts.numberHint },
      ],
    },
  ],
  done: texts.done,
  fieldOf: {
    'unknown-listing': 'listingId',
    'unknown-penalty': 'penaltyId',
    'already-recorded': 'listingId',
    'exit-before-its-time': 'filedOn',
    'dated-in-the-future': 'filedOn',
    'dated-before-entry': 'filedOn',
    'not-permitted-by-rulebook': 'listingId',
  },
  facts: (item, language) => (
    <>
      <Fact term={fields.penaltyId[language]}>{item.penaltyId !== null && <Code text={item.penaltyId} />}</Fact>
      <Fact term={fields.statement[language]}>
        <WrittenLines text={item.statement} />
      </Fact>
      <Fact term={fields.documents[language]}>
        {Array.isArray(item.documents) && item.documents.length > 0 && <Documents documents={item.documents} />}
      </Fact>
      <DoneOn term={fields.answered} on={item.answeredOn} reason={item.answerReason} language={language} />
      <DoneOn term={fields.decided} on={item.decidedOn} reason={item.decisionReason} language={language} />
      <DoneOn term={fields.cancelled} on={item.cancelledOn} reason={item.cancellationReason} language={language} />
      <Fact term={texts.exit[language]}>
        {item.decisionId !== null && <DecisionLink id={item.decisionId} text={texts.exit[language]} />}
      </Fact>
      <Fact term={texts.restoration[language]}>
        {item.restorationId !== null && <DecisionLink id={item.restorationId} text={texts.restoration[language]} />}
      </Fact>
    </>
  ),
}

/** Applications for credit repair (信用修复). */
export function registerRepairPages(pages: Pages, db: Db): void {
  registerMatterPages(pages, db, repairs)
}
