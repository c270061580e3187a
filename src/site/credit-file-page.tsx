import type { CreditFile } from '../credit-files/schemas.ts'
import type { Language } from '../platform/language.ts'
import type { Rulebook } from '../rulebook/rulebook.ts'
import { past as pastTexts } from './file-texts.ts'
import { isMark } from './guidance.ts'
import { renderPage } from './layout.tsx'
import { Listings } from './listing.tsx'
import { Code, Day, Fact, Section, StandingIcon, Written } from './parts.tsx'
import { AnnualReports, OtherRecords, WebPresences } from './records.tsx'
import { TakeAlong } from './take-along.tsx'
import * as texts from './texts.ts'
import { TimelineSection } from './timeline.tsx'
import { wayOut } from './way-out.ts'

interface View {
  language: Language
  file: CreditFile
  rulebook: Rulebook
  /** The day of reading. */
  today: string
  publicUrl: string
}

/** As many ended entries as a person looks through. */
const shownPast = 20

/** The credit file of a business: its standing first, then what it rests on. */
export function creditFilePage({ language, file, rulebook, today, publicUrl }: View): string {
  const { subject } = file
  const path = `/credit-files/${encodeURIComponent(subject.uscc)}`
  const isPast = file.asOf !== today
  const inForce = file.listings.filter((listing) => listing.status === 'in-force')
  const past = file.listings.filter((listing) => listing.status === 'removed')
  const judge = (listing: CreditFile['listings'][number]) => wayOut(rulebook, listing, file.asOf)
  return renderPage({
    language,
    title: subject.name,
    here: isPast ? `${path}?asOf=${file.asOf}` : path,
    canonical: publicUrl + path,
    json: `/v1${path}${isPast ? `?asOf=${file.asOf}` : ''}`,
    // A business that is one person is not for search engines (rulebook section 7), and no past is.
    isPrivate: isPast || subject.entityType === 'individual-business',
    children: (
      <>
        <header class="subject">
          <p class="meta">
            {texts.entityType[subject.entityType][language]}
            <Code text={subject.uscc} />
          </p>
          <h1>
            <Written text={subject.name} />
          </h1>
        </header>
        {isPast && (
          <p class="notice pad past" role="note">
            <strong>
              {pastTexts.banner[language]} <Day on={file.asOf} language={language} />
            </strong>{' '}
            <a href={path}>{pastTexts.now[language]}</a>
          </p>
        )}
        <StandingPanel file={file} isPast={isPast} language={language} />
        <Section id="listings" title={texts.file.listings[language]} isEmpty={inForce.length === 0}>
          <Listings listings={inForce} judge={judge} language={language} />
        </Section>
        <TimelineSection file={file} language={language} />
        <Registration subject={subject} language={language} />
        <WebPresences file={file} language={language} />
        <AnnualReports file={file} language={language} />
        <OtherRecords file={file} language={language} />
        <Section id="past-listings" title={texts.file.pastListings[language]} isEmpty={past.length === 0}>
          <Listings listings={past.slice(0, shownPast)} judge={judge} language={language} />
          {past.length > shownPast && <p>{texts.file.moreRecords(past.length, shownPast)[language]}</p>}
        </Section>
        <TakeAlong file={file} language={language} publicUrl={publicUrl} />
        <Section id="as-of" title={pastTexts.title[language]}>
          <form class="filters" action={path} method="get">
            <div>
              <label for="asOf">{pastTexts.day[language]}</label>
              <input id="asOf" name="asOf" type="date" max={today} value={file.asOf} required />
            </div>
            <div class="act">
              <button type="submit">{pastTexts.show[language]}</button>
            </div>
          </form>
        </Section>
      </>
    ),
  })
}

function StandingPanel({ file, isPast, language }: { file: CreditFile; isPast: boolean; language: Language }) {
  const { standing, subject } = file
  const inForce = file.listings.filter((listing) => listing.status === 'in-force')
  const isMarkAlone = standing === 'abnormal' && inForce.every(isMark)
  return (
    <section class={`standing ${standing}`} aria-labelledby="standing">
      <StandingIcon standing={standing} />
      <div>
        <p class="hint">
          {(isPast ? texts.file.pastStanding : texts.file.standing)[language]} · {texts.file.asOf[language]}{' '}
          <Day on={file.asOf} language={language} />
        </p>
        <h2 id="standing">{texts.verdict[isMarkAlone ? 'abnormal-mark' : standing][language]}</h2>
        {subject.status !== 'active' && (
          <p>
            <strong>{texts.statusWarning[subject.status][language]}</strong>
          </p>
        )}
        {standing === 'clear' ? (
          <p>{texts.file.clearNote[language]}</p>
        ) : (
          <p>
            <a href="#listings">{texts.file.seeEntries[language]}</a>
          </p>
        )}
      </div>
    </section>
  )
}

function Registration({ subject, language }: { subject: CreditFile['subject']; language: Language }) {
  const { file } = texts
  const written = (text: string | null) => text !== null && <Written text={text} />
  return (
    <Section id="registration" title={file.registration[language]}>
      <dl class="facts">
        <Fact term={file.uscc[language]}>
          <Code text={subject.uscc} />
        </Fact>
        <Fact term={file.registrationNumber[language]}>
          {subject.registrationNumber !== null && <Code text={subject.registrationNumber} />}
        </Fact>
        <Fact term={file.formerNames[language]}>
          {subject.formerNames.length > 0 && (
            <ul class="plain">
              {subject.formerNames.map((name) => (
                <li key={name}>
                  <Written text={name} />
                </li>
              ))}
            </ul>
          )}
        </Fact>
        <Fact term={file.entityType[language]}>{texts.entityType[subject.entityType][language]}</Fact>
        <Fact term={file.status[language]}>{texts.subjectStatus[subject.status][language]}</Fact>
        <Fact
          term={(subject.entityType === 'individual-business' ? file.operator : file.legalRepresentative)[language]}
        >
          {written(subject.legalRepresentative)}
        </Fact>
        <Fact term={file.establishedOn[language]}>
          {subject.establishedOn !== null && <Day on={subject.establishedOn} language={language} />}
        </Fact>
        <Fact term={file.region[language]}>
          {written(subject.regionName)} <Code text={subject.regionCode} />
        </Fact>
        <Fact term={file.address[language]}>{written(subject.address)}</Fact>
        <Fact term={file.industryCode[language]}>
          {subject.industryCode !== null && <Code text={subject.industryCode} />}
        </Fact>
        <Fact term={file.registrationAuthority[language]}>{written(subject.registrationAuthority)}</Fact>
      </dl>
    </Section>
  )
}
