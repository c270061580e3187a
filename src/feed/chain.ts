import { linkHash, type FeedEvent, type Head } from './domain.ts'

/** The first place at which a log is not what was written. */
export class BrokenChain extends Error {
  override name = 'BrokenChain'
  readonly position: number
  constructor(position: number, message: string) {
    super(`position ${position}: ${message}`)
    this.position = position
  }
}

/** A statement of position and hash, as `GET /v1/feed/checkpoint` gives it. */
export interface Checkpoint {
  position: number
  hash: string
  createdAt: string
  signature: string
}

/**
 * The head after one more event of a log, which must stand at the next position and carry the hash that follows from the
 * head and its own content (contract section 4).
 * @throws BrokenChain naming that position when it is missing, out of its place or altered
 */
export function verifyNext(head: Head, event: unknown): Head {
  const position = head.position + 1
  if (typeof event !== 'object' || event === null)
    throw new BrokenChain(position, 'there is something else than an event')
  const { sequence, hash } = event as Partial<FeedEvent>
  const found = /^[1-9]\d{0,15}$/.test(String(sequence)) ? Number(sequence) : null
  if (found === null) throw new BrokenChain(position, 'there is something else than an event')
  if (found > position) throw new BrokenChain(position, `the event is missing; ${found} stands in its place`)
  if (found < position) throw new BrokenChain(position, `the event of position ${found} stands in its place`)
  if (hash !== linkHash(head.hash, event as FeedEvent)) {
    throw new BrokenChain(position, 'the event was altered, or is not the one that followed the event before')
  }
  return { position, hash }
}

/**
 * Checks that the log has, where it stands now, the hash that was signed there.
 * @throws BrokenChain for a checkpoint of this position with another hash
 */
export function verifyCheckpoints(head: Head, checkpoints: readonly Checkpoint[]): void {
  for (const { position, hash } of checkpoints) {
    if (position === head.position && hash !== head.hash) {
      throw new BrokenChain(position, 'the log up to here is another one than was signed: an event in it was rewritten')
    }
  }
}

/**
 * Checks that the log goes as far as the checkpoints.
 * @throws BrokenChain naming the first position that is missing at its end
 */
export function verifyEnd(head: Head, checkpoints: readonly Checkpoint[]): void {
  const furthest = Math.max(0, ...checkpoints.map((checkpoint) => checkpoint.position))
  if (furthest > head.position) {
    throw new BrokenChain(head.position + 1, `the event is missing: the log was signed up to ${furthest}`)
  }
}
