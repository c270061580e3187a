import type { CreditFile } from '../credit-files/schemas.ts'
import type { Language } from '../platform/language.ts'
import { howToLeave, howToObject, isMark, type Guidance } from './guidance.ts'
import { Code, Day, Fact, Written } from './parts.tsx'
import { file as texts, list as listTexts } from './texts.ts'

type Listing = CreditFile['listings'][number]

/** Entries of the lists: what was decided and, while an entry is in force, what the business can do. */
export function Listings({ listings, language }: { listings: readonly Listing[]; language: Language }) {
  return listings.map((listing) => <Entry key={listing.id} listing={listing} language={language} />)
}

function Entry({ listing, language }: { listing: Listing; language: Language }) {
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
      {isInForce && (
        <div class="columns">
          <Steps
            title={(isMark(listing) ? texts.leaveMark : texts.leave)[language]}
            guidance={howToLeave(listing)}
            language={language}
          />
          <Steps title={texts.object[language]} guidance={howToObject(listing)} language={language} />
        </div>
      )}
    </article>
  )
}

function Steps({ title, guidance, language }: { title: string; guidance: Guidance; language: Language }) {
  return (
    <section class="guidance">
      <h4>{title}</h4>
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
