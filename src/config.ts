import { z } from 'zod'
import { readNetwork } from './platform/addresses.ts'

const url = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `must be a URL such as ${example}` }).transform((value) => value.replace(/(?<!\/)\/+$/, ''))

/** Paths and queries are appended to it; credentials have a setting of their own, which is never printed. */
const httpUrl = url(/^https?$/, 'https://source.example/api').refine(
  (value) => !/[?#]|\/\/[^/]*@/.test(value),
  'must have no credentials, query or fragment; a token has its own setting',
)

const share = (usual: number) => z.coerce.number('must be a number from 0 to 1').min(0).max(1).default(usual)
const sourceUrl = (what: string, collection: string) =>
  httpUrl.optional().meta({ description: `Base URL of the source of ${what}; {base}/${collection} is pulled` })

const sourceToken = z.string().min(1).optional().meta({ description: 'Bearer token for that source', secret: true })

const requestsPerMinute = (limit: number, description: string) =>
  z.coerce
    .number('must be a number of requests')
    .int()
    .min(1)
    .max(1_000_000)
    .default(limit)
    .meta({ description: `${description}, a minute` })
const count = (of: string, usual: number, least = 0) =>
  z.coerce
    .number(`must be a number of ${of}`)
    .int()
    .min(least)
    .max(2 ** 31 - 1)
    .default(usual)

/** Networks separated by commas. @param wrong what is said of a list with one that is none */
const networks = (wrong: string) =>
  z
    .string()
    .transform((text, context) => {
      const read = text.split(',').map((part) => readNetwork(part.trim()))
      if (!read.includes(null)) return read as string[]
      context.addIssue(wrong)
      return z.NEVER
    })
    .default([])

/**
 * Every setting of the service, read from the environment alone. `description` is what `xinjian config` prints; a
 * setting marked `secret` is never printed.
 */
const settings = {
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a URL such as postgres://user:password@host:5432/database')
    .optional()
    .meta({ description: 'PostgreSQL to use. Without it an embedded server under DATA_DIR is started', secret: true }),
  DATABASE_REPLICA_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a URL such as postgres://user:password@host:5432/database')
    .optional()
    .meta({
      description: 'Streaming replica of that server: public reads go there while it is close behind',
      secret: true,
    }),
  DATABASE_POOL: count('connections', 10, 1).meta({
    description: 'Connections to PostgreSQL that one process opens for requests, and again for its jobs',
  }),
  DATABASE_STATEMENT_TIMEOUT_MS: count('milliseconds', 20_000).meta({
    description: 'A statement of a request that takes longer is ended, and the request answered 503; 0 is no limit',
  }),
  DATABASE_LOCK_TIMEOUT_MS: count('milliseconds', 5000).meta({
    description:
      'A statement of a request that waits longer for a lock is ended, and the request answered 503; 0 is no limit',
  }),
  DATABASE_SILENCE_MS: count('milliseconds', 5000).meta({
    description:
      'PostgreSQL is taken to be away when it answers nothing at all for so long: requests are answered 503 at once until it does; 0 is no limit',
  }),
  SLOW_QUERY_MS: count('milliseconds', 1000).meta({
    description: 'A query that takes longer is logged, without its values, with the id of its request',
  }),
  DATA_DIR: z.string().default('.data').meta({
    description:
      'Folder for the embedded PostgreSQL, the sample, the signing keys and snapshots; a relative one lies in the project',
  }),
  PORT: z.coerce.number('must be a port number').int().min(0).max(65535).default(3000).meta({
    description: 'Port that `serve` listens on; 0 takes any free one',
  }),
  HOST: z.string().default('127.0.0.1').meta({ description: 'Address that `serve` listens on' }),
  PUBLIC_URL: url(/^https?$/, 'https://credit.example')
    .optional()
    .meta({
      description: 'Address under which the public reaches the service; http://HOST:PORT without it',
    }),
  SIGNING_KEY_FILE: z.string().optional().meta({
    description:
      'Ed25519 keys by which the service signs: a JWK set, or PEM blocks; the last private one signs, all verify. Without it one is made in DATA_DIR, so processes on several machines need it. `xinjian signing-key rotate` adds a key',
  }),
  HEADERS_TIMEOUT_MS: count('milliseconds', 15_000, 1).meta({
    description: 'The head of a request must have arrived in this time, or the connection is ended',
  }),
  REQUEST_TIMEOUT_MS: count('milliseconds', 60_000, 1).meta({
    description: 'A request must have arrived whole in this time, or the connection is ended',
  }),
  MAX_REQUESTS: count('requests', 256, 1).meta({
    description: 'Requests that one process works on at once; more wait a moment, and are answered 503 when none ends',
  }),
  MAX_WAITING_REQUESTS: count('requests', 1024).meta({
    description: 'Requests that wait for their turn; any more are answered 503 at once',
  }),
  MAX_BURST_MS: count('milliseconds', 5000, 1).meta({
    description:
      'While requests wait for longer without a pause, there is more to do than can be done, and most of them are answered 503 at once',
  }),
  MAX_STREAMS: count('streams', 5000, 1).meta({
    description: 'Live streams and held calls of the feed in one process; any more are answered 503',
  }),
  MAX_EVENT_LOOP_DELAY_MS: count('milliseconds', 5000).meta({
    description: 'Requests are answered 503 while the process is this late on average for a second; 0 is no limit',
  }),
  MAX_HEAP_MB: count('megabytes', 0).meta({
    description: 'Requests are answered 503 while the process uses more of its heap; 0 takes nine tenths of its limit',
  }),
  SHUTDOWN_DELAY_MS: count('milliseconds', 0).meta({
    description:
      'After SIGTERM the process serves on for so long while /readyz says 503, so that balancers send nothing more',
  }),
  METRICS_TOKEN: z.string().min(16, 'must have 16 characters or more').optional().meta({
    description: 'Bearer token that /metrics asks for; anybody in METRICS_NETWORKS may read it without one',
    secret: true,
  }),
  METRICS_NETWORKS: networks('must be networks such as 10.0.0.0/8,::1/128').meta({
    description: 'Networks from which alone /metrics is read, separated by commas; without it from anywhere',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional().meta({
    description: 'OpenTelemetry collector to which traces are sent by OTLP over HTTP, at {base}/v1/traces',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(/^[^=,\s]+=[^,]*(,[^=,\s]+=[^,]*)*$/, 'must be name=value, separated by commas')
    .transform((pairs) =>
      pairs
        .split(',')
        .map((pair) => [pair.slice(0, pair.indexOf('=')), decodeURIComponent(pair.slice(pair.indexOf('=') + 1))]),
    )
    .optional()
    .meta({ description: 'Headers for the collector, such as its key', secret: true }),
  OTEL_SERVICE_NAME: z.string().default('xinjian').meta({ description: 'Name of the service in traces' }),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number('must be a number from 0 to 1').min(0).max(1).default(1).meta({
    description: 'Share of the requests that are traced, of those that come without a decision of the caller',
  }),
  NATS_URL: z
    .string()
    .regex(/^(nats|tls):\/\/[^\s,]+(,\s*(nats|tls):\/\/[^\s,]+)*$/, 'must be a URL such as nats://host:4222')
    .refine(
      (value) => value.split(',').every((url) => URL.canParse(url.trim())),
      'must be a URL such as nats://host:4222',
    )
    .optional()
    .meta({
      description:
        'NATS with JetStream to which one of the `serve` processes publishes the feed, several URLs separated by commas; the stream of xinjian.feed.> is made where there is none',
      secret: true,
    }),
  SNAPSHOT_DIR: z.string().optional().meta({
    description:
      'Folder for full copies of the lists. Without it one in DATA_DIR, so processes on several machines need it: a folder that they share',
  }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ description: 'Least severe log line that is written' }),
  JOBS: z.enum(['on', 'off', 'only']).default('on').meta({
    description: 'Scheduled jobs: `on` beside the API, `off`, or `only` them, without the API',
  }),
  IMPORT_DIR: z.string().optional().meta({
    description:
      'Folder whose files are imported by the job import-files, from a folder for each collection: IMPORT_DIR/subjects, IMPORT_DIR/annual-reports, …',
  }),
  WEBHOOK_ALLOWED_HOSTS: z
    .string()
    .regex(/^[^\s,/@]+(,[^\s,/@]+)*$/, 'must be hosts, or host:port, separated by commas')
    .transform((hosts) => hosts.split(','))
    .default([])
    .meta({
      description:
        'Hosts (host or host:port, separated by commas) that webhooks reach though they are private, and by http',
    }),
  TRUSTED_PROXIES: networks('must be addresses or networks such as 10.0.0.0/8, separated by commas').meta({
    description:
      'Proxies in front (addresses or CIDR networks, separated by commas): what they say in X-Forwarded-For is where a request comes from. Without it that header is not looked at',
  }),
  RATE_LIMIT: z.enum(['on', 'off']).default('on').meta({
    description: 'Limits on requests by key and by address; `off` for a bench',
  }),
  RATE_LIMIT_SEARCH: requestsPerMinute(300, 'Public searches and lookups from one address (IPv6: one /64)'),
  RATE_LIMIT_PUBLIC: requestsPerMinute(3000, 'All other requests without a key from one address (IPv6: one /64)'),
  RATE_LIMIT_KEY: requestsPerMinute(6000, 'Requests with one key'),
  RATE_LIMIT_REFUSED: requestsPerMinute(30, 'Keys that do not work, and sign-ins, from one address (IPv6: one /64)'),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/\S+$/, 'must be a URL such as redis://host:6379')
    .optional()
    .meta({
      description:
        'Redis through which all `serve` processes share the limits. Without it, or while it is away, each process counts alone',
      secret: true,
    }),
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://id.example' })
    .optional()
    .meta({ description: 'Identity provider of staff (OpenID Connect), exactly as its tokens have `iss`' }),
  OIDC_AUDIENCE: z.string().min(1).optional().meta({
    description: 'What access tokens (JWTs) must have as `aud`; without it none are taken',
  }),
  OIDC_CLIENT_ID: z.string().min(1).optional().meta({
    description: 'Client at the identity provider for signing in with a browser',
  }),
  OIDC_CLIENT_SECRET: z.string().min(1).optional().meta({
    description: 'Secret of that client; none for a public one (PKCE is used always)',
    secret: true,
  }),
  OIDC_SCOPES_CLAIM: z.string().min(1).default('xinjian_scopes').meta({
    description: 'Claim with the scopes of a person: a list or words, at a name or a path such as realm_access.roles',
  }),
  SESSION_IDLE_MINUTES: z.coerce.number('must be a number of minutes').int().min(1).max(1440).default(30).meta({
    description: 'Minutes after which a session in a browser ends that is not used',
  }),
  SESSION_MAX_HOURS: z.coerce.number('must be a number of hours').int().min(1).max(168).default(12).meta({
    description: 'Hours after which a session in a browser ends though it is used',
  }),
  WEB_CHECK_RATE: z.coerce.number('must be a number of requests').min(0.1).max(600).default(6).meta({
    description: 'Requests a minute that check-web-presences makes of one site (a domain, or a platform), at most',
  }),
  WEB_CHECK_PARALLEL_SITES: z.coerce.number('must be a number of sites').int().min(1).max(200).default(16).meta({
    description: 'Sites that check-web-presences visits at the same time',
  }),
  WEB_CHECK_KEEP_PAGES_DAYS: z.coerce.number('must be a number of days').int().min(1).max(3650).default(180).meta({
    description: 'Days for which the bytes of visited pages are kept; what the visits found stays',
  }),
  WEB_CHECK_ALLOWED_HOSTS: z
    .string()
    .regex(/^[^\s,/@]+(,[^\s,/@]+)*$/, 'must be hosts, or host:port, separated by commas')
    .transform((hosts) => hosts.split(','))
    .default([])
    .meta({
      description:
        'Hosts (host or host:port, separated by commas) that check-web-presences visits though they are private',
    }),
  RAW_RETENTION_DAYS: z.coerce.number('must be a number of days').int().min(1).max(36_500).default(1100).meta({
    description: 'How long the bytes that sources sent are kept, to trace records back and to read them again',
  }),
  SOURCE_REFUSED_SHARE: share(0.2).meta({
    description:
      'A pull stops when more than this share of its records (of at least 50) cannot be read; 1 never stops it',
  }),
  SOURCE_SHRUNK_SHARE: share(0.5).meta({
    description:
      'A pull stops when less than this share of what its source had (of at least 100) is there; 0 never stops it',
  }),
  SOURCE_SUBJECTS_URL: sourceUrl('the registry of businesses (经济户口)', 'subjects'),
  SOURCE_SUBJECTS_TOKEN: sourceToken,
  SOURCE_ANNUAL_REPORTS_URL: sourceUrl('annual reports', 'annual-reports'),
  SOURCE_ANNUAL_REPORTS_TOKEN: sourceToken,
  SOURCE_ICP_FILINGS_URL: sourceUrl('ICP filings', 'icp-filings'),
  SOURCE_ICP_FILINGS_TOKEN: sourceToken,
  SOURCE_PENALTIES_URL: sourceUrl('penalty decisions', 'penalties'),
  SOURCE_PENALTIES_TOKEN: sourceToken,
  SOURCE_PLATFORM_SELLERS_URL: sourceUrl('what platforms report of their sellers', 'platform-sellers'),
  SOURCE_PLATFORM_SELLERS_TOKEN: sourceToken,
} as const

const schema = z.object(settings)

export type Config = z.output<typeof schema>

/** A setting that cannot be used. `message` is one line that names every wrong setting and what is wrong with it. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Parses the settings once, at the start. An empty value counts as not set, as in a compose file's `PORT=`.
 * @throws ConfigError naming all wrong settings at once; a secret's value is not repeated in it.
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in settings && value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
}

export interface SettingDescription {
  name: string
  value: string | number | null
  description: string
}

/** Every setting with its present value, secrets as `(set)`, for `xinjian config`. */
export function describeConfig(config: Config): SettingDescription[] {
  return Object.entries(settings).map(([name, setting]) => {
    const meta = setting.meta() as { description: string; secret?: boolean }
    const given = config[name as keyof Config] ?? null
    const value = Array.isArray(given) ? given.join(',') || null : given
    return { name, value: meta.secret && value !== null ? '(set)' : value, description: meta.description }
  })
}
