import type { IncomingMessage } from 'node:http'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Redis } from 'ioredis'
import type { Config } from '../config.ts'
import { clientAddress, sourceOf } from './addresses.ts'
import type { KeyLimits } from './auth.ts'
import { faultOf } from './db.ts'
import { Problem, problems } from './problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The budget of a public route: that of searches, or none; that of all public requests without it. */
    budget?: 'search' | 'none'
  }
}

/** How requests are counted: each budget on its own, in windows of a minute. */
type Budget = 'search' | 'public' | 'key' | 'refused'

const windowMs = 60_000
/** Sources that one process remembers of each budget when it counts alone; the ones unheard of for longest go first. */
const rememberedSources = 50_000
/** Counting must never hold up a request for long. */
const redisTimeoutMs = 250

interface Log {
  warn(context: object, message: string): void
  info(context: object, message: string): void
}

export interface RateLimits extends KeyLimits {
  /**
   * One more public request from this address, before a hook of the app sees it: what its answer is to say, or null when it
   * is to be refused. Should the app get to see it all the same, it is not counted again. Null where nothing is limited.
   */
  countPublic: ((request: IncomingMessage, address: string | null) => Promise<Record<string, string> | null>) | null
  /** Whether limits are shared through Redis now; false also where there is none. */
  isShared(): boolean
}

/**
 * Limits requests: public ones by address, searches among them with a budget of their own against harvesting, all others
 * by key; and keys that do not work by address. Shared through Redis where it is set; while it is away each process counts
 * for itself and says so in the log: a lost Redis never refuses anybody.
 */
export async function registerRateLimits(
  app: FastifyInstance,
  { config, log }: { config: Config; log?: Log | undefined },
): Promise<RateLimits> {
  if (config.RATE_LIMIT === 'off') {
    const nothing = () => Promise.resolve()
    return { isShared: () => false, countPublic: null, countKey: nothing, countRefused: nothing }
  }
  const limits: Record<Budget, number> = {
    search: config.RATE_LIMIT_SEARCH,
    public: config.RATE_LIMIT_PUBLIC,
    key: config.RATE_LIMIT_KEY,
    refused: config.RATE_LIMIT_REFUSED,
  }
  const redis = config.REDIS_URL === undefined ? null : openRedis(app, config.REDIS_URL, log)
  const alone = await counterOf(app, limits)
  const shared = redis === null ? null : await counterOf(app, limits, redis)
  let isShared = shared !== null

  const count = async (budget: Budget, source: string): Promise<Counted> => {
    if (shared !== null) {
      try {
        const counted = await shared(budget, source)
        if (!isShared) log?.info({}, 'Redis is back: limits are shared again')
        isShared = true
        return counted
      } catch (error) {
        if (isShared) log?.warn({ err: faultOf(error) }, 'Redis is away: each process limits for itself')
        isShared = false
      }
    }
    return alone(budget, source)
  }
  const policyOf = (budget: Budget) => ({ 'ratelimit-policy': `"${budget}";q=${limits[budget]};w=${windowMs / 1000}` })
  /** What was counted by `countPublic`. */
  const counted = new WeakMap<IncomingMessage, Counted>()
  /** Counts one request, and tells its sender how many are left. */
  const take = async (budget: Budget, reply: FastifyReply, source: string): Promise<void> => {
    const before = budget === 'public' ? counted.get(reply.request.raw) : undefined
    const { remaining, resetSeconds, isExceeded } = before ?? (await count(budget, source))
    // Draft draft-ietf-httpapi-ratelimit-headers-09. What is left is the sender's alone: no cache may keep it for others.
    void reply.headers(policyOf(budget))
    const left = `"${budget}";r=${remaining};t=${resetSeconds}`
    if (budget === 'key') void reply.header('ratelimit', left)
    if (!isExceeded) return
    const headers = { 'retry-after': String(resetSeconds), ratelimit: left, 'cache-control': 'no-store' }
    throw new Problem('too-many-requests', problems['too-many-requests'].meaning, { headers })
  }

  app.addHook('onRequest', async (request, reply) => {
    const { config: route, schema } = request.routeOptions
    const budget = route.budget ?? 'public'
    // Where a route looks at keys, one is counted by its guard.
    const hasKey = request.headers.authorization !== undefined && schema?.security !== undefined
    if (budget === 'none' || hasKey) return
    await take(budget, reply, sourceOf(clientAddress(request)))
  })
  return {
    isShared: () => isShared,
    countPublic: async (request, address) => {
      const one = await count('public', sourceOf(address))
      counted.set(request, one)
      return one.isExceeded ? null : policyOf('public')
    },
    countKey: (_request, reply, { keyId, partnerId }) => take('key', reply, keyId ?? partnerId),
    countRefused: (request, reply) => take('refused', reply, sourceOf(clientAddress(request))),
  }
}

interface Counted {
  remaining: number
  resetSeconds: number
  isExceeded: boolean
}

type Counter = (budget: Budget, source: string) => Promise<Counted>

/** A counter of its own: in this process, or in Redis. */
async function counterOf(app: FastifyInstance, limits: Record<Budget, number>, redis?: Redis): Promise<Counter> {
  // The plugin counts requests of Fastify. All that it reads of one is this, besides what is made of its source.
  type Countable = FastifyRequest & { source: string }
  const limiters: Partial<Record<Budget, ReturnType<FastifyInstance['createRateLimit']>>> = {}
  // In a scope of its own, since the plugin has one store.
  await app.register(async (scope) => {
    await scope.register(rateLimit, {
      global: false,
      timeWindow: windowMs,
      cache: rememberedSources,
      ...(redis && { redis, nameSpace: 'xinjian-rate-' }),
    })
    for (const budget of Object.keys(limits) as Budget[]) {
      limiters[budget] = scope.createRateLimit({
        max: limits[budget],
        timeWindow: windowMs,
        keyGenerator: (request) => `${budget}:${(request as Countable).source}`,
      })
    }
  })
  return async (budget, source) => {
    const counted = await limiters[budget]?.({ source, routeOptions: { config: {} } } as Countable)
    if (counted === undefined || counted.isAllowed) throw new Error(`the limit ${budget} did not count`)
    const { remaining, ttlInSeconds, isExceeded } = counted
    return { remaining, resetSeconds: Math.max(1, ttlInSeconds), isExceeded }
  }
}

/** Connects when first needed and again for ever; a command that cannot be sent at once fails at once. */
function openRedis(app: FastifyInstance, url: string, log: Log | undefined): Redis {
  const redis = new Redis(url, {
    connectTimeout: 2000,
    commandTimeout: redisTimeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2000),
  })
  let told = false
  redis.on('error', (error) => {
    if (!told) log?.warn({ err: faultOf(error) }, 'Redis cannot be reached')
    told = true
  })
  redis.on('ready', () => (told = false))
  app.addHook('onClose', async () => redis.disconnect())
  return redis
}
