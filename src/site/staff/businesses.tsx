import type { CreditFile } from '../../credit-files/schemas.ts'
import { Code, Day, Fact, StandingMark, Written } from '../parts.tsx'
import { Items } from '../workspace/list-parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { assertScope, maySome, type Pages, type Visit } from '../workspace/visit.ts'
import { wordOf } from '../workspace/words.tsx'
import { business as texts, decision, fields, words } from './texts.ts'

/** What may follow an entry in each of its states. */
const stepsOf: Readonly<Record<string, readonly (keyof typeof words.action)[]>> = {
  'in-force': ['remove', 'revoke', 'correct'],
  removed: ['restore', 'revoke', 'correct'],
}

/** A business as staff works on it: its entries, and what may be done about each. */
export function registerBusinessPages(pages: Pages): void {
  pages.get('/staff/businesses/:uscc', async (visit) => {
    assertScope(visit, 'decisions:propose', 'decisions:approve', 'admin')
    const file = await visit.api.get<CreditFile>(`/v1/credit-files/${encodeURIComponent(visit.params['uscc'] ?? '')}`)
    return { html: page(visit, file) }
  })
}

function page(visit: Visit, { subject, standing, listings }: CreditFile): string {
  const { language, session } = visit
  const { uscc } = subject
  const mayPropose = maySome(session, 'decisions:propose')
  return workspacePage(visit, {
    title: subject.name,
    section: '/staff',
    children: (
      <>
        <h1>
          <Written text={subject.name} />
        </h1>
        <dl class="facts">
          <Fact term={fields.uscc[language]}>
            <Code text={uscc} />
          </Fact>
          <Fact term={texts.standing[language]}>
            <StandingMark standing={standing} language={language} />
          </Fact>
        </dl>
        <ul class="actions">
          {mayPropose && (
            <li>
              <a href={`/staff/decisions/new?uscc=${uscc}`}>{decision.propose[language]}</a>
            </li>
          )}
          <li>
            <a href={`/credit-files/${uscc}`}>{texts.publicFile[language]}</a>
          </li>
        </ul>
        <section aria-labelledby="matters">
          <h2 id="matters">{texts.matters[language]}</h2>
          <ul class="actions">
            {(['decisions', 'objections', 'repairs'] as const).map((section) => (
              <li key={section}>
                <a href={`/staff/${section}?uscc=${uscc}`}>{sectionTexts[section][language]}</a>
              </li>
            ))}
          </ul>
        </section>
        <section aria-labelledby="entries">
          <h2 id="entries">{texts.entries[language]}</h2>
          {listings.length === 0 ? (
            <p class="none">{texts.noEntries[language]}</p>
          ) : (
            <Items language={language}>
              {listings.map((listing) => (
                <li key={listing.id}>
                  <div>
                    <p class="title">
                      {words.list[listing.list][language]} · {listing.ground.label}
                    </p>
                    <p class="meta">
                      <span class="tag">{wordOf(words.listingStatus, listing.status, language)}</span>
                      <Code text={listing.ground.code} />
                      <Written text={listing.decisionNumber} />
                      <Day on={listing.listedOn} language={language} />
                    </p>
                    {mayPropose && <Steps id={listing.id} status={listing.status} visit={visit} />}
                  </div>
                </li>
              ))}
            </Items>
          )}
        </section>
      </>
    ),
  })
}

const sectionTexts = {
  decisions: { zh: '决定', en: 'Decisions' },
  objections: { zh: '异议', en: 'Objections' },
  repairs: { zh: '信用修复', en: 'Repairs' },
} as const

function Steps({ id, status, visit: { language } }: { id: string; status: string; visit: Visit }) {
  return (
    <ul class="actions">
      {(stepsOf[status] ?? []).map((action) => (
        <li key={action}>
          <a href={`/staff/decisions/step/${action}/${id}`}>{words.action[action][language]}</a>
        </li>
      ))}
      {status === 'in-force' && (
        <>
          <li>
            <a href={`/staff/objections/new?listingId=${id}`}>{texts.object[language]}</a>
          </li>
          <li>
            <a href={`/staff/repairs/new?listingId=${id}`}>{texts.repair[language]}</a>
          </li>
        </>
      )}
    </ul>
  )
}
