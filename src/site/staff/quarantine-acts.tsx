import type { z } from 'zod'
import { Problem } from '../../platform/problem.ts'
import type { QuarantineItem, retriedRecord } from '../../sources/schemas.ts'
import type { Outcome } from '../workspace/api.ts'
import type { Field, Form as SentForm } from '../workspace/form.ts'
import { Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import type { Visit } from '../workspace/visit.ts'
import { quarantineActs as texts } from './record-texts.ts'
import { fields } from './texts.ts'

export const quarantineActs = ['retry', 'fix', 'discard'] as const
export type QuarantineAct = (typeof quarantineActs)[number]

const fieldsOf: Record<QuarantineAct, readonly Field[]> = {
  retry: [],
  fix: [{ name: 'record', kind: 'long', label: texts.record, required: true }],
  discard: [{ name: 'reason', kind: 'long', label: fields.reason, required: true }],
}

/** A form for a record in quarantine that was sent and refused. */
export type RefusedAct = Refused & { id: string; act: QuarantineAct }

/** What may be done with a record that is open; the forms of all that one may do. */
export function QuarantineForms(props: { visit: Visit; item: QuarantineItem; refused: RefusedAct | undefined }) {
  const { visit, item, refused } = props
  const { language } = visit
  const raw = typeof item.raw === 'string' ? item.raw : JSON.stringify(item.raw, null, 2)
  return (
    <details open={refused?.id === item.id}>
      <summary>{texts.act[language]}</summary>
      {quarantineActs.map((act) => (
        <Form key={act} visit={visit} action={`/staff/quarantine/${item.id}/${act}`}>
          <Fields
            language={language}
            fields={fieldsOf[act]}
            values={{ record: raw }}
            refused={refused?.id === item.id && refused.act === act ? refused : undefined}
            prefix={`${act}-${item.id}-`}
          />
          <Submit label={texts[act][language]} />
        </Form>
      ))}
    </details>
  )
}

/** Does it by the API: answers what came of it, a word of `quarantineActs.done`. */
export async function sendQuarantineAct(
  { api, params }: Visit,
  act: QuarantineAct,
  form: SentForm,
): Promise<Outcome<{ done: string }>> {
  const path = `/v1/quarantine/${encodeURIComponent(params['id'] ?? '')}`
  const once = form.text('_once')
  if (act === 'discard') {
    const { problem } = await api.send('POST', `${path}/discard`, { reason: form.text('reason') }, once)
    return problem === undefined ? { body: { done: 'discarded' } } : { problem }
  }
  const record = act === 'fix' ? recordIn(form.text('record')) : undefined
  if (record === null) {
    const errors = [{ pointer: '/body/record', detail: texts.noJson }]
    return { problem: new Problem('invalid-request', texts.noJson, { errors }) }
  }
  const body = record === undefined ? {} : { record }
  const sent = await api.send<z.output<typeof retriedRecord>>('POST', `${path}/retry`, body, once)
  return sent.problem === undefined ? { body: { done: sent.body.taken ? 'taken' : 'refused' } } : sent
}

/** The object that a text says in JSON; null when it says none. */
function recordIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
