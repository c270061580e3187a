import { setTimeout as sleep } from 'node:timers/promises'
import { parse as parseHost } from 'tldts'
import type postgres from 'postgres'
import { openConnection, type Db } from '../platform/db.ts'
import { platformOf } from '../registry/platforms.ts'
import { findNextRequestAt, upsertNextRequestAt } from './repository.ts'

/** First half of a two-part advisory lock; the second half is the site's name hashed. */
const siteLock = 7_311

/**
 * What is visited by one request at a time: a registrable domain with all hosts below it, which one operator serves, and
 * all hosts of a platform. `www.brand.example` and `m.brand.example` are one site, ten thousand shops of a platform too.
 */
export function siteOf(hostname: string): string {
  const host = hostname.replace(/\.$/, '')
  return platformOf(host)?.hosts[0] ?? parseHost(host).domain ?? host
}

/** The clock and the rest between requests, handed in so that a test need not wait. */
export interface Pace {
  now: () => Date
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

export const realPace = (now: () => Date): Pace => ({
  now,
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
})

/** A site that nobody else visits until it is released. */
export interface ClaimedSite {
  name: string
  /** Makes one request when the site may be asked again, and no second one beside it. */
  ask<Answer>(request: () => Promise<Answer>): Promise<Answer>
  /** Asks for more rest between requests than the setting gives. */
  slowDownTo(delayMs: number): void
  release(): Promise<void>
}

export interface Sites {
  /** Null when this or another process is visiting the site. */
  claim(name: string): Promise<ClaimedSite | null>
  /** Aborts when the claims are lost: then another process may hold them. */
  lost: AbortSignal
  close(): Promise<void>
}

/**
 * Claims of sites by locks of a connection of its own: a process that is killed lets go of all at once, and one that loses
 * its connection is told. When a site may be asked again stands in the database, so that the next process, or the same after a kill,
 * keeps the distance too.
 * @param delayMs the rest between two requests to a site
 */
export function openSites(
  db: Db,
  databaseUrl: string,
  options: { delayMs: number; pace: Pace; signal: AbortSignal },
): Sites {
  const { pace, signal } = options
  const lost = new AbortController()
  const held = new Set<string>()
  const connection: postgres.Sql = openConnection(databaseUrl, () =>
    lost.abort(new Error('the connection that held the sites was lost')),
  )
  const unlock = (name: string) => connection`select pg_advisory_unlock(${siteLock}, hashtext(${name}))`

  const claim = async (name: string): Promise<ClaimedSite | null> => {
    // A lock of a connection may be taken twice by it.
    if (held.has(name)) return null
    held.add(name)
    let nextAt: number
    try {
      const [lock] = await connection<{ free: boolean }[]>`
        select pg_try_advisory_lock(${siteLock}, hashtext(${name})) as free`
      if (!lock?.free) {
        held.delete(name)
        return null
      }
      nextAt = (await findNextRequestAt(db, name)) ?? 0
    } catch (error) {
      held.delete(name)
      throw error
    }
    let { delayMs } = options
    const bookNext = async () => {
      nextAt = pace.now().getTime() + delayMs
      await upsertNextRequestAt(db, name, new Date(nextAt))
    }
    return {
      name,
      ask: async (request) => {
        const restMs = nextAt - pace.now().getTime()
        if (restMs > 0) await pace.sleep(restMs, signal)
        signal.throwIfAborted()
        // Before, for whoever comes after a kill, and again after: the rest begins when the site has done its work.
        await bookNext()
        try {
          return await request()
        } finally {
          nextAt = pace.now().getTime() + delayMs
        }
      },
      slowDownTo: (ms) => {
        nextAt += Math.max(0, ms - delayMs)
        delayMs = Math.max(delayMs, ms)
      },
      release: async () => {
        try {
          if (nextAt > pace.now().getTime()) await upsertNextRequestAt(db, name, new Date(nextAt))
        } finally {
          held.delete(name)
          if (!lost.signal.aborted) await unlock(name)
        }
      },
    }
  }
  return {
    claim,
    lost: lost.signal,
    close: () => connection.end({ timeout: 2 }),
  }
}
