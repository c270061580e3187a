import type { z } from 'zod'
import type { leadPage, leadSchema } from '../../leads/schemas.ts'
import { problems } from '../../platform/problem.ts'
import { Code, Day, Fact, Moment, OutsideLink, visible, Written, WrittenLines } from '../parts.tsx'
import { bodyOf, type Field } from '../workspace/form.ts'
import { Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Done, Filters, Items, Pager } from '../workspace/list-parts.tsx'
import { subjectStatus, webPresenceSource } from '../texts.ts'
import { listTexts } from '../workspace/texts.ts'
import type { Pages, Visit } from '../workspace/visit.ts'
import { BusinessLink, optionsOf, wordOf } from '../workspace/words.tsx'
import { leads as texts } from './record-texts.ts'
import { fields } from './texts.ts'

type Lead = z.output<typeof leadSchema>

const home = '/staff/leads'
const closeFields: readonly Field[] = [{ name: 'reason', kind: 'long', label: fields.reason, required: true }]

/** Contradictions between sources (线索): the list, one with the records of both sides, and closing it. */
export function registerLeadPages(pages: Pages): void {
  const path = ({ params }: Visit) => `/v1/leads/${encodeURIComponent(params['id'] ?? '')}`

  pages.get(home, async (visit) => {
    const { status, kind, uscc, cursor } = visit.query
    const page = await visit.api.get<z.output<typeof leadPage>>('/v1/leads', { status, kind, uscc, cursor })
    return { html: listPage(visit, page) }
  })

  pages.get(`${home}/:id`, async (visit) => ({ html: detailPage(visit, await visit.api.get<Lead>(path(visit))) }))

  pages.post(`${home}/:id/close`, async (visit) => {
    const { form, api, params } = visit
    const body = bodyOf(closeFields, form)
    const { problem } = await api.send<Lead>('POST', `${path(visit)}/close`, body, form.text('_once'))
    if (problem === undefined) return { to: `${home}/${params['id'] ?? ''}?done=closed` }
    const { status } = problems[problem.code]
    if (status === 404 || problem.code === 'insufficient-scope') throw problem
    return { html: detailPage(visit, await api.get<Lead>(path(visit)), { form, problem }), status }
  })
}

function listPage(visit: Visit, { items, next }: z.output<typeof leadPage>): string {
  const { language } = visit
  const all = { value: '', label: listTexts.all[language] }
  return workspacePage(visit, {
    title: texts.title[language],
    section: home,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        <Filters
          visit={visit}
          fields={[
            { name: 'status', kind: 'choice', label: fields.status, options: optionsOf(texts.statuses, language) },
            {
              ...{ name: 'kind', kind: 'choice', label: texts.kind },
              options: [all, ...optionsOf(texts.kinds, language)],
            },
            { name: 'uscc', kind: 'line', label: fields.uscc },
          ]}
        />
        <Items language={language}>
          {items.map((lead) => (
            <li key={lead.id}>
              <div>
                <p class="title">
                  <a href={`${home}/${lead.id}`}>{lead.label}</a>
                </p>
                <p>
                  <bdi class="address">{visible(lead.about)}</bdi>
                </p>
                <p class="meta">
                  <span>
                    {texts.opened[language]} <Moment at={lead.openedAt} language={language} />
                  </span>
                </p>
              </div>
              <p class="due">
                <span class="tag">{wordOf(texts.statuses, lead.status, language)}</span>
              </p>
            </li>
          ))}
        </Items>
        <Pager visit={visit} next={next} />
      </>
    ),
  })
}

function detailPage(visit: Visit, lead: Lead, refused?: Refused): string {
  const { language } = visit
  return workspacePage(visit, {
    title: lead.label,
    section: home,
    children: (
      <>
        <h1>{lead.label}</h1>
        <Done visit={visit} texts={texts.done} />
        {lead.status === 'closed' && <Fields language={language} fields={[]} refused={refused} />}
        <p class="meta">
          <span class="tag">{wordOf(texts.statuses, lead.status, language)}</span>
        </p>
        <dl class="facts">
          <Fact term={texts.about[language]}>
            <bdi class="address">{visible(lead.about)}</bdi>
          </Fact>
          <Fact term={texts.opened[language]}>
            <Moment at={lead.openedAt} language={language} />
          </Fact>
          <Fact term={texts.changed[language]}>
            <Moment at={lead.changedAt} language={language} />
          </Fact>
          <Fact term={texts.closed[language]}>
            {lead.closedAt !== null && <Moment at={lead.closedAt} language={language} />}
          </Fact>
          <Fact term={fields.reason[language]}>
            {lead.closeReason !== null && <WrittenLines text={lead.closeReason} />}
          </Fact>
        </dl>
        <Evidence lead={lead} visit={visit} />
        {lead.status === 'open' && (
          <section aria-labelledby="close">
            <h2 id="close">{texts.close[language]}</h2>
            <Form visit={visit} action={`${home}/${lead.id}/close`}>
              <Fields language={language} fields={closeFields} refused={refused} />
              <Submit label={texts.close[language]} />
            </Form>
          </section>
        )}
      </>
    ),
  })
}

/** The records of both sides. */
function Evidence({ lead: { evidence }, visit: { language } }: { lead: Lead; visit: Visit }) {
  return (
    <>
      <section aria-labelledby="registry">
        <h2 id="registry">{texts.registry[language]}</h2>
        <Items language={language}>
          {evidence.businesses.map((business) => (
            <li key={business.uscc}>
              <dl class="facts">
                <Fact term={fields.name[language]}>
                  <BusinessLink uscc={business.uscc} name={business.name} />
                </Fact>
                <Fact term={fields.uscc[language]}>
                  <Code text={business.uscc} />
                </Fact>
                <Fact term={texts.formerNames[language]}>
                  {business.formerNames.length > 0 && <Written text={business.formerNames.join('、')} />}
                </Fact>
                <Fact term={texts.status[language]}>{wordOf(subjectStatus, business.status, language)}</Fact>
              </dl>
            </li>
          ))}
        </Items>
      </section>
      <section aria-labelledby="claims">
        <h2 id="claims">{texts.claims[language]}</h2>
        <Items language={language}>
          {evidence.claims.map((claim) => (
            <li key={`${claim.source} ${claim.sourceId} ${claim.key ?? ''}`}>
              <dl class="facts">
                <Fact term={texts.source[language]}>
                  {wordOf(webPresenceSource, claim.source, language)} <Code text={claim.sourceId} />
                </Fact>
                <Fact term={texts.owner[language]}>
                  <Written text={claim.ownerName} />
                </Fact>
                <Fact term={fields.uscc[language]}>{claim.uscc !== null && <Code text={claim.uscc} />}</Fact>
                <Fact term={texts.site[language]}>
                  {claim.url === null ? (
                    <Written text={claim.name ?? claim.shopId ?? '—'} />
                  ) : (
                    <OutsideLink address={claim.url} />
                  )}
                </Fact>
                <Fact term={texts.statedOn[language]}>
                  <Day on={claim.statedOn} language={language} />
                </Fact>
              </dl>
            </li>
          ))}
        </Items>
      </section>
    </>
  )
}
