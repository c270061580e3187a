import type { IForbiddenRuleType } from 'dependency-cruiser'

/** Files of plain values and pure functions: no database, no HTTP, no clock, no environment. */
export const pureFiles =
  '^src/.+/(domain|late-reporters|chain|vocabulary|identifiers|personal-data|web-address|platforms|publication-policy|state|follow-the-money|past|policy|page|licence|robots|official-links)\\.ts$|^src/search/(data/[^/]+|align|bigram-index|characters|codes|compare|name-index|normalise|numbers|parse|pinyin|ranking|regions|score|segment|subject-index)\\.ts$'

const feature =
  '^src/(registry|sources|law|listings|objections|repairs|penalties|honours|overdue|sanctions|feed|credit-files|statistics|search|screening|partners|site|subscriptions|web-checks|leads|audit|sessions|cases|job-runs|operations)/'
/** A feature's own folder, as captured by `from`. */
const own = '^src/$1/'

/** Who may import whom (style.md). Each rule names what is not allowed, and why. */
export const rules: IForbiddenRuleType[] = [
  {
    name: 'no-cycles',
    comment: 'Data runs in one direction',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'rulebook-is-pure',
    comment: 'The law takes facts and a day and knows nothing else',
    severity: 'error',
    from: { path: '^src/rulebook/' },
    to: { pathNot: '^src/rulebook/' },
  },
  {
    name: 'domain-is-pure',
    comment: 'Rules import rules: no drizzle, fastify, service or repository; types of what they judge are allowed',
    severity: 'error',
    from: { path: pureFiles },
    to: {
      pathNot: [
        pureFiles,
        '^src/rulebook/',
        '^(node:)?crypto$',
        'node_modules/(canonicalize|htmlparser2|opencc-js|pinyin-pro|robots-parser|tldts)/',
        '^src/platform/language\\.ts$',
      ],
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'tables-know-tables',
    severity: 'error',
    from: { path: '/tables\\.ts$' },
    to: { pathNot: ['/tables\\.ts$', '/vocabulary\\.ts$', '^src/platform/columns\\.ts$', 'node_modules/drizzle-orm/'] },
  },
  {
    name: 'schemas-know-no-database',
    severity: 'error',
    from: { path: '/schemas\\.ts$' },
    to: {
      pathNot: [
        '/schemas\\.ts$',
        pureFiles,
        '^src/rulebook/',
        '^src/platform/(addresses|language|pagination)\\.ts$',
        'node_modules/zod/',
      ],
    },
  },
  {
    name: 'repository-only-queries',
    comment: 'A repository knows its tables and the shapes it answers; it decides nothing and calls nobody',
    severity: 'error',
    from: { path: '^src/([^/]+)/.*repository\\.ts$' },
    to: {
      path: '^src/',
      pathNot: [pureFiles, '^src/platform/', '/tables\\.ts$', own],
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'services-use-services',
    comment: 'Another feature is used through its service or domain, never its repository',
    severity: 'error',
    // A subscription is a reader of the log like those of the feed itself; in one file.
    from: { path: feature, pathNot: ['^src/(credit-files|search|screening|site)/', '^src/subscriptions/log\\.ts$'] },
    to: { path: '^src/.+/repository\\.ts$', pathNot: own },
  },
  {
    name: 'routes-know-no-drizzle',
    severity: 'error',
    from: { path: '/routes\\.tsx?$' },
    to: { path: ['node_modules/drizzle-orm/', 'node_modules/postgres/', '/tables\\.ts$'] },
  },
  {
    name: 'routes-know-no-other-routes',
    severity: 'error',
    from: { path: '^src/([^/]+)/routes\\.tsx?$' },
    to: { path: '^src/[^/]+/routes\\.tsx?$', pathNot: own },
  },
  {
    name: 'platform-knows-no-feature',
    severity: 'error',
    from: { path: '^src/platform/' },
    to: { path: [feature, '^src/(rulebook|demo)/', '^src/(app|server|serve|cli)\\.ts$'] },
  },
  {
    name: 'jobs-are-thin',
    comment: 'A job calls services',
    severity: 'error',
    from: { path: '^jobs/' },
    to: {
      path: '^src/',
      pathNot: ['/service\\.ts$', '^src/sources/dropped-files\\.ts$', '^src/platform/', '^src/config\\.ts$'],
    },
  },
  {
    name: 'src-stands-alone',
    comment: 'The service imports neither its jobs nor its tests',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: ['^jobs/', '^test/', '^openapi/'] },
  },
  {
    name: 'sample-stays-apart',
    comment: 'Only the command line starts the demo',
    severity: 'error',
    from: { path: '^(src|jobs)/', pathNot: ['^src/demo/', '^src/cli\\.ts$'] },
    to: { path: '^src/demo/' },
  },
  {
    name: 'no-orphans',
    comment: 'A file that nothing imports is dead',
    severity: 'error',
    from: {
      path: '^(src|jobs)/',
      // What the browser loads is read as a file.
      pathNot: ['^src/cli\\.ts$', '^jobs/(schedule|main)\\.ts$', '/tables\\.ts$', '^src/site/site\\.js$'],
      orphan: true,
    },
    to: {},
  },
]
