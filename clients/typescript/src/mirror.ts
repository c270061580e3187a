import { readFile, rename, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createXinjianClient, XinjianError, type ClientOptions, type XinjianClient } from './client.ts'
import type { components } from './schema.ts'

type FeedEvent = components['schemas']['FeedEvent']

export type Standing = 'clear' | 'abnormal' | 'serious-violator'

/** What changed for a business. */
export interface ListChange {
  uscc: string
  before: Standing
  after: Standing
  /** Place of the change in the feed. */
  position: number
}

export interface MirrorOptions extends ClientOptions {
  /** A key with scope `feed`. */
  key: string
  /** Where the mirror is kept between runs; without it each run reads the feed from the beginning. */
  file?: string
  /** Told of each change of a standing, in order, after it counts. What it throws ends the following. */
  onChange?: (change: ListChange) => void
  /** Told when the feed cannot be read; it is tried again, but for a `FeedWentBackError`, which ends the following. */
  onFault?: (error: unknown) => void
}

/**
 * The feed no longer has what this mirror has read: its operator has restored the service to an earlier moment. Positions may
 * be given out a second time, so nothing more is read. Ask the operator; when they have put the events back, start again.
 */
export class FeedWentBackError extends Error {
  override name = 'FeedWentBackError'
  /** Where the feed ends now. */
  readonly head: number
  /** Up to where this mirror has read it. */
  readonly position: number

  constructor(head: number, position: number) {
    super(`The feed ends at ${head} without what was read up to ${position} before: ask the operator of the service.`)
    this.head = head
    this.position = position
  }
}

interface Entry {
  uscc: string
  list: Exclude<Standing, 'clear'>
}

/** What is in the file; of an earlier release it has no hash. */
interface Kept {
  position: number
  hash?: string | null
  entries: [string, Entry][]
}

/** How long a call is held until there is an event: the most that the service allows. */
const waitSeconds = 30
const restMs = 1000

/**
 * A copy of both lists that follows the change feed, and answers from memory, offline too: the newest event of each entry
 * tells all of its state. Codes are compared in upper case without spaces.
 */
export class ListMirror {
  readonly #client: XinjianClient
  readonly #options: MirrorOptions
  readonly #entries = new Map<string, Entry>()
  readonly #byUscc = new Map<string, Set<string>>()
  readonly #stopping = new AbortController()
  #position = 0
  /** Of the event there; null when it is not known. */
  #hash: string | null = null
  /** Whether the feed was seen to have that event still, since it last could not be read. */
  #isConfirmed = false
  #following: Promise<void> | null = null

  constructor(options: MirrorOptions) {
    this.#options = options
    this.#client = createXinjianClient(options)
  }

  /** Everything up to this place of the feed is in the mirror. */
  get position(): number {
    return this.#position
  }

  /** How many entries are in force. */
  get size(): number {
    return this.#entries.size
  }

  /** Whether a business is on the serious-violator list: a platform must not let it sell. */
  isBlocked(uscc: string): boolean {
    return this.standingOf(uscc) === 'serious-violator'
  }

  /** The gravest list that a business is on, as far as the feed has been read. */
  standingOf(uscc: string): Standing {
    const code = uscc.normalize('NFKC').toUpperCase().replace(/\s/g, '')
    const lists = Array.from(this.#byUscc.get(code) ?? [], (id) => this.#entries.get(id)?.list)
    if (lists.includes('serious-violator')) return 'serious-violator'
    return lists.length > 0 ? 'abnormal' : 'clear'
  }

  /**
   * Loads what was kept, reads the feed up to its head, and follows it from then on until `stop`.
   * @throws XinjianError when the key is refused, FeedWentBackError when the feed ends before what was kept, or what `fetch`
   *   throws when the service cannot be reached and nothing was kept
   */
  async start(): Promise<void> {
    const wasKept = await this.#load()
    try {
      while (!(await this.#read(0)));
    } catch (error) {
      if (!wasKept || error instanceof XinjianError || error instanceof FeedWentBackError) throw error
      this.#options.onFault?.(error)
    }
    this.#following = this.#follow()
  }

  /** Stops following; what is in the mirror is still answered. Throws what `onChange` threw, and a FeedWentBackError without `onFault`. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#following
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#read(waitSeconds)
      } catch (error) {
        if (error instanceof ListenerError) throw error.cause
        if (this.#stopping.signal.aborted) return
        if (error instanceof FeedWentBackError) {
          // Not in silence, where nobody listens for faults.
          if (this.#options.onFault === undefined) throw error
          this.#options.onFault(error)
          return
        }
        this.#isConfirmed = false
        this.#options.onFault?.(error)
        await sleep(restMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  /** Reads the next page; answers whether that was all there is. */
  async #read(wait: number): Promise<boolean> {
    await this.#confirm()
    const { events, next, head } = await this.#page(this.#position, 1000, wait)
    if (head < this.#position) throw new FeedWentBackError(head, this.#position)
    for (const event of events) this.#apply(event)
    const moved = next !== this.#position
    this.#position = next
    this.#hash = events.at(-1)?.hash ?? this.#hash
    if (moved) await this.#save()
    return next >= head
  }

  /** New events may have lifted a feed that fell above what was read, so what was read is compared. */
  async #confirm(): Promise<void> {
    if (!this.#isConfirmed && this.#hash !== null) {
      const { events, head } = await this.#page(this.#position - 1, 1, 0)
      if (events[0]?.hash !== this.#hash) throw new FeedWentBackError(head, this.#position)
    }
    this.#isConfirmed = true
  }

  async #page(after: number, limit: number, wait: number) {
    const { data, error, response } = await this.#client.GET('/v1/feed/events', {
      params: { query: { after, limit, wait } },
      headers: { accept: 'application/json' },
      signal: this.#stopping.signal,
    })
    // The service writes NDJSON to whom asks for it, and this call did not.
    if (data === undefined || typeof data === 'string') throw new XinjianError(response.status, error)
    return data
  }

  #apply({ type, subject: uscc, sequence, data }: FeedEvent): void {
    const { id, list, status, shown = true } = data as { id?: string; list?: string; status?: string; shown?: boolean }
    const tellsOfEntry = type.startsWith('listing.') || type === 'subject.changed'
    if (!tellsOfEntry || id === undefined || (list !== 'abnormal' && list !== 'serious-violator')) return
    const before = this.standingOf(uscc)
    if (status === 'in-force' && shown) this.#put(id, { uscc, list })
    else this.#remove(id)
    const after = this.standingOf(uscc)
    if (after === before) return
    try {
      this.#options.onChange?.({ uscc, before, after, position: Number(sequence) })
    } catch (error) {
      throw new ListenerError(error)
    }
  }

  #put(id: string, entry: Entry): void {
    this.#entries.set(id, entry)
    const ids = this.#byUscc.get(entry.uscc)
    if (ids === undefined) this.#byUscc.set(entry.uscc, new Set([id]))
    else ids.add(id)
  }

  #remove(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    const ids = this.#byUscc.get(entry.uscc)
    ids?.delete(id)
    if (ids?.size === 0) this.#byUscc.delete(entry.uscc)
  }

  /** Answers whether there was something to load; what cannot be read is left, and the feed read from the beginning. */
  async #load(): Promise<boolean> {
    const { file } = this.#options
    if (file === undefined) return false
    try {
      const kept = JSON.parse(await readFile(file, 'utf8')) as Kept
      for (const [id, entry] of kept.entries) this.#put(id, entry)
      this.#position = kept.position
      this.#hash = kept.hash ?? null
      return true
    } catch {
      return false
    }
  }

  /** Written aside and put in its place at once, so that a crash leaves the one before. */
  async #save(): Promise<void> {
    const { file } = this.#options
    if (file === undefined) return
    const aside = `${file}.${process.pid}`
    const kept: Kept = { position: this.#position, hash: this.#hash, entries: [...this.#entries] }
    await writeFile(aside, JSON.stringify(kept))
    await rename(aside, file)
  }
}

/** What the caller's own `onChange` threw, told from a feed that cannot be read. */
class ListenerError extends Error {
  constructor(cause: unknown) {
    super('onChange failed', { cause })
  }
}
