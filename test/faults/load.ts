import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, vi } from 'vitest'
import { startReader } from '../feed/readers.ts'
import { createKey, createPartner, type Scope } from '../../src/partners/service.ts'
import { dayOf } from '../../src/platform/clock.ts'
import { rowsOf, type Database } from '../../src/platform/db.ts'
import { answerOf, faultsOf, readFeed, type Serving } from '../cli/cli.ts'
import { madeUpUscc, subjectItem } from '../support/businesses.ts'
import { take } from '../support/take.ts'

// Several processes under load on a machine that others use too: a limit only ends what hangs.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 })

/** More than any fault lets writers enter while it lasts. */
const businesses = 3000
/** A file may be so old (contract section 3), counted from the answer to the decision to the question for the file. */
const staleMs = 1000
/** After so long a call is given up by its client; nothing here should come near it. */
const patienceMs = 60_000

/** Settings under which a slow machine refuses nobody: who is refused all the same was refused for the fault. */
export const patient = {
  DATABASE_STATEMENT_TIMEOUT_MS: '60000',
  DATABASE_LOCK_TIMEOUT_MS: '60000',
  DATABASE_SILENCE_MS: '0',
  MAX_EVENT_LOOP_DELAY_MS: '0',
}

/** A business that is to be entered on a list, and how far that has come. */
interface Entering {
  uscc: string
  begunAt: number
  /** When the approval was answered 200. */
  doneAt: number | null
}

/** How calls ended: answered, answered 503, or not answered. */
interface Tally {
  answered: number
  refused: number
  lost: number
  longestMs: number
  /** Decisions that were answered, and in how long. */
  decided: number
  from: number
}

/** From the end of a fault to what works again by itself, in milliseconds. */
export interface Recovery {
  ready: number
  read: number
  written: number
  streamed: number
}

export interface Load {
  /** What must never happen and did. */
  wrong: string[]
  /** How many decisions have been answered. */
  readonly decided: number
  /** Resolves when as many more have been. */
  progress(decisions: number): Promise<void>
  /** Lets the writers rest, or go on. */
  rest(isResting: boolean): void
  /** Begins a new tally and answers the one so far. */
  takeTally(): Tally
  /** Waits until everything works again that is asked from now on. */
  recovery(): Promise<Recovery>
  /** Ends what was begun, stops, and checks that nothing was lost, nothing doubled, and nothing told wrong. */
  settle(): Promise<void>
}

/**
 * Writers who enter one business after the other on a list, each decision proposed by one member of staff and approved by
 * another, and readers of credit files and of the live stream; all over HTTP. A call that fails is made again with its
 * Idempotency-Key, at the next address, until it is answered. Kept is what was acknowledged, and everything that a reader
 * was told is held against it.
 * @param addresses where services answer at this moment; kept up to date by whoever starts and ends them
 * @param services those that must not end by themselves
 */
export async function startLoad(
  database: Database,
  addresses: readonly string[],
  services: readonly Serving[] = [],
): Promise<Load> {
  const { db, url } = database
  const today = dayOf(new Date())
  for (let from = 0; from < businesses; from += 1000) {
    await take(
      db,
      'subjects',
      Array.from({ length: 1000 }, (_, i) => subjectItem(from + i + 1)),
    )
  }
  const keyOf = async (kind: 'staff' | 'agency', ...scopes: Scope[]) => {
    const { id } = await createPartner(db, { name: '某部门', kind }, new Date())
    return (await createKey(db, { partnerId: id, scopes }, new Date())).key
  }
  const clerk = await keyOf('staff', 'decisions:propose')
  const chief = await keyOf('staff', 'decisions:approve')
  const feed = await keyOf('agency', 'feed')

  const entered: Entering[] = []
  const wrong: string[] = []
  const ending = new AbortController()
  const streaming = new AbortController()
  let tally = emptyTally()
  let turns = 0
  let isResting = false
  /** Which process an answer is of: behind a balancer that is not its address. */
  const answeredBy = new WeakMap<Body, string>()

  /** A call and its answer; null when it was refused for now, or lost. */
  const call = async (address: string, path: string, init: RequestInit = {}): Promise<Body | null> => {
    const from = performance.now()
    try {
      const answer = await fetch(address + path, { ...init, signal: AbortSignal.timeout(patienceMs) })
      const body = (await answer.json()) as Body
      tally.longestMs = Math.max(tally.longestMs, performance.now() - from)
      if (answer.ok) {
        answeredBy.set(body, answer.headers.get('x-answered-by') ?? address)
        tally.answered += 1
        return body
      }
      tally.refused += 1
      if (answer.status !== 503) wrong.push(`${path} answered ${answer.status}: ${JSON.stringify(body)}`)
      if (answer.status === 503 && !answer.headers.has('retry-after')) wrong.push(`${path}: 503 without Retry-After`)
    } catch (error) {
      tally.lost += 1
      if ((error as Error).name === 'TimeoutError') wrong.push(`${path} was not answered within ${patienceMs} ms`)
    }
    return null
  }

  const post = async (path: string, key: string, idempotencyKey: string, body: object): Promise<Body> => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
    }
    for (;;) {
      const address = addresses[(turns += 1) % Math.max(1, addresses.length)]
      const answered =
        address === undefined
          ? null
          : await call(address, path, { method: 'POST', headers, body: JSON.stringify(body) })
      if (answered !== null) return answered
      await sleep(50)
    }
  }

  const enter = async (uscc: string): Promise<void> => {
    const entering: Entering = { uscc, begunAt: performance.now(), doneAt: null }
    entered.push(entering)
    const { id } = await post('/v1/decisions', clerk, `propose ${uscc}`, {
      ...{ action: 'enter', list: 'abnormal', groundCode: 'ABN-68-4-4', uscc, authority: '云州市市场监督管理局' },
      ...{ decisionNumber: `云市监决〔2026〕${uscc}号`, decidedOn: today },
      facts: { summary: '通过登记的住所无法联系', establishedOn: today },
    })
    await post(`/v1/decisions/${String(id)}/approve`, chief, `approve ${uscc}`, {})
    entering.doneAt = performance.now()
    tally.decided += 1
  }

  const write = async () => {
    while (!ending.signal.aborted) {
      if (isResting) {
        await sleep(20)
        continue
      }
      if (entered.length === businesses) throw new Error('there are too few businesses for this machine')
      await enter(madeUpUscc(entered.length + 1))
    }
  }

  /** Positions that each reader was told last, by process: one is up to a second behind another. */
  const readFiles = async () => {
    const told = new Map<string, number>()
    while (!ending.signal.aborted) {
      const address = addresses[(turns += 1) % Math.max(1, addresses.length)]
      // The last ones, and the next, of which nobody has decided yet.
      const at = Math.max(0, entered.length - Math.floor(Math.random() * 60) + 6)
      const uscc = madeUpUscc(at + 1)
      const from = performance.now()
      const isDue = (entered[at]?.doneAt ?? Infinity) + staleMs < from
      const body = address === undefined ? null : await call(address, `/v1/credit-files/${uscc}`)
      if (body === null || address === undefined) {
        await sleep(20)
        continue
      }
      const listed = (body['listings'] as unknown[]).length
      if (isDue && listed !== 1) wrong.push(`${uscc} was told without its entry, which is older than ${staleMs} ms`)
      if (entered[at] === undefined && listed !== 0) wrong.push(`${uscc} was told with an entry that nobody made`)
      if (listed > 1) wrong.push(`${uscc} was told with ${listed} entries`)
      const position = Number(body['position'])
      const by = answeredBy.get(body) ?? address
      if (position < (told.get(by) ?? 0)) wrong.push(`${by} went back to position ${position}`)
      told.set(by, position)
      // Readers without a pause would leave the writers little of a small machine.
      await sleep(10)
    }
  }

  const stream = startReader('sse', addresses, feed, streaming.signal)
  const working = [...Array.from({ length: 4 }, write), ...Array.from({ length: 3 }, readFiles)]
  const isOver = { settled: false }
  const never = new Promise<never>(() => undefined)
  const broken = Promise.race([
    Promise.all(working).then(() => never),
    ...services.map(async ({ ended }) => {
      const { code, signal, stderr } = await ended
      if (isOver.settled) return never
      ending.abort()
      streaming.abort()
      throw new Error(`a service ended with ${String(signal ?? code)}: ${stderr}`)
    }),
  ])
  broken.catch(() => undefined)
  const decided = () => entered.filter(({ doneAt }) => doneAt !== null).length

  /** Looks again and again until it is so; a worker that breaks ends it. */
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    const looking = async () => {
      while (!(await isSo())) await sleep(10)
    }
    await Promise.race([looking(), broken])
  }

  return {
    wrong,
    get decided() {
      return decided()
    },
    progress: async (decisions) => {
      const goal = decided() + decisions
      await until(() => decided() >= goal)
    },
    rest: (resting) => {
      isResting = resting
    },
    takeTally: () => {
      const soFar = tally
      tally = emptyTally()
      return soFar
    },
    recovery: async () => {
      const from = performance.now()
      const took = async (isSo: () => boolean | Promise<boolean>) => {
        await until(isSo)
        return Math.round(performance.now() - from)
      }
      const everywhere = async (path: string) => {
        const answers = await Promise.all(addresses.map((address) => fetch(address + path).catch(() => null)))
        await Promise.all(answers.map(async (answer) => answer?.arrayBuffer()))
        return answers.every((answer) => answer?.status === 200)
      }
      const isNew = ({ begunAt, doneAt }: Entering) => begunAt >= from && doneAt !== null
      const [ready, read, written, streamed] = await Promise.all([
        took(() => everywhere('/readyz')),
        took(() => everywhere(`/v1/credit-files/${madeUpUscc(businesses)}`)),
        took(() => entered.some(isNew)),
        took(() => {
          const fresh = new Set(entered.filter(({ begunAt }) => begunAt >= from).map(({ uscc }) => uscc))
          return stream.seen.slice(-200).some((event) => fresh.has((event as unknown as { subject: string }).subject))
        }),
      ])
      return { ready, read, written, streamed }
    },
    settle: async () => {
      ending.abort()
      await Promise.all(working)
      const count = async (query: ReturnType<typeof sql>) =>
        (await rowsOf<{ count: number }>(db, query))[0]?.count ?? -1
      await until(async () => (await count(sql`select count(*)::int as count from feed_outbox`)) === 0)
      const usccs = entered.map(({ uscc }) => uscc)
      expect(decided()).toBe(usccs.length)

      for (const [what, query] of [
        ['proposals', sql`select p.uscc from decision_proposals p`],
        ['decisions', sql`select d.uscc from decisions d`],
        ['entries', sql`select l.uscc from listing_entries l where l.status = 'in-force'`],
        ['events', sql`select e.uscc from feed_events e where e.type = 'listing.entered'`],
        ['approvals', sql`select a.details ->> 'uscc' as uscc from audit_log a where a.action = 'decision.approved'`],
      ] as const) {
        const found = (await rowsOf<{ uscc: string }>(db, query)).map(({ uscc }) => uscc)
        expect([what, found.sort()]).toEqual([what, [...usccs].sort()])
      }

      const [address = ''] = addresses
      const log = await readFeed(address, feed)
      expect(faultsOf(log)).toEqual([])
      await until(() => stream.seen.length >= log.length)
      streaming.abort()
      await stream.ended
      expect(stream.seen.map(({ sequence }) => sequence)).toEqual(log.map(({ sequence }) => sequence))
      for (const uscc of usccs.slice(-50)) {
        const files = await Promise.all(addresses.map((each) => call(each, `/v1/credit-files/${uscc}`)))
        for (const file of files) expect(file).toMatchObject({ standing: 'abnormal', position: log.length })
      }
      const env = { DATABASE_URL: url }
      expect(await answerOf(['verify-feed'], env)).toMatchObject({ verified: true, position: log.length })
      expect(await answerOf(['verify-audit'], env)).toMatchObject({ verified: true })
      expect(await answerOf(['rebuild-projections'], env)).toMatchObject({ changed: 0, deleted: 0 })
      expect(wrong).toEqual([])
      isOver.settled = true
    },
  }
}

type Body = Record<string, unknown>

const emptyTally = (): Tally => ({
  ...{ answered: 0, refused: 0, lost: 0, longestMs: 0 },
  ...{ decided: 0, from: performance.now() },
})

/** What callers met, in words. */
export function told({ answered, refused, lost, longestMs, decided, from }: Tally): string {
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  return (
    `${answered} calls answered, ${refused} refused (503), ${lost} lost, the longest ${Math.round(longestMs)} ms; ` +
    `${decided} decisions in ${seconds} s`
  )
}

/** Prints how long it took to recover, and what callers met meanwhile; of no run a condition. */
export function tell(fault: string, { ready, read, written, streamed }: Recovery, tally: Tally): void {
  process.stderr.write(
    `${fault}: ready ${ready} ms, read ${read} ms, written ${written} ms, streamed ${streamed} ms after its end; ` +
      `${told(tally)}\n`,
  )
}
