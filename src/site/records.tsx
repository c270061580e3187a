import type { CreditFile } from '../credit-files/schemas.ts'
import type { Language } from '../platform/language.ts'
import { Day, Fact, OutsideLink, Section, Written } from './parts.tsx'
import { file as texts, licenceDisplay, webPresenceKind, webPresenceSource, webPresenceStatus } from './texts.ts'

interface Props {
  file: CreditFile
  language: Language
}

/** As many sites as a person looks through; one who has thousands of shops must not make the page heavy. */
const shownPresences = 40
/** As many penalties, and as many honours. */
const shownRecords = 20

/** The sites and shops that the business filed, those in use first. */
export function WebPresences({ file, language }: Props) {
  if (file.webPresences.length === 0) {
    return (
      <Section id="web-presences" title={texts.webPresences[language]}>
        <p>{texts.noWebPresences[language]}</p>
      </Section>
    )
  }
  return (
    <Section id="web-presences" title={texts.webPresences[language]}>
      <p class="hint">{texts.webPresencesNote[language]}</p>
      <ul class="presences">
        {file.webPresences.slice(0, shownPresences).map((presence) => (
          <li key={presence.id}>
            <p>
              <strong>
                <Written text={presence.name} />
              </strong>{' '}
              <span class="tag">{webPresenceKind[presence.kind][language]}</span>{' '}
              {presence.status !== 'active' && (
                <span class="tag alert">{webPresenceStatus[presence.status][language]}</span>
              )}{' '}
              <span class={presence.licenceDisplay === 'missing' ? 'tag alert' : 'tag'}>
                {licenceDisplay[presence.licenceDisplay][language]}
              </span>
            </p>
            <p>
              <OutsideLink address={presence.url} />
            </p>
            <p class="meta">
              <span>
                {texts.confirmedOn[language]} <Day on={presence.confirmedOn} language={language} />
              </span>
              <span>
                {texts.source[language]}{' '}
                {presence.sources
                  .map((source) => webPresenceSource[source]?.[language] ?? source)
                  .join(language === 'zh' ? '、' : ', ')}
              </span>
              {presence.icpNumber !== null && (
                <span>
                  {texts.icpNumber[language]} <Written text={presence.icpNumber} />
                </span>
              )}
            </p>
          </li>
        ))}
      </ul>
      {file.webPresences.length > shownPresences && (
        <p>{texts.morePresences(file.webPresences.length, shownPresences)[language]}</p>
      )}
    </Section>
  )
}

/** The annual reports, newest first, each on time or late. */
export function AnnualReports({ file, language }: Props) {
  return (
    <Section id="annual-reports" title={texts.annualReports[language]}>
      {file.annualReports.length === 0 ? (
        <p>{texts.noAnnualReports[language]}</p>
      ) : (
        <table>
          <caption>{texts.annualReportsCaption[language]}</caption>
          <thead>
            <tr>
              <th scope="col">{texts.year[language]}</th>
              <th scope="col">{texts.publishedOn[language]}</th>
              <th scope="col">{texts.timeliness[language]}</th>
            </tr>
          </thead>
          <tbody>
            {file.annualReports.map((report) => (
              <tr key={report.year}>
                <th scope="row">{report.year}</th>
                <td>
                  <Day on={report.publishedOn} language={language} />
                </td>
                <td>
                  <span class={report.onTime ? 'tag' : 'tag alert'}>
                    {(report.onTime ? texts.onTime : texts.late)[language]}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}

/** Penalties, honours and sanctions; each left out while there is none. */
export function OtherRecords({ file, language }: Props) {
  const day = (on: string | null) => on !== null && <Day on={on} language={language} />
  return (
    <>
      <Section id="penalties" title={texts.penalties[language]} isEmpty={file.penalties.length === 0}>
        {file.penalties.slice(0, shownRecords).map((penalty) => (
          <dl key={`${penalty.authority} ${penalty.decisionNumber}`} class="facts entry">
            <Fact term={texts.kind[language]}>
              <Written text={penalty.kind} />
            </Fact>
            <Fact term={texts.offence[language]}>
              <Written text={penalty.ground} />
            </Fact>
            <Fact term={texts.amount[language]}>{penalty.amountFen !== null && yuan(penalty.amountFen)}</Fact>
            <Fact term={texts.authority[language]}>
              <Written text={penalty.authority} />
            </Fact>
            <Fact term={texts.decisionNumber[language]}>
              <Written text={penalty.decisionNumber} />
            </Fact>
            <Fact term={texts.decidedOn[language]}>{day(penalty.decidedOn)}</Fact>
            <Fact term={texts.publishedUntil[language]}>{day(penalty.publishedUntil)}</Fact>
          </dl>
        ))}
        <More all={file.penalties.length} language={language} />
      </Section>
      <Section id="sanctions" title={texts.sanctions[language]} isEmpty={file.sanctions.length === 0}>
        <Sanctions sanctions={file.sanctions} language={language} />
      </Section>
      <Section id="honours" title={texts.honours[language]} isEmpty={file.honours.length === 0}>
        {file.honours.slice(0, shownRecords).map((honour) => (
          <dl key={`${honour.title} ${honour.awardedOn}`} class="facts entry">
            <Fact term={texts.honour[language]}>
              <Written text={honour.title} />
            </Fact>
            <Fact term={texts.awardedBy[language]}>
              <Written text={honour.authority} />
            </Fact>
            <Fact term={texts.awardedOn[language]}>{day(honour.awardedOn)}</Fact>
            <Fact term={texts.validUntil[language]}>{day(honour.validUntil)}</Fact>
          </dl>
        ))}
        <More all={file.honours.length} language={language} />
      </Section>
    </>
  )
}

function More({ all, language }: { all: number; language: Language }) {
  return all > shownRecords ? <p>{texts.moreRecords(all, shownRecords)[language]}</p> : null
}

/** The measures, each with the agencies that carry it out. */
function Sanctions({ sanctions, language }: { sanctions: CreditFile['sanctions']; language: Language }) {
  const measures = new Map<string, CreditFile['sanctions']>()
  for (const sanction of sanctions) {
    const key = `${sanction.measureCode} ${sanction.listingId} ${sanction.imposedOn}`
    measures.set(key, [...(measures.get(key) ?? []), sanction])
  }
  return (
    <table class="wide stacked">
      <caption>{texts.sanctionsCaption[language]}</caption>
      <thead>
        <tr>
          <th scope="col">{texts.measure[language]}</th>
          <th scope="col">{texts.agency[language]}</th>
          <th scope="col">{texts.imposedOn[language]}</th>
          <th scope="col">{texts.until[language]}</th>
        </tr>
      </thead>
      <tbody>
        {[...measures].map(([key, [first, ...others]]) =>
          first === undefined ? null : (
            <tr key={key}>
              <th scope="row">{first.label}</th>
              <td data-label={texts.agency[language]}>
                {[first, ...others].map(({ agency }) => agency).join(language === 'zh' ? '、' : '; ')}
              </td>
              <td data-label={texts.imposedOn[language]}>
                <Day on={first.imposedOn} language={language} />
              </td>
              <td data-label={texts.until[language]}>
                {first.until === null ? texts.whileListed[language] : <Day on={first.until} language={language} />}
              </td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  )
}

function yuan(fen: number): string {
  return `¥ ${(fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`
}
