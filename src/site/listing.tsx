import type { ComponentChildren } from 'preact'
import type { CreditFile } from '../credit-files/schemas.ts'
import type { Language } from '../platform/language.ts'
import { howToLeave, howToObject, isMark, type Guidance } from './guidance.ts'
import { Code, Day, Fact, Written } from './parts.tsx'
import { wayOut as wayTexts } from './file-texts.ts'
import { file as texts, list as listTexts } from './texts.ts'
import type { WayOut } from './way-out.ts'

type Listing = CreditFile['listings'][number]

interface Props {
  language: Language
  /** What the law allows a business whose entry is in force. */
  judge: (listing: Listing) => WayOut | null
}

/** Entries of the lists: what was decided and, while an entry is in force, what the business can do. */
export function Listings({ listings, ...props }: Props & { listings: readonly Listing[] }) {
  return listings.map((listing) => <Entry key={listing.id} listing={listing} {...props} />)
}

function Entry({ listing, language, judge }: Props & { listing: Listing }) {
  const isInForce = listing.status === 'in-force'
  const day = (on: string | null) => on !== null && <Day on={on} language={language} />
  const written = (text: string | null) => text !== null && <Written text={text} />
  return (
    <article class={isInForce ? `entry ${listing.list}` : 'entry'} aria-labelledby={`entry-${listing.id}`}>
      <h3 id={`entry-${listing.id}`}>
        {isMark(listing) ? listTexts.mark[language] : listTexts[listing.list][language]}
        {language === 'zh' ? '：' : ': '}
        {listing.ground.label}
      </h3>
      <dl class="facts">
        <Fact term={texts.ground[language]}>
          {listing.ground.label} <Code text={listing.ground.code} />
        </Fact>
        <Fact term={texts.article[language]}>{listing.ground.article}</Fact>
        <Fact term={texts.authority[language]}>{written(listing.authority)}</Fact>
        <Fact term={texts.decisionNumber[language]}>{written(listing.decisionNumber)}</Fact>
        <Fact term={texts.listedOn[language]}>{day(listing.listedOn)}</Fact>
        <Fact term={texts.expiresOn[language]}>{isInForce && day(listing.expiresOn)}</Fact>
        <Fact term={texts.removedOn[language]}>{day(listing.removedOn)}</Fact>
        <Fact term={texts.removalReason[language]}>{written(listing.removalReason)}</Fact>
        <Fact term={texts.removalDecisionNumber[language]}>{written(listing.removalDecisionNumber)}</Fact>
        <Fact term={texts.rulebook[language]}>
          <Code text={listing.rulebook} />
        </Fact>
      </dl>
      {isInForce && <Ways listing={listing} language={language} way={judge(listing)} />}
    </article>
  )
}

/** How to come off and how to object, with the days that the law sets for this entry. */
function Ways({ listing, language, way }: { listing: Listing; language: Language; way: WayOut | null }) {
  const day = (on: string) => <Day on={on} language={language} />
  const { list } = listing
  return (
    <div class="columns">
      <Steps
        title={(isMark(listing) ? texts.leaveMark : texts.leave)[language]}
        guidance={howToLeave(listing)}
        language={language}
      >
        {way !== null && (
          <p class="when">
            <strong>{(isMark(listing) ? wayTexts.applyMark : wayTexts.apply)[language]}</strong>{' '}
            {way.isOpen && list === 'serious-violator'
              ? wayTexts.byAuthority[language]
              : list === 'abnormal'
                ? wayTexts.mayApply[language]
                : way.apply !== null
                  ? wayTexts.mayApplyNow[language]
                  : way.applyFrom !== null && (
                      <>
                        {wayTexts.notBefore[language]} {day(way.applyFrom)}
                      </>
                    )}
            {list === 'serious-violator' && way.apply !== null && <span class="under">{way.apply[language]}</span>}
          </p>
        )}
      </Steps>
      <Steps title={texts.object[language]} guidance={howToObject(listing)} language={language}>
        {way?.objectBy != null && (
          <p class="when">
            <strong>{wayTexts.object[language]}</strong> {wayTexts.until[language]} {day(way.objectBy)}
            {way.object === null && (
              <>
                {' '}
                <span class="tag">{wayTexts.over[language]}</span>
              </>
            )}
          </p>
        )}
      </Steps>
    </div>
  )
}

function Steps(props: { title: string; guidance: Guidance; language: Language; children: ComponentChildren }) {
  const { title, guidance, language, children } = props
  return (
    <section class="guidance">
      <h4>{title}</h4>
      {children}
      {guidance.steps.length > 0 && (
        <ol class="steps">
          {guidance.steps.map((step) => (
            <li key={step.en}>{step[language]}</li>
          ))}
        </ol>
      )}
      {guidance.besides !== undefined && <p>{guidance.besides[language]}</p>}
      {guidance.article !== null && (
        <p class="hint">
          {texts.article[language]}
          {language === 'zh' ? '：' : ': '}
          {guidance.article[language]}
        </p>
      )}
    </section>
  )
}
