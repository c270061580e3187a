import type { ComponentChildren } from 'preact'
import { v7 as uuidv7 } from 'uuid'
import type { Language } from '../../platform/language.ts'
import type { Problem, ProblemCode } from '../../platform/problem.ts'
import { visible } from '../parts.tsx'
import { faultsOf, type Fault, type Field, type Form as SentForm } from './form.ts'
import { formTexts as texts } from './texts.ts'
import type { Visit } from './visit.ts'

interface FormProps {
  visit: Visit
  action: string
  /** With a file in it. */
  hasFile?: boolean
  class?: string
  children: ComponentChildren
}

/** A form that proves where it comes from, and does what it does once however often its button is pressed. */
export function Form({ visit, action, hasFile, children, class: look = 'sheet' }: FormProps) {
  return (
    <form method="post" action={action} class={look} {...(hasFile === true && { enctype: 'multipart/form-data' })}>
      <input type="hidden" name="_form" value={visit.formToken} />
      <input type="hidden" name="_once" value={uuidv7()} />
      {children}
    </form>
  )
}

/** A form of one button. */
export function ButtonForm(props: { visit: Visit; action: string; label: string; fields?: Record<string, string> }) {
  const { visit, action, label, fields = {} } = props
  return (
    <Form visit={visit} action={action} class="inline">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class="quiet">
        {label}
      </button>
    </Form>
  )
}

/** What a form was sent with and why it was refused, to show it again. */
export interface Refused {
  form: SentForm
  problem: Problem
  /** At which field a problem without a pointer is shown. */
  fieldOf?: Partial<Record<ProblemCode, string>>
}

interface FieldsProps {
  language: Language
  fields: readonly Field[]
  /** What the fields have in them at first. */
  values?: Readonly<Record<string, string>>
  refused?: Refused | undefined
  /** Tells fields of several forms of a page apart. */
  prefix?: string
}

/** The fields of a form, each with its faults; what was filled in is kept. */
export function Fields({ language, fields, values = {}, refused, prefix = '' }: FieldsProps) {
  const names = fields.map(({ name }) => name)
  const faults = refused === undefined ? [] : faultsOf(refused.problem, names, refused.fieldOf)
  return (
    <>
      {faults.length > 0 && <Faults faults={faults} fields={fields} language={language} prefix={prefix} />}
      {fields.map((field) => (
        <FieldRow
          key={field.name}
          field={field}
          id={`${prefix}${field.name}`}
          language={language}
          given={refused === undefined ? [values[field.name] ?? ''] : refused.form.all(field.name)}
          faults={faults.filter((fault) => fault.field === field.name)}
        />
      ))}
    </>
  )
}

/** What was wrong, before the form, with links to the fields. */
function Faults(props: { faults: readonly Fault[]; fields: readonly Field[]; language: Language; prefix: string }) {
  const { faults, fields, language, prefix } = props
  return (
    <div class="faults" role="alert">
      <p>
        <strong>{texts.refused[language]}</strong>
      </p>
      <ul>
        {faults.map(({ field, detail }) => {
          const label = fields.find(({ name }) => name === field)?.label[language]
          return (
            <li key={`${field} ${detail.en}`}>
              {label === undefined ? (
                visible(detail[language])
              ) : (
                <a href={`#${prefix}${field}`}>
                  {label}
                  {language === 'zh' ? '：' : ': '}
                  {visible(detail[language])}
                </a>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

interface RowProps {
  field: Field
  id: string
  language: Language
  given: readonly string[]
  faults: readonly Fault[]
}

function FieldRow({ field, id, language, given, faults }: RowProps) {
  const { name, label, hint, required = false } = field
  const described = [hint && `${id}-hint`, faults.length > 0 && `${id}-fault`].filter(Boolean).join(' ')
  const control = {
    id,
    name,
    required,
    ...(described !== '' && { 'aria-describedby': described }),
    ...(faults.length > 0 && { 'aria-invalid': 'true' as const }),
  }
  const notes = (
    <>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint[language]}
        </p>
      )}
      {faults.length > 0 && (
        <p id={`${id}-fault`} class="fault">
          {faults.map(({ detail }) => visible(detail[language])).join(' ')}
        </p>
      )}
    </>
  )
  if (field.kind === 'choices') {
    return (
      <fieldset class="row" id={id} {...(described !== '' && { 'aria-describedby': described })}>
        <legend>
          <Label text={label[language]} required={required} language={language} />
        </legend>
        {notes}
        {field.options.map(({ value, label: option }) => (
          <label key={value} class="tick">
            <input type="checkbox" name={name} value={value} checked={given.includes(value)} />
            <span>{option}</span>
          </label>
        ))}
      </fieldset>
    )
  }
  if (field.kind === 'check') {
    return (
      <div class="row">
        <label class="tick">
          <input {...control} type="checkbox" value="true" checked={given.includes('true')} />
          <span>{label[language]}</span>
        </label>
        {notes}
      </div>
    )
  }
  const value = given[0] ?? ''
  return (
    <div class="row">
      <label for={id}>
        <Label text={label[language]} required={required} language={language} />
      </label>
      {notes}
      {field.kind === 'choice' ? (
        <select {...control}>
          {!field.options.some((option) => option.value === '') && (
            <option value="" selected={value === ''}>
              {texts.choose[language]}
            </option>
          )}
          {field.options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {visible(option.label)}
            </option>
          ))}
        </select>
      ) : field.kind === 'long' || field.kind === 'documents' || field.kind === 'lines' ? (
        <textarea {...control} rows={field.kind === 'long' ? 4 : 3}>
          {value}
        </textarea>
      ) : field.kind === 'file' ? (
        <input {...control} type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" />
      ) : (
        <input {...control} value={value} {...inputOf[field.kind]} autocomplete="off" />
      )}
    </div>
  )
}

const inputOf = {
  line: { type: 'text' },
  day: { type: 'date' },
  'last-day': { type: 'date' },
  number: { type: 'text', inputMode: 'numeric' },
  yuan: { type: 'text', inputMode: 'decimal' },
  url: { type: 'url' },
} as const

function Label({ text, required, language }: { text: string; required: boolean; language: Language }) {
  return (
    <>
      {text} {!required && <span class="optional">{texts.optional[language]}</span>}
    </>
  )
}

/** The button that sends a form. */
export function Submit({ label }: { label: string }) {
  return (
    <p class="submit">
      <button type="submit">{label}</button>
    </p>
  )
}
