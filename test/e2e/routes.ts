import type { FastifyInstance } from 'fastify'

/** The paths of all pages that are registered, as patterns: what answers GET of the site, and whose answer is a page. */
export function pageRoutes(app: FastifyInstance): string[] {
  return siteRoutes(app).filter((path) => !noPages.some((pattern) => pattern.test(path)))
}

/**
 * The paths of all that the site answers to GET, pages and files, as patterns: what is no call of the API. Read from the
 * printed tree of the router, which has no list.
 */
export function siteRoutes(app: FastifyInstance): string[] {
  const found: string[] = []
  const parents: string[] = []
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', label = '', methods = ''] = /^([│ ]*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? []
    if (label === '') continue
    const depth = indent.length / 4
    parents.splice(depth, Infinity, (parents[depth - 1] ?? '') + label)
    if (methods.split(', ').includes('GET')) found.push(parents[depth] ?? '')
  }
  return found.filter((path) => !notOfTheSite.some((pattern) => pattern.test(path)))
}

/** What answers GET and is not of the site. */
const notOfTheSite = [
  /^\/v1\//,
  /^\/(livez|readyz|metrics|openapi\.json)$/,
  /^\/\.well-known\//,
  /^\/assets\//,
  // Swagger UI, which is not ours.
  /^\/docs/,
  // Whatever is not there.
  /\*$/,
]

/** What the site answers to GET and is no page. */
const noPages = [
  /\.(csv|svg)$/,
  /\/(rss|atom)\.xml$/,
  /\/certificate$/,
  // Leads on to a business.
  /^\/staff\/businesses$/,
]

/** The routes that none of these addresses asks for. */
export function routesWithout(routes: readonly string[], addresses: readonly string[]): string[] {
  const paths = addresses.map((address) => address.split('?')[0] ?? '')
  return routes.filter((route) => {
    const pattern = new RegExp(`^${route.replaceAll(/:[A-Za-z]+/g, '[^/]+').replaceAll('.', '\\.')}$`)
    return !paths.some((path) => pattern.test(path))
  })
}
