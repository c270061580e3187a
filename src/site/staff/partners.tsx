import type { z } from 'zod'
import { problems } from '../../platform/problem.ts'
import type { issuedKey, keyPage, partnerPage, partnerSchema } from '../../partners/schemas.ts'
import { partnerKinds, scopesOfKind } from '../../partners/vocabulary.ts'
import { Code, visible, Written } from '../parts.tsx'
import { bodyOf, type Field } from '../workspace/form.ts'
import { ButtonForm, Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Done, Items, Moment, Pager } from '../workspace/list-parts.tsx'
import { account } from '../workspace/texts.ts'
import type { Pages, Visit } from '../workspace/visit.ts'
import { optionsOf } from '../workspace/words.tsx'
import { partners as texts } from './partner-texts.ts'
import { fields } from './texts.ts'

type Partner = z.output<typeof partnerSchema>
type Keys = z.output<typeof keyPage>

const home = '/staff/partners'

const createFields = ({ language }: Visit): Field[] => [
  { name: 'name', kind: 'line', label: fields.name, required: true },
  {
    ...{ name: 'kind', kind: 'choice', label: texts.kind, required: true },
    options: optionsOf(account.kinds, language).filter(({ value }) => partnerKinds.some((kind) => kind === value)),
  },
  { name: 'agencyCode', kind: 'line', label: texts.agencyCode },
]

const keyFields = (kind: Partner['kind']): Field[] => [
  {
    ...{ name: 'scopes', kind: 'choices', label: texts.scopes, required: true },
    options: scopesOfKind[kind].map((scope) => ({ value: scope, label: scope })),
  },
  { name: 'label', kind: 'line', label: texts.label },
]

interface Shown {
  refused?: Refused
  /** A key that was made just now. */
  key?: string
}

/** Agencies, platforms and staff, with their keys, for who administers the service. */
export function registerPartnerAdminPages(pages: Pages): void {
  const id = ({ params }: Visit, name = 'id') => encodeURIComponent(params[name] ?? '')
  const list = async (visit: Visit, refused?: Refused) => {
    const page = await visit.api.get<z.output<typeof partnerPage>>('/v1/partners', { cursor: visit.query['cursor'] })
    return listPage(visit, page, refused)
  }
  const detail = async (visit: Visit, shown: Shown = {}) => {
    const path = `/v1/partners/${id(visit)}`
    const partner = await visit.api.get<Partner>(path)
    const keys = await visit.api.get<Keys>(`${path}/keys`, { cursor: visit.query['cursor'] })
    return partnerPageOf({ ...visit, path: `${home}/${partner.id}` }, partner, keys, shown)
  }

  pages.get(home, async (visit) => ({ html: await list(visit) }))
  pages.post(home, async (visit) => {
    const { form, api } = visit
    const sent = await api.send<Partner>('POST', '/v1/partners', bodyOf(createFields(visit), form), form.text('_once'))
    if (sent.problem === undefined) return { to: `${home}/${sent.body.id}?done=created` }
    if (sent.problem.code === 'insufficient-scope') throw sent.problem
    return { html: await list(visit, { form, problem: sent.problem }), status: problems[sent.problem.code].status }
  })
  pages.get(`${home}/:id`, async (visit) => ({ html: await detail(visit) }))

  const change = async (
    visit: Parameters<Parameters<Pages['post']>[1]>[0],
    call: readonly ['POST' | 'PATCH' | 'DELETE', string, object | undefined],
    done?: keyof typeof texts.done,
  ) => {
    const { form, api } = visit
    const sent = await api.send<Partial<z.output<typeof issuedKey>>>(...call, form.text('_once'))
    if (sent.problem !== undefined) {
      const { status } = problems[sent.problem.code]
      if (status === 404 || sent.problem.code === 'insufficient-scope') throw sent.problem
      return { html: await detail(visit, { refused: { form, problem: sent.problem } }), status }
    }
    if (done !== undefined) return { to: `${home}/${id(visit)}?done=${done}` }
    return { html: await detail(visit, sent.body.key === undefined ? {} : { key: sent.body.key }) }
  }
  pages.post(`${home}/:id/keys`, async (visit) => {
    const body = bodyOf(keyFields('staff'), visit.form)
    return change(visit, ['POST', `/v1/partners/${id(visit)}/keys`, body])
  })
  pages.post(`${home}/:id/suspended`, async (visit) => {
    const body = { suspended: visit.form.text('suspended') === 'true' }
    return change(visit, ['PATCH', `/v1/partners/${id(visit)}`, body], 'changed')
  })
  pages.post(`${home}/:id/keys/:key/revoke`, async (visit) =>
    change(visit, ['DELETE', `/v1/keys/${id(visit, 'key')}`, undefined], 'revoked'),
  )
  pages.post(`${home}/:id/keys/:key/rotate`, async (visit) =>
    change(visit, ['POST', `/v1/keys/${id(visit, 'key')}/rotate`, {}]),
  )
}

function listPage(visit: Visit, { items, next }: z.output<typeof partnerPage>, refused?: Refused): string {
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
            <Fields language={language} fields={createFields(visit)} refused={refused} />
            <Submit label={texts.create[language]} />
          </Form>
        </section>
      </>
    ),
  })
}

function partnerPageOf(visit: Visit, partner: Partner, { items, next }: Keys, { refused, key }: Shown): string {
  const { language, path } = visit
  const isOut = partner.suspendedAt !== null
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
        <p class="meta">
          <span class="tag">{account.kinds[partner.kind][language]}</span>
          {isOut && <span class="tag alert">{texts.suspended[language]}</span>}
        </p>
        <ButtonForm
          visit={visit}
          action={`${path}/suspended`}
          label={isOut ? texts.restore[language] : texts.suspend[language]}
          fields={{ suspended: String(!isOut) }}
        />
        <section aria-labelledby="keys">
          <h2 id="keys">{texts.keys[language]}</h2>
          <Items language={language}>
            {items.map((one) => (
              <li key={one.id}>
                <div>
                  <p class="title">
                    <Written text={one.label ?? one.id} />
                  </p>
                  <p class="meta">
                    <Code text={one.scopes.join(' ')} />
                    {one.expiresAt !== null && (
                      <span>
                        {texts.expires[language]} <Moment at={one.expiresAt} language={language} />
                      </span>
                    )}
                    {one.lastUsedAt !== null && (
                      <span>
                        {texts.lastUsed[language]} <Moment at={one.lastUsedAt} language={language} />
                      </span>
                    )}
                  </p>
                  {one.revokedAt === null &&
                    (['rotate', 'revoke'] as const).map((act) => (
                      <ButtonForm
                        key={act}
                        visit={visit}
                        action={`${path}/keys/${one.id}/${act}`}
                        label={texts[act][language]}
                      />
                    ))}
                </div>
                <p class="due">{one.revokedAt !== null && <span class="tag">{texts.revoked[language]}</span>}</p>
              </li>
            ))}
          </Items>
          <Pager visit={visit} next={next} />
        </section>
        <section aria-labelledby="issue">
          <h2 id="issue">{texts.issue[language]}</h2>
          <Form visit={visit} action={`${path}/keys`}>
            <Fields language={language} fields={keyFields(partner.kind)} refused={refused} />
            <Submit label={texts.issue[language]} />
          </Form>
        </section>
      </>
    ),
  })
}
