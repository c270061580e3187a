/** How a session was begun: with a partner's key, or with a login at the identity provider of the authority. */
export const sessionWays = ['key', 'oidc'] as const
export type SessionWay = (typeof sessionWays)[number]
