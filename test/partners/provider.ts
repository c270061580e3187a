import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import Provider from 'oidc-provider'

/** A real identity provider on this machine. */
export interface TestProvider {
  issuer: string
  /** An access token of this person, signed by the provider, for an audience. */
  tokenFor(
    subject: string,
    scopes: readonly string[],
    more?: { audience?: string; expiresIn?: number },
  ): Promise<string>
  /** Signs in as a browser would, from the address on; answers where the provider sends it back to. */
  signIn(url: string, subject: string): Promise<URL>
  close(): Promise<void>
}

export const audience = 'https://credit.example/api'
export const redirectUri = 'https://credit.example/sign-in/oidc/callback'
export const clientId = 'xinjian'
export const clientSecret = 'a secret of the client that nobody knows'

export async function makeKeys(kid: string): Promise<{ keys: JWK[] }> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }] }
}

/** The place of a provider that is yet to be started: who has its address may be started before it. */
export async function placeOfProvider(port = 0): Promise<{ server: Server; issuer: string }> {
  // The issuer has the port in it, which is known once it listens.
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { server, issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/**
 * @param scopesOf what the claim `xinjian_scopes` of a person says
 * @param at its port, or its place
 * @param redirect where it sends browsers back to
 */
export async function startProvider(
  jwks: { keys: JWK[] },
  scopesOf: Record<string, unknown> = {},
  at: number | { server: Server; issuer: string } = 0,
  redirect = redirectUri,
): Promise<TestProvider> {
  const granted: Record<string, unknown> = { ...scopesOf }
  const { server, issuer } = typeof at === 'number' ? await placeOfProvider(at) : at
  let lifetime = 3600
  let forAudience = audience
  const provider = new Provider(issuer, {
    jwks: jwks,
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirect] }],
    cookies: { keys: ['a key for cookies'] },
    claims: { openid: ['sub', 'xinjian_scopes'], profile: ['name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `某人 ${id}`, xinjian_scopes: granted[id] }),
    }),
    extraTokenClaims: (_context, token) => ({
      xinjian_scopes: granted[(token as { accountId?: string }).accountId ?? ''],
      name: `某人 ${(token as { accountId?: string }).accountId ?? ''}`,
    }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope: 'api', audience: forAudience, accessTokenFormat: 'jwt' as const }),
      },
    },
    ttl: { AccessToken: () => lifetime, Session: 600, Interaction: 600, Grant: 600, IdToken: 600 },
  })
  provider.on('server_error', (_context, error) => process.stderr.write(`${String(error)}\n`))
  const handle = provider.callback()
  server.on('request', (request, response) => void handle(request, response))
  return {
    issuer,
    tokenFor: async (subject, scopes, { audience: wanted = audience, expiresIn = 3600 } = {}) => {
      granted[subject] = scopes
      lifetime = expiresIn
      forAudience = wanted
      const client = await provider.Client.find(clientId)
      const resourceServer = new provider.ResourceServer(wanted, {
        ...{ scope: 'api', audience: wanted, accessTokenFormat: 'jwt' as const, accessTokenTTL: expiresIn },
      })
      const token = new provider.AccessToken({
        ...{ accountId: subject, client: client!, gty: 'authorization_code', grantId: 'a grant', scope: 'api' },
      })
      ;(token as unknown as { resourceServer: unknown }).resourceServer = resourceServer
      return token.save()
    },
    signIn: async (url, subject) => {
      const jar = new Map<string, string>()
      const visit = async (address: URL, form?: Record<string, string>) => {
        const response = await fetch(address, {
          redirect: 'manual',
          headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
          ...(form && { method: 'POST', body: new URLSearchParams(form) }),
        })
        for (const cookie of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
          if (value === '') jar.delete(name)
          else jar.set(name, value)
        }
        return response
      }
      let at = new URL(url)
      for (let step = 0; step < 12; step += 1) {
        if (at.href.startsWith(redirect)) return at
        let response = await visit(at)
        if (response.status === 200) {
          // The pages of the provider for developers: first who it is, then whether the client may know.
          const page = await response.text()
          const [, prompt = 'login'] = /name="prompt" value="(\w+)"/.exec(page) ?? []
          response = await visit(at, prompt === 'login' ? { prompt, login: subject, password: 'any' } : { prompt })
        }
        const location = response.headers.get('location')
        if (location === null) throw new Error(`${at.href}: ${response.status} ${await response.text()}`)
        at = new URL(location, at)
      }
      throw new Error('the provider goes round in circles')
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
