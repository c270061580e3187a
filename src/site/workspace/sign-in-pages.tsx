import { Code, Fact, Moment, visible, Written } from '../parts.tsx'
import type { OwnSession, SignInRefusal } from '../../sessions/service.ts'
import { queryOf } from './api.ts'
import { oidcPath } from './cookie.ts'
import { ButtonForm, Submit } from './form-parts.tsx'
import { homeOf, workspacePage } from './frame.tsx'
import { Done } from './list-parts.tsx'
import { account as texts, signIn } from './texts.ts'
import type { OpenLook, Visit } from './visit.ts'

interface SignInView {
  /** The page that it is for. */
  next: string
  /** Why the one before was refused; null at first. */
  refused: 'key' | SignInRefusal | null
  /** Whether there is an identity provider to sign in at. */
  hasOidc: boolean
}

/** Where one signs in: with a key, or at the identity provider where there is one. */
export function signInPage(look: OpenLook, { next, refused, hasOidc }: SignInView): string {
  const { language, visit, query } = look
  const isKeyRefused = refused === 'key'
  return workspacePage(look, {
    title: signIn.title[language],
    children: (
      <>
        <h1>{signIn.title[language]}</h1>
        {query['done'] === 'signed-out' && (
          <p class="done" role="status">
            {signIn.signedOut[language]}
          </p>
        )}
        {refused !== null && !isKeyRefused && (
          <div class="faults" role="alert">
            <p>{signIn.oidcRefused[refused][language]}</p>
          </div>
        )}
        {visit !== null && (
          <p>
            {signIn.already[language]}
            <Written text={visit.session.name} /> · <a href={homeOf(visit.session)}>{signIn.goOn[language]}</a>
          </p>
        )}
        {hasOidc && (
          <section aria-labelledby="oidc">
            <h2 id="oidc">{signIn.oidcTitle[language]}</h2>
            <p>{signIn.oidcLead[language]}</p>
            <p>
              <a class="button" href={`${oidcPath}${queryOf({ next })}`}>
                {signIn.oidcButton[language]}
              </a>
            </p>
          </section>
        )}
        {hasOidc ? <h2>{signIn.keyTitle[language]}</h2> : null}
        <p {...(!hasOidc && { class: 'lead' })}>{signIn.lead[language]}</p>
        <form method="post" action="/sign-in" class="sheet">
          <input type="hidden" name="next" value={next} />
          {isKeyRefused && (
            <div class="faults" role="alert">
              <p id="key-fault">{signIn.refused[language]}</p>
            </div>
          )}
          <div class="row">
            <label for="key">{signIn.key[language]}</label>
            <p id="key-hint" class="hint">
              {signIn.keyHint[language]}
            </p>
            <input
              id="key"
              name="key"
              type="password"
              required
              maxLength={200}
              autocomplete="current-password"
              aria-describedby={isKeyRefused ? 'key-hint key-fault' : 'key-hint'}
              {...(isKeyRefused && { 'aria-invalid': 'true' as const })}
            />
          </div>
          <Submit label={signIn.button[language]} />
        </form>
      </>
    ),
  })
}

/** Leads on to a page of ours by itself, for who comes from the identity provider. */
export function goOnPage(look: OpenLook, to: string): string {
  const { language } = look
  return workspacePage(look, {
    title: signIn.goingOn[language],
    goesOnTo: to,
    children: (
      <>
        <h1>{signIn.goingOn[language]}</h1>
        <p>
          <a class="button" href={to}>
            {signIn.goOn[language]}
          </a>
        </p>
      </>
    ),
  })
}

/** Who one is here, what one may do, and the sessions that go on. */
export function accountPage(visit: Visit, sessions: readonly OwnSession[]): string {
  const { language, session } = visit
  const { kind, agencyCode, scopes } = session.principal
  const kinds: Partial<Record<string, { zh: string; en: string }>> = texts.kinds
  return workspacePage(visit, {
    title: texts.title[language],
    children: (
      <>
        <h1>{texts.title[language]}</h1>
        <Done visit={visit} texts={{ ended: texts.ended }} />
        <dl class="facts">
          <Fact term={texts.who[language]}>
            <Written text={session.name} />
          </Fact>
          <Fact term={texts.kind[language]}>{kinds[kind]?.[language] ?? kind}</Fact>
          <Fact term={texts.agency[language]}>{agencyCode !== null && <Code text={agencyCode} />}</Fact>
          <Fact term={texts.scopes[language]}>
            {scopes.length === 0
              ? texts.noScopes[language]
              : scopes.map((scope) => (
                  <span key={scope}>
                    <Code text={scope} />{' '}
                  </span>
                ))}
          </Fact>
        </dl>
        <section aria-labelledby="sessions">
          <h2 id="sessions">{texts.sessions[language]}</h2>
          <p>{texts.sessionsNote[language]}</p>
          <ul class="items">
            {sessions.map((one) => (
              <li key={one.id}>
                <div>
                  <p>
                    <bdi>{visible(one.userAgent) || texts.unknownBrowser[language]}</bdi>{' '}
                    {one.id === session.id && <span class="tag">{texts.present[language]}</span>}
                  </p>
                  <p class="meta">
                    <span>
                      {texts.began[language]} <Moment at={one.createdAt.toISOString()} language={language} />
                    </span>
                    <span>
                      {texts.lastUsed[language]} <Moment at={one.lastUsedAt.toISOString()} language={language} />
                    </span>
                    <span>
                      {texts.ends[language]} <Moment at={one.expiresAt.toISOString()} language={language} />
                    </span>
                  </p>
                </div>
                <ButtonForm visit={visit} action={`/account/sessions/${one.id}/end`} label={texts.end[language]} />
              </li>
            ))}
          </ul>
        </section>
      </>
    ),
  })
}
