import type { z } from 'zod'
import type { Language } from '../../platform/language.ts'
import { problems } from '../../platform/problem.ts'
import type { penaltySchema } from '../../penalties/schemas.ts'
import { Code, Day, Fact } from '../parts.tsx'
import { bodyOf, type Field } from '../workspace/form.ts'
import { Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Done } from '../workspace/list-parts.tsx'
import { assertScope, type Pages, type Visit } from '../workspace/visit.ts'
import { optionsOf } from '../workspace/words.tsx'
import { fields, hints, publish as texts } from './texts.ts'

type Penalty = z.output<typeof penaltySchema>

const section = '/staff/publish'

const penaltyFields = (language: Language): Field[] => [
  { name: 'uscc', kind: 'line', label: fields.uscc, hint: hints.uscc, required: true },
  { name: 'decisionNumber', kind: 'line', label: fields.decisionNumber, required: true },
  { name: 'authority', kind: 'line', label: fields.authority, required: true },
  { name: 'ground', kind: 'line', label: texts.ground, required: true },
  { name: 'kind', kind: 'line', label: texts.kind, hint: texts.kindHint, required: true },
  {
    ...{ name: 'grade', kind: 'choice', label: texts.grade, hint: texts.gradeHint },
    options: optionsOf(texts.grades, language),
  },
  { name: 'safetyRelated', kind: 'check', label: texts.safety },
  { name: 'amountFen', kind: 'yuan', label: texts.amount },
  { name: 'decidedOn', kind: 'day', label: fields.decidedOn, required: true },
  { name: 'publishedOn', kind: 'day', label: texts.publishedOn, hint: texts.publishedOnHint },
]

const honourFields = (): Field[] => [
  { name: 'uscc', kind: 'line', label: fields.uscc, hint: hints.uscc, required: true },
  { name: 'title', kind: 'line', label: texts.honourTitle, required: true },
  { name: 'authority', kind: 'line', label: texts.honourAuthority, required: true },
  { name: 'awardedOn', kind: 'day', label: texts.awardedOn, required: true },
  { name: 'validUntil', kind: 'day', label: texts.validUntil },
]

const withdrawFields = (language: Language): Field[] => [
  {
    ...{ name: 'reason', kind: 'choice', label: fields.reason, required: true },
    options: optionsOf(texts.withdrawReasons, language),
  },
  { name: 'on', kind: 'day', label: fields.on, hint: texts.withdrawOnHint },
  { name: 'note', kind: 'long', label: fields.note },
]

const idField: Field = {
  ...{ name: 'id', kind: 'line', label: fields.penaltyId, hint: texts.penaltyIdHint, required: true },
}

/** The three forms of the section, each on a page of its own. */
const forms = {
  penalty: { title: texts.penalty, fields: penaltyFields },
  honour: { title: texts.honour, fields: honourFields },
  withdraw: { title: texts.withdraw, fields: (language: Language) => [idField, ...withdrawFields(language)] },
} as const

type FormName = keyof typeof forms

const fieldOf = {
  'unknown-subject': 'uscc',
  'unknown-penalty': 'id',
  'already-recorded': 'decisionNumber',
  'already-decided': 'id',
  'dated-in-the-future': 'decidedOn',
  'not-in-order': 'publishedOn',
} as const

/** Penalties and honours: publishing, and withdrawing what fell (contract section 5). */
export function registerPublishPages(pages: Pages): void {
  pages.get(section, async (visit) => {
    assertScope(visit, 'registry:write')
    return { html: frontPage(visit) }
  })
  for (const name of Object.keys(forms) as FormName[]) {
    pages.get(`${section}/${name}`, async (visit) => {
      assertScope(visit, 'registry:write')
      return { html: formPage(visit, name) }
    })
  }

  pages.post(`${section}/penalty`, async (visit) => {
    const { form, api, language } = visit
    const body = bodyOf(penaltyFields(language), form)
    const { body: made, problem } = await api.send<Penalty>('POST', '/v1/penalties', body, form.text('_once'))
    if (problem !== undefined) return refusedForm(visit, 'penalty', { form, problem, fieldOf })
    const query = new URLSearchParams({
      ...{ done: made.shown ? 'penalty' : 'kept', id: made.id, until: made.publishedUntil ?? '' },
    })
    return { to: `${section}?${query.toString()}` }
  })

  pages.post(`${section}/honour`, async (visit) => {
    const { form, api } = visit
    const { problem } = await api.send('POST', '/v1/honours', bodyOf(honourFields(), form), form.text('_once'))
    if (problem === undefined) return { to: `${section}?done=honour` }
    const fieldOfHonour = { ...fieldOf, 'dated-in-the-future': 'awardedOn', 'not-in-order': 'validUntil' } as const
    return refusedForm(visit, 'honour', { form, problem, fieldOf: fieldOfHonour })
  })

  pages.post(`${section}/withdraw`, async (visit) => {
    const { form, api, language } = visit
    const path = `/v1/penalties/${encodeURIComponent(form.text('id').trim() || '-')}/withdraw`
    const { problem } = await api.send('POST', path, bodyOf(withdrawFields(language), form), form.text('_once'))
    if (problem === undefined) return { to: `${section}?done=withdrawn` }
    return refusedForm(visit, 'withdraw', { form, problem, fieldOf: { ...fieldOf, 'invalid-request': 'id' } })
  })
}

function refusedForm(visit: Visit, name: FormName, refused: Refused) {
  return { html: formPage(visit, name, refused), status: problems[refused.problem.code].status }
}

const done = {
  penalty: texts.publishedPenalty,
  kept: texts.keptPenalty,
  honour: texts.publishedHonour,
  withdrawn: texts.withdrawn,
} as const

function frontPage(visit: Visit): string {
  const { language, query } = visit
  const { id = '', until = '' } = query
  return workspacePage(visit, {
    title: texts.title[language],
    section,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <Done visit={visit} texts={done} />
        {/^[0-9a-f-]{36}$/.test(id) && (
          <dl class="facts">
            <Fact term={fields.penaltyId[language]}>
              <Code text={id} />
            </Fact>
            <Fact term={texts.until[language]}>
              {/^\d{4}-\d\d-\d\d$/.test(until) && <Day on={until} language={language} />}
            </Fact>
          </dl>
        )}
        <ul class="doors">
          {(Object.keys(forms) as FormName[]).map((name) => (
            <li key={name}>
              <a href={`${section}/${name}`}>{forms[name].title[language]}</a>
              <p>{texts.notes[name][language]}</p>
            </li>
          ))}
        </ul>
      </>
    ),
  })
}

function formPage(visit: Visit, name: FormName, refused?: Refused): string {
  const { language, query } = visit
  const title = forms[name].title[language]
  return workspacePage(visit, {
    title,
    section,
    children: (
      <>
        <h1>{title}</h1>
        <Form visit={visit} action={`${section}/${name}`}>
          <Fields language={language} fields={forms[name].fields(language)} values={query} refused={refused} />
          <Submit label={title} />
        </Form>
      </>
    ),
  })
}
