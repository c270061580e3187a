import type { z } from 'zod'
import type { CreditFile, ListedEntry } from '../../credit-files/schemas.ts'
import type { rulebookAnswer } from '../../law/schemas.ts'
import type { decisionPage, decisionSchema } from '../../listings/decisions/schemas.ts'
import type { DecisionAction } from '../../listings/vocabulary.ts'
import { Code, Day, Fact, Moment, visible, Written, WrittenLines } from '../parts.tsx'
import type { Field } from '../workspace/form.ts'
import { Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { colon, workspacePage } from '../workspace/frame.tsx'
import { Deadlines, Done, Filters, Items, nextDuty, NextDuty, Pager } from '../workspace/list-parts.tsx'
import { listTexts } from '../workspace/texts.ts'
import { maySome, type Visit } from '../workspace/visit.ts'
import { BusinessLink, Documents, optionsOf, wordOf } from '../workspace/words.tsx'
import { enterFields, stepFields, whichFields } from './decision-fields.ts'
import { decision as texts, fields, words } from './texts.ts'

type Decision = z.output<typeof decisionSchema>
type Ground = z.output<typeof rulebookAnswer>['grounds'][number]

const section = '/staff/decisions'

/** Decisions of staff, newest first. */
export function decisionList(
  visit: Visit,
  { items, next }: z.output<typeof decisionPage>,
  names: ReadonlyMap<string, string>,
): string {
  const { language } = visit
  const all = { value: '', label: listTexts.all[language] }
  const filters: Field[] = [
    {
      ...{ name: 'status', kind: 'choice', label: fields.status },
      options: [all, ...optionsOf(words.proposalStatus, language)],
    },
    {
      ...{ name: 'overdue', kind: 'choice', label: fields.dueOn },
      options: [all, { value: 'true', label: listTexts.overdue[language] }],
    },
    { name: 'uscc', kind: 'line', label: fields.uscc },
  ]
  return workspacePage(visit, {
    title: texts.list[language],
    section,
    children: (
      <>
        <h1>{texts.list[language]}</h1>
        {maySome(visit.session, 'decisions:propose') && (
          <p>
            <a class="button" href={`${section}/new`}>
              {texts.propose[language]}
            </a>
          </p>
        )}
        <Filters visit={visit} fields={filters} />
        <Items language={language}>
          {items.map((item) => {
            const due = nextDuty(item.deadlines)
            return (
              <li key={item.id}>
                <div>
                  <p class="title">
                    <a href={`${section}/${item.id}`}>
                      <Written text={names.get(item.uscc) ?? item.uscc} />
                    </a>
                  </p>
                  <p class="meta">
                    <span>
                      {words.action[item.action][language]} · {words.list[item.list][language]}
                    </span>
                    <span>
                      <Code text={item.groundCode} />
                    </span>
                    <span>
                      <Written text={item.decisionNumber} />
                    </span>
                    <span>
                      <Day on={item.decidedOn} language={language} />
                    </span>
                  </p>
                </div>
                <p class="due">
                  <span class="tag">{words.proposalStatus[item.status][language]}</span>{' '}
                  {item.status === 'proposed' && due !== undefined && <NextDuty deadline={due} language={language} />}
                </p>
              </li>
            )
          })}
        </Items>
        <Pager visit={visit} next={next} />
      </>
    ),
  })
}

/** The first step of proposing an entry: it decides which grounds there are. */
export function choosePage(visit: Visit): string {
  const { language, query, today } = visit
  return workspacePage(visit, {
    title: texts.propose[language],
    section,
    children: (
      <>
        <h1>{texts.propose[language]}</h1>
        <form method="get" action={`${section}/new`} class="sheet">
          <h2>{texts.which[language]}</h2>
          <Fields language={language} fields={whichFields(language)} values={{ decidedOn: today, ...query }} />
          <Submit label={texts.goOn[language]} />
        </form>
      </>
    ),
  })
}

interface Known {
  subject: CreditFile['subject']
  list: string
  decidedOn: string
  grounds: readonly Ground[]
}

/** The second step: the decision itself, with the grounds of that day for this kind of business. */
export function enterPage(visit: Visit, { subject, list, decidedOn, grounds }: Known, refused?: Refused): string {
  const { language } = visit
  const { uscc } = subject
  const again = new URLSearchParams({ uscc, list }).toString()
  return workspacePage(visit, {
    title: texts.propose[language],
    section,
    children: (
      <>
        <h1>{texts.propose[language]}</h1>
        <dl class="facts">
          <Fact term={fields.name[language]}>
            <BusinessLink uscc={uscc} name={subject.name} /> <Code text={uscc} />
          </Fact>
          <Fact term={fields.list[language]}>{wordOf(words.list, list, language)}</Fact>
          <Fact term={fields.decidedOn[language]}>
            <Day on={decidedOn} language={language} />
          </Fact>
        </dl>
        <p>
          <a href={`${section}/new?${again}`}>{texts.change[language]}</a>
        </p>
        {grounds.length === 0 && <p class="notice-line">{texts.noGrounds[language]}</p>}
        <Form visit={visit} action={`${section}/enter`}>
          <input type="hidden" name="uscc" value={uscc} />
          <input type="hidden" name="list" value={list} />
          <input type="hidden" name="decidedOn" value={decidedOn} />
          <Fields language={language} fields={enterFields(grounds, language)} refused={refused} />
          <Submit label={texts.submit[language]} />
        </Form>
      </>
    ),
  })
}

/** A step in the life of an entry: its removal, revocation, correction or restoration. */
export function stepPage(
  visit: Visit,
  { action, entry }: { action: DecisionAction; entry: ListedEntry },
  refused?: Refused,
): string {
  const { language, today } = visit
  const title = words.proposing[action][language]
  return workspacePage(visit, {
    title,
    section,
    children: (
      <>
        <h1>{title}</h1>
        <dl class="facts">
          <Fact term={fields.name[language]}>
            <BusinessLink uscc={entry.uscc} name={entry.name} /> <Code text={entry.uscc} />
          </Fact>
          <Fact term={fields.list[language]}>{words.list[entry.list][language]}</Fact>
          <Fact term={fields.ground[language]}>
            <Code text={entry.ground.code} /> {entry.ground.label}
            <br />
            <span class="hint">{entry.ground.article}</span>
          </Fact>
          <Fact term={fields.listedOn[language]}>
            <Day on={entry.listedOn} language={language} />
          </Fact>
          <Fact term={fields.status[language]}>{wordOf(words.listingStatus, entry.status, language)}</Fact>
        </dl>
        <Form visit={visit} action={`${section}/step/${action}/${entry.id}`}>
          <Fields
            language={language}
            fields={stepFields(action, language)}
            values={{ decidedOn: today }}
            refused={refused}
          />
          <Submit label={texts.submit[language]} />
        </Form>
      </>
    ),
  })
}

interface Shown {
  decision: Decision
  name: string | undefined
  /** As the rulebook of the day of decision words it. */
  ground: Ground | undefined
  proposer: string | null
  settler: string | null
}

/** A decision with its deadlines, and what a second person may do with it. */
export function decisionDetail(
  visit: Visit,
  { decision, name, ground, proposer, settler }: Shown,
  refused?: Refused,
): string {
  const { language } = visit
  const title = `${words.action[decision.action][language]}${colon(language)}${visible(name ?? decision.uscc)}`
  const { summary, establishedOn, reportYear, reason, lettersMailedOn } = decision.facts as {
    summary?: string
    establishedOn?: string
    reportYear?: number
    reason?: string
    lettersMailedOn?: string[]
  }
  return workspacePage(visit, {
    title,
    section,
    children: (
      <>
        <h1>
          {words.action[decision.action][language]}
          {colon(language)}
          <Written text={name ?? decision.uscc} />
        </h1>
        <Done visit={visit} texts={texts.done} />
        <p class="meta">
          <span class="tag">{words.proposalStatus[decision.status][language]}</span>
          {decision.manualReview && <span class="tag alert">{texts.review[language]}</span>}
          {decision.late && <span class="tag alert">{texts.late[language]}</span>}
        </p>
        <dl class="facts">
          <Fact term={fields.uscc[language]}>
            <BusinessLink uscc={decision.uscc} name={undefined} />
          </Fact>
          <Fact term={fields.list[language]}>{words.list[decision.list][language]}</Fact>
          <Fact term={fields.ground[language]}>
            <Code text={decision.groundCode} /> {ground?.label}
          </Fact>
          <Fact term={fields.article[language]}>{ground?.article}</Fact>
          <Fact term={fields.decisionNumber[language]}>
            <Written text={decision.decisionNumber} />
          </Fact>
          <Fact term={fields.authority[language]}>
            <Written text={decision.authority} />
          </Fact>
          <Fact term={fields.decidedOn[language]}>
            <Day on={decision.decidedOn} language={language} />
          </Fact>
          <Fact term={fields.summary[language]}>{summary !== undefined && <WrittenLines text={summary} />}</Fact>
          <Fact term={fields.establishedOn[language]}>
            {establishedOn !== undefined && <Day on={establishedOn} language={language} />}
          </Fact>
          <Fact term={fields.firstLetter[language]}>
            {lettersMailedOn?.[0] !== undefined && <Day on={lettersMailedOn[0]} language={language} />}
          </Fact>
          <Fact term={fields.secondLetter[language]}>
            {lettersMailedOn?.[1] !== undefined && <Day on={lettersMailedOn[1]} language={language} />}
          </Fact>
          <Fact term={fields.reportYear[language]}>{reportYear}</Fact>
          <Fact term={fields.removalReason[language]}>
            {reason !== undefined && wordOf(words.removalReason, reason, language)}
          </Fact>
          <Fact term={fields.evidence[language]}>
            {Array.isArray(decision.evidence) && decision.evidence.length > 0 && (
              <Documents documents={decision.evidence} />
            )}
          </Fact>
          <Fact term={fields.rulebook[language]}>
            <Code text={decision.rulebook} />
          </Fact>
          <Fact term={fields.proposed[language]}>
            <Written text={proposer ?? ''} /> <Moment at={decision.proposedAt} language={language} />
          </Fact>
          <Fact term={fields.settled[language]}>
            {decision.settledAt !== null && (
              <>
                <Written text={settler ?? ''} /> <Moment at={decision.settledAt} language={language} />
              </>
            )}
          </Fact>
          <Fact term={fields.rejectionReason[language]}>
            {decision.rejectionReason !== null && <WrittenLines text={decision.rejectionReason} />}
          </Fact>
        </dl>
        <section aria-labelledby="deadlines">
          <h2 id="deadlines">{texts.deadlines[language]}</h2>
          <Deadlines deadlines={decision.deadlines} language={language} />
        </section>
        {decision.status === 'proposed' && maySome(visit.session, 'decisions:approve') && (
          <Settle visit={visit} decision={decision} refused={refused} />
        )}
      </>
    ),
  })
}

function Settle({ visit, decision, refused }: { visit: Visit; decision: Decision; refused: Refused | undefined }) {
  const { language, session } = visit
  const isOwn = decision.proposedBy === session.principal.partnerId
  const reason: Field[] = [{ name: 'reason', kind: 'long', label: fields.rejectionReason }]
  return (
    <section aria-labelledby="settle">
      <h2 id="settle">{texts.settle[language]}</h2>
      {isOwn ? (
        <>
          {refused !== undefined && <Fields language={language} fields={[]} refused={refused} />}
          <p class="notice-line">{texts.ownNote[language]}</p>
        </>
      ) : (
        <>
          {refused !== undefined && <Fields language={language} fields={[]} refused={refused} />}
          <p>{texts.approveNote[language]}</p>
          <div class="columns">
            <Form visit={visit} action={`${section}/${decision.id}/approve`}>
              <Submit label={texts.approve[language]} />
            </Form>
            <Form visit={visit} action={`${section}/${decision.id}/reject`}>
              <Fields language={language} fields={reason} prefix="reject-" />
              <Submit label={texts.reject[language]} />
            </Form>
          </div>
        </>
      )}
    </section>
  )
}
