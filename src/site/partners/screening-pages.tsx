import type { z } from 'zod'
import type { Language } from '../../platform/language.ts'
import type { KeptScreening, screeningPage } from '../../screening/schemas.ts'
import { decisions } from '../../screening/vocabulary.ts'
import { Code, Fact, Moment, Written } from '../parts.tsx'
import { Fields, Form, Submit, type Refused } from '../workspace/form-parts.tsx'
import { workspacePage } from '../workspace/frame.tsx'
import { Filters, Items, Pager, TableFrame } from '../workspace/list-parts.tsx'
import { listTexts } from '../workspace/texts.ts'
import type { Visit } from '../workspace/visit.ts'
import { optionsOf, wordOf } from '../workspace/words.tsx'
import { screenings as texts } from './texts.ts'
import { uploadFields } from './upload.ts'

const section = '/partners/screenings'

/** The form that checks sellers, and the screenings before. */
export function screeningList(
  visit: Visit,
  { items, next }: z.output<typeof screeningPage>,
  refused?: Refused,
): string {
  const { language } = visit
  return workspacePage(visit, {
    title: texts.title[language],
    section,
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <p class="lead">{texts.lead[language]}</p>
        <section aria-labelledby="upload">
          <h2 id="upload">{texts.upload[language]}</h2>
          <Form visit={visit} action={section} hasFile>
            <Fields language={language} fields={uploadFields} refused={refused} />
            <Submit label={texts.check[language]} />
          </Form>
        </section>
        <section aria-labelledby="own">
          <h2 id="own">{texts.own[language]}</h2>
          <Items language={language}>
            {items.map(({ screeningId, screenedAt, position }) => (
              <li key={screeningId}>
                <p class="title">
                  <a href={`${section}/${screeningId}`}>
                    <Moment at={screenedAt} language={language} />
                  </a>
                </p>
                <p class="meta">
                  <span>
                    {texts.position[language]} {position}
                  </span>
                  <Code text={screeningId} />
                </p>
              </li>
            ))}
          </Items>
          <Pager visit={visit} next={next} />
        </section>
      </>
    ),
  })
}

type Row = KeptScreening['results'][number] & { candidate: KeptScreening['request']['candidates'][number] | undefined }

/** What came of a screening, seller by seller, with its evidence. */
export function screeningDetail(
  visit: Visit,
  { screeningId, screenedAt, position, digest, request, results }: KeptScreening,
): string {
  const { language, query } = visit
  const rows: Row[] = results.map((result, i) => ({ ...result, candidate: request.candidates[i] }))
  const wanted = query['decision'] ?? ''
  const shown = rows.filter(({ decision }) => wanted === '' || decision === wanted)
  const all = { value: '', label: listTexts.all[language] }
  return workspacePage(visit, {
    title: texts.results[language],
    section,
    isWide: true,
    children: (
      <>
        <h1>{texts.results[language]}</h1>
        <dl class="tally">
          {decisions.map((decision) => (
            <Fact key={decision} term={texts.decisions[decision][language]}>
              {String(rows.filter((row) => row.decision === decision).length)}
            </Fact>
          ))}
        </dl>
        <dl class="facts">
          <Fact term={texts.at[language]}>
            <Moment at={screenedAt} language={language} />
          </Fact>
          <Fact term={texts.position[language]}>{String(position)}</Fact>
          <Fact term={texts.digest[language]}>
            <Code text={digest} />
          </Fact>
        </dl>
        <ul class="actions">
          <li>
            <a href={`${section}/${screeningId}/results.csv`}>{texts.download[language]}</a>
          </li>
          <li>
            <a href={`${section}/${screeningId}/certificate`}>{texts.certificate[language]}</a>
          </li>
        </ul>
        <Filters
          visit={visit}
          fields={[
            {
              ...{ name: 'decision', kind: 'choice', label: texts.decision },
              options: [all, ...optionsOf(texts.decisions, language)],
            },
          ]}
        />
        <Results rows={shown} language={language} />
      </>
    ),
  })
}

const { ref: refHead, decision: decisionHead, reasons: reasonsHead, matches: matchesHead } = texts.columns
const heads = [refHead, texts.seller, decisionHead, reasonsHead, matchesHead]

function Results({ rows, language }: { rows: readonly Row[]; language: Language }) {
  if (rows.length === 0) return <p class="none">{listTexts.none[language]}</p>
  return (
    <TableFrame label={texts.results[language]}>
      <table class="wide stacked">
        <thead>
          <tr>
            {heads.map((column) => (
              <th key={column.en} scope="col">
                {column[language]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ ref, decision, reasons, matches, candidate }, i) => (
            <tr key={i}>
              <th scope="row">
                <Written text={ref} />
              </th>
              <td data-label={texts.seller[language]}>
                {candidate?.name !== undefined && (
                  <p>
                    <Written text={candidate.name} />
                  </p>
                )}
                {candidate?.uscc !== undefined && (
                  <p>
                    <Code text={candidate.uscc} />
                  </p>
                )}
                {candidate?.url !== undefined && (
                  <p>
                    <Written text={candidate.url} />
                  </p>
                )}
              </td>
              <td class={`decision-${decision}`} data-label={texts.columns.decision[language]}>
                {texts.decisions[decision][language]}
              </td>
              <td {...(reasons.length > 0 && { 'data-label': texts.columns.reasons[language] })}>
                {reasons.map((reason) => wordOf(texts.reasons, reason, language)).join(language === 'zh' ? '；' : '; ')}
              </td>
              <td {...(matches.length > 0 && { 'data-label': texts.columns.matches[language] })}>
                {matches.map((match) => (
                  <p key={match.listingId}>
                    <a href={`/credit-files/${match.uscc}`}>
                      <Written text={match.name} />
                    </a>{' '}
                    <Code text={match.groundCode} />
                  </p>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
