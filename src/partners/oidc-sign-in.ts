import * as client from 'openid-client'
import type { Caller, Principal } from '../platform/auth.ts'
import { Problem } from '../platform/problem.ts'
import { providerAway, type Oidc } from './oidc.ts'

/** What the browser's sign-in must bring back: kept by the caller, in a cookie of that browser alone, until it returns. */
export interface PendingSignIn {
  state: string
  nonce: string
  codeVerifier: string
}

/**
 * Begins a sign-in with a browser (authorization code with PKCE): where to send it, and what to keep until it returns.
 * @param redirectUri where the provider sends it back to, registered there
 * @throws Problem unavailable while the provider cannot be reached
 */
export async function beginSignIn(oidc: Oidc, redirectUri: string): Promise<{ url: string; pending: PendingSignIn }> {
  const provider = await oidc.client()
  const codeVerifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri,
    scope: 'openid profile',
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  return { url: url.href, pending: { state, nonce, codeVerifier } }
}

/**
 * Ends a sign-in: the person whom the provider vouches for.
 * @param returned the whole address to which the browser was sent back
 * @throws Problem unauthorized when the answer is not one to `pending`; insufficient-scope when the person has no rights
 *   here or is suspended; unavailable while the provider cannot be reached
 */
export async function finishSignIn(
  oidc: Oidc,
  returned: URL,
  pending: PendingSignIn,
  caller: Caller,
): Promise<Principal & { name: string }> {
  const provider = await oidc.client()
  const { state, nonce, codeVerifier } = pending
  const claims = await client
    .authorizationCodeGrant(provider, returned, {
      pkceCodeVerifier: codeVerifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    })
    .then((tokens) => tokens.claims())
    .catch((error: unknown) => {
      if (isAway(error)) throw providerAway()
      throw new Problem(
        'unauthorized',
        { zh: '身份提供方未确认登录，请重新登录。', en: 'The identity provider did not confirm it: sign in again.' },
        { cause: error },
      )
    })
  const person = claims === undefined ? null : await oidc.personOf(claims, caller)
  if (person !== null) return person
  throw new Problem('insufficient-scope', {
    zh: '您没有使用本系统的权限，或已被停用。',
    en: 'You have no rights here, or were suspended.',
  })
}

/** Whether the provider could not be reached: `fetch` tells with a cause what a mistake in a call has not. */
function isAway(error: unknown): boolean {
  return (
    (error instanceof TypeError && error.cause !== undefined) ||
    (error instanceof client.ClientError && error.code === 'OAUTH_TIMEOUT')
  )
}
