import type { z } from 'zod'
import type { keyPage, partnerPage, partnerSchema } from '../../partners/schemas.ts'
import type { Language } from '../../platform/language.ts'
import { partnerKinds, scopesOfKind } from '../../partners/vocabulary.ts'
import { Code, Fact, Moment, visible, Written } from '../parts.tsx'
import type { Field } from '../workspace/form.ts'
import { ButtonForm, Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { colon, workspacePage } from '../workspace/frame.tsx'
import { Done, Items, Pager } from '../workspace/list-parts.tsx'
import { account } from '../workspace/texts.ts'
import type { Visit } from '../workspace/visit.ts'
import { optionsOf } from '../workspace/words.tsx'
import { partners as texts } from './partner-texts.ts'
import { fields } from './texts.ts'

type Partner = z.output<typeof partnerSchema>
type Keys = z.output<typeof keyPage>

const home = '/staff/partners'
/** Of a rotation, where nothing else is asked for: as the API has it. */
const usualOverlapHours = 24

const nameField: Field = { name: 'name', kind: 'line', label: fields.name, required: true }
const subjectField: Field = { name: 'subject', kind: 'line', label: texts.subject, hint: texts.subjectHint }

export const createFields = ({ language }: Visit, hasIssuer: boolean): Field[] => [
  nameField,
  {
    ...{ name: 'kind', kind: 'choice', label: texts.kind, required: true },
    options: optionsOf(account.kinds, language).filter(({ value }) => partnerKinds.some((kind) => kind === value)),
  },
  { name: 'agencyCode', kind: 'line', label: texts.agencyCode, hint: texts.agencyCodeHint },
  ...(hasIssuer ? [subjectField] : []),
]

export const keyFields = (kind: Partner['kind'], language: Language): Field[] => [
  {
    ...{ name: 'scopes', kind: 'choices', label: texts.scopes, required: true },
    options: scopesOfKind[kind].map((scope) => ({
      value: scope,
      label: `${scope}${colon(language)}${texts.scopeTexts[scope][language]}`,
    })),
  },
  { name: 'label', kind: 'line', label: texts.label },
  { name: 'expiresAt', kind: 'last-day', label: texts.lastDay, hint: texts.lastDayHint },
  { name: 'networks', kind: 'lines', label: texts.networks, hint: texts.networksHint },
]

export const rotateFields: readonly Field[] = [
  { name: 'overlapHours', kind: 'number', label: texts.overlap, hint: texts.overlapHint },
]

export interface ShownPartner {
  /** A form of the page that was refused: `change`, `suspended`, `issue`, or the id of a key. */
  refused?: Refused & { at: string }
  /** A key that was made just now. */
  key?: string
}

/** The partners of the service, and registering one. */
export function partnerList(
  visit: Visit,
  { items, next }: z.output<typeof partnerPage>,
  { hasIssuer, refused }: { hasIssuer: boolean; refused: Refused | undefined },
): string {
  const { language } = visit
  return workspacePage(visit, {
    title: texts.title[language],
    section: home,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <Items language={language}>
          {items.map((partner) => (
            <li key={partner.id}>
              <p class="title">
                <a href={`${home}/${partner.id}`}>
                  <Written text={partner.name} />
                </a>
              </p>
              <p class="due">
                <span class="tag">{account.kinds[partner.kind][language]}</span>{' '}
                {partner.suspendedAt !== null && <span class="tag alert">{texts.suspended[language]}</span>}
              </p>
            </li>
          ))}
        </Items>
        <Pager visit={visit} next={next} />
        <section aria-labelledby="create">
          <h2 id="create">{texts.create[language]}</h2>
          <Form visit={visit} action={home}>
            <Fields language={language} fields={createFields(visit, hasIssuer)} refused={refused} />
            <Submit label={texts.create[language]} />
          </Form>
        </section>
      </>
    ),
  })
}

/** A partner, its keys, and what may be done about both. */
export function partnerDetail(
  visit: Visit,
  partner: Partner,
  { items, next }: Keys,
  { hasIssuer, refused, key }: ShownPartner & { hasIssuer: boolean },
): string {
  const { language, path } = visit
  const isOut = partner.suspendedAt !== null
  const changeFields = hasIssuer && partner.kind === 'staff' ? [nameField, subjectField] : [nameField]
  const refusedAt = (form: string) => (refused?.at === form ? refused : undefined)
  return workspacePage(visit, {
    title: visible(partner.name),
    section: home,
    children: (
      <>
        <h1>
          <Written text={partner.name} />
        </h1>
        <Done visit={visit} texts={texts.done} />
        {key !== undefined && (
          <p class="done" role="status">
            {texts.once[language]} <Code text={key} />
          </p>
        )}
        <dl class="facts">
          <Fact term={texts.kind[language]}>
            {account.kinds[partner.kind][language]}{' '}
            {isOut && <span class="tag alert">{texts.suspended[language]}</span>}
          </Fact>
          <Fact term={texts.agencyCode[language]}>
            {partner.agencyCode !== null && <Code text={partner.agencyCode} />}
          </Fact>
          <Fact term={texts.subject[language]}>{partner.subject !== null && <Code text={partner.subject} />}</Fact>
          <Fact term={texts.id[language]}>
            <Code text={partner.id} />
          </Fact>
        </dl>
        <section aria-labelledby="keys">
          <h2 id="keys">{texts.keys[language]}</h2>
          <Items language={language}>
            {items.map((one) => (
              <Key key={one.id} of={one} visit={visit} refused={refusedAt(one.id)} />
            ))}
          </Items>
          <Pager visit={visit} next={next} />
        </section>
        <section aria-labelledby="issue">
          <h2 id="issue">{texts.issue[language]}</h2>
          <Form visit={visit} action={`${path}/keys`}>
            <Fields language={language} fields={keyFields(partner.kind, language)} refused={refusedAt('issue')} />
            <Submit label={texts.issue[language]} />
          </Form>
        </section>
        <section aria-labelledby="change">
          <h2 id="change">{texts.change[language]}</h2>
          <Form visit={visit} action={path}>
            <Fields
              language={language}
              fields={changeFields}
              values={{ name: partner.name, subject: partner.subject ?? '' }}
              refused={refusedAt('change')}
              prefix="change-"
            />
            <Submit label={texts.change[language]} />
          </Form>
          <p>{isOut ? texts.restoreNote[language] : texts.suspendNote[language]}</p>
          <Fields language={language} fields={[]} refused={refusedAt('suspended')} />
          <ButtonForm
            visit={visit}
            action={`${path}/suspended`}
            label={isOut ? texts.restore[language] : texts.suspend[language]}
            fields={{ suspended: String(!isOut) }}
          />
        </section>
      </>
    ),
  })
}

/** A key without its secret, and what may be done about it. */
function Key({ of, visit, refused }: { of: Keys['items'][number]; visit: Visit; refused: Refused | undefined }) {
  const { language, path } = visit
  const { id, label, scopes, networks, expiresAt, lastUsedAt, revokedAt, replacedBy } = of
  const action = (act: 'rotate' | 'revoke') => `${path}/keys/${id}/${act}`
  const isLive = revokedAt === null
  return (
    <li>
      <div>
        <p class="title">
          <Written text={label ?? id} />
        </p>
        <p class="meta">
          <Code text={scopes.join(' ')} />
          {expiresAt !== null && (
            <span>
              {texts.expires[language]} <Moment at={expiresAt} language={language} />
            </span>
          )}
          {lastUsedAt !== null && (
            <span>
              {texts.lastUsed[language]} <Moment at={lastUsedAt} language={language} />
            </span>
          )}
          {networks.length > 0 && (
            <span>
              {texts.networks[language]} <Code text={networks.join(' ')} />
            </span>
          )}
        </p>
        {isLive && replacedBy === null && (
          <details open={refused !== undefined}>
            <summary>{texts.rotate[language]}</summary>
            <Form visit={visit} action={action('rotate')}>
              <Fields
                language={language}
                fields={rotateFields}
                values={{ overlapHours: String(usualOverlapHours) }}
                refused={refused}
                prefix={`${id}-`}
              />
              <Submit label={texts.rotate[language]} />
            </Form>
          </details>
        )}
        {isLive && <ButtonForm visit={visit} action={action('revoke')} label={texts.revoke[language]} />}
      </div>
      <p class="due">
        {!isLive && <span class="tag">{texts.revoked[language]}</span>}
        {isLive && replacedBy !== null && <span class="tag">{texts.replaced[language]}</span>}
      </p>
    </li>
  )
}
