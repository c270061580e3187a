import { z } from 'zod'

const url = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `must be a URL such as ${example}` }).transform((value) => value.replace(/\/+$/, ''))

/** Paths and queries are appended to it; credentials have a setting of their own, which is never printed. */
const httpUrl = url(/^https?$/, 'https://source.example/api').refine(
  (value) => !/[?#]|\/\/[^/]*@/.test(value),
  'must have no credentials, query or fragment; a token has its own setting',
)

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
  WEBHOOK_ALLOWED_HOSTS: z
    .string()
    .regex(/^[^\s,/@]+(,[^\s,/@]+)*$/, 'must be hosts, or host:port, separated by commas')
    .transform((hosts) => hosts.split(','))
    .default([])
    .meta({
      description:
        'Hosts (host or host:port, separated by commas) that webhooks reach though they are private, and by http',
    }),
  SESSION_IDLE_MINUTES: z.coerce.number('must be a number of minutes').int().min(1).max(1440).default(30).meta({
    description: 'Minutes after which a session in a browser ends that is not used',
  }),
  SESSION_MAX_HOURS: z.coerce.number('must be a number of hours').int().min(1).max(168).default(12).meta({
    description: 'Hours after which a session in a browser ends though it is used',
  }),
  SOURCE_ANNUAL_REPORTS_URL: httpUrl.optional().meta({
    description: 'Base URL of the source of annual reports; {base}/annual-reports is pulled',
  }),
  SOURCE_ANNUAL_REPORTS_TOKEN: z.string().min(1).optional().meta({
    description: 'Bearer token for that source',
    secret: true,
  }),
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
