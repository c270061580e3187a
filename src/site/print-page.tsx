import type { CreditFile } from '../credit-files/schemas.ts'
import type { Language } from '../platform/language.ts'
import { isMark } from './guidance.ts'
import { renderPage } from './layout.tsx'
import { Code, Day, Fact, StandingIcon, visible, Written } from './parts.tsx'
import { QrCode } from './qr-code.tsx'
import { print as texts } from './file-texts.ts'
import * as common from './texts.ts'

interface View {
  language: Language
  file: CreditFile
  publicUrl: string
}

/** What fits one sheet; the page that the code leads to has the rest. */
const most = { entries: 4, reports: 6, sites: 4 }

/** A credit file on one sheet of A4, with a code that leads to the file as it is when the sheet is looked at. */
export function printPage({ language, file, publicUrl }: View): string {
  const path = `/credit-files/${encodeURIComponent(file.subject.uscc)}`
  return renderPage({
    language,
    title: `${file.subject.name} – ${texts.title[language]}`,
    canonical: publicUrl + path,
    isPrivate: true,
    hasSearch: true,
    here: `${path}/print`,
    children: (
      <>
        <p class="act screen-only">
          <button type="button" data-print="" hidden>
            {texts.print[language]}
          </button>
          <a href={path}>{texts.back[language]}</a>
        </p>
        <Sheet file={file} language={language} address={publicUrl + path} />
      </>
    ),
  })
}

function Sheet({ file, language, address }: { file: CreditFile; language: Language; address: string }) {
  const { subject, standing } = file
  const inForce = file.listings.filter(({ status }) => status === 'in-force')
  const sites = file.webPresences.filter(({ status }) => status === 'active' || status === 'disputed')
  const separator = language === 'zh' ? '：' : ': '
  return (
    <article class="sheet">
      <header class="sheet-head">
        <div>
          <p class="meta">
            {common.entityType[subject.entityType][language]} · {common.subjectStatus[subject.status][language]}
          </p>
          <h1>
            <Written text={shorten(subject.name, 100)} />
          </h1>
          <p>
            <Code text={subject.uscc} />
          </p>
        </div>
        <figure>
          <QrCode address={address} title={texts.scan[language]} />
          <figcaption>{texts.scan[language]}</figcaption>
        </figure>
      </header>
      <section class={`standing ${standing}`} aria-labelledby="standing">
        <StandingIcon standing={standing} />
        <div>
          <p class="hint">
            {texts.takenOn[language]} <Day on={file.asOf} language={language} /> · {texts.position[language]}{' '}
            {file.position}
          </p>
          <h2 id="standing">
            {common.verdict[standing === 'abnormal' && inForce.every(isMark) ? 'abnormal-mark' : standing][language]}
          </h2>
        </div>
      </section>
      {inForce.length > 0 && (
        <section aria-labelledby="entries">
          <h2 id="entries">{texts.entries[language]}</h2>
          {inForce.slice(0, most.entries).map((listing) => (
            <dl key={listing.id} class="facts">
              <Fact term={common.file.ground[language]}>
                {listing.ground.label} <Code text={listing.ground.code} />
              </Fact>
              <Fact term={common.file.article[language]}>{listing.ground.article}</Fact>
              <Fact term={common.file.authority[language]}>
                <Written text={shorten(listing.authority)} /> <Written text={shorten(listing.decisionNumber)} />
              </Fact>
              <Fact term={common.file.listedOn[language]}>
                <Day on={listing.listedOn} language={language} />
                {listing.expiresOn !== null && (
                  <>
                    {' · '}
                    {common.file.expiresOn[language]} <Day on={listing.expiresOn} language={language} />
                  </>
                )}
              </Fact>
            </dl>
          ))}
          <More all={inForce.length} shown={most.entries} language={language} />
        </section>
      )}
      <section aria-labelledby="registration">
        <h2 id="registration">{common.file.registration[language]}</h2>
        <dl class="facts">
          <Fact term={common.file.legalRepresentative[language]}>
            {subject.legalRepresentative !== null && <Written text={shorten(subject.legalRepresentative)} />}
          </Fact>
          <Fact term={common.file.establishedOn[language]}>
            {subject.establishedOn !== null && <Day on={subject.establishedOn} language={language} />}
          </Fact>
          <Fact term={common.file.address[language]}>
            {subject.address !== null && <Written text={shorten(subject.address)} />}
          </Fact>
          <Fact term={common.file.registrationAuthority[language]}>
            {subject.registrationAuthority !== null && <Written text={shorten(subject.registrationAuthority)} />}
          </Fact>
          <Fact term={texts.reports[language]}>
            {file.annualReports.length === 0
              ? texts.none[language]
              : file.annualReports
                  .slice(0, most.reports)
                  .map(({ year, onTime }) => (onTime ? String(year) : `${year} (${texts.late[language]})`))
                  .join(language === 'zh' ? '、' : ', ')}
          </Fact>
          <Fact term={texts.sites[language]}>
            {sites.length === 0 ? (
              texts.none[language]
            ) : (
              <ul class="plain">
                {sites.slice(0, most.sites).map(({ id, name, host }) => (
                  <li key={id}>
                    <Written text={shorten(name)} /> <bdi>{visible(host)}</bdi>
                  </li>
                ))}
              </ul>
            )}
            <More all={sites.length} shown={most.sites} language={language} />
          </Fact>
          <Fact term={texts.counts[language]}>
            {[
              [common.file.penalties, file.penalties.length] as const,
              [common.file.sanctions, file.sanctions.length] as const,
              [common.file.honours, file.honours.length] as const,
            ]
              .map(([name, count]) => `${name[language]}${separator}${count}`)
              .join(language === 'zh' ? '；' : '; ')}
          </Fact>
        </dl>
      </section>
      <footer>
        <p class="hint">{texts.note[language]}</p>
        <p class="hint">
          <bdi>{address}</bdi>
        </p>
      </footer>
    </article>
  )
}

function More({ all, shown, language }: { all: number; shown: number; language: Language }) {
  return all > shown ? <span>{texts.more(all - shown)[language]}</span> : null
}

/** A name of 200 characters must not push the rest off the sheet. */
function shorten(text: string, most = 40): string {
  const characters = Array.from(text)
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : text
}
