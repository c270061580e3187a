import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chainEvent, emptyHead, type FeedEvent } from '../../src/feed/domain.ts'
import { applyEvent, digestOf, keyOf, showsAfter, stateDigester, type State } from '../../src/feed/state.ts'
import { histories, kinds, pending, type Told } from './histories.ts'

/** The log that a history makes. */
function logOf(history: readonly Told[]): FeedEvent[] {
  let head = emptyHead
  return history.map((told) => {
    const event = chainEvent(head, pending(told))
    head = { position: head.position + 1, hash: event.hash }
    return event
  })
}

function stateAfter(events: readonly FeedEvent[], from: State = new Map()): State {
  for (const event of events) applyEvent(from, event)
  return from
}

describe('a copy of the lists', () => {
  it('is the newest event of each key that shows something, whatever came before it', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const log = logOf(history)
        const newest = new Map(log.map((event) => [keyOf(event), event]))
        const shown = [...newest].filter(([, event]) => showsAfter(event))
        const expected = shown.map(([key, { type, subject, sequence, data }]) => [
          key,
          { type, subject, sequence, data },
        ])
        expect(stateAfter(log)).toEqual(new Map(expected as [string, never][]))
      }),
    )
  })

  it('is the same whether read from the beginning or from a copy at any position and the events after it', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (history, seed) => {
        const log = logOf(history)
        const at = seed % (log.length + 1)
        const copy: State = new Map(JSON.parse(JSON.stringify([...stateAfter(log.slice(0, at))])) as [string, never][])
        expect(digestOf(stateAfter(log.slice(at), copy))).toBe(digestOf(stateAfter(log)))
      }),
    )
  })

  it.each([
    ['entered', true],
    ['removedInView', true],
    ['removedFromView', false],
    ['revoked', false],
    ['corrected', false],
    ['publicationEnded', false],
  ])('shows an entry after it was entered and then %s: %s', (kind, shown) => {
    expect(stateAfter(logOf([kinds['entered']!(1, 0), kinds[kind]!(1, 1)])).size).toBe(shown ? 1 : 0)
  })

  it('shows an entry again whose exit was cancelled', () => {
    const log = logOf([kinds['entered']!(1, 0), kinds['removedFromView']!(1, 1), kinds['entered']!(1, 2)])
    expect([...stateAfter(log).values()]).toMatchObject([{ sequence: '3', data: { status: 'in-force' } }])
  })

  it('keeps what is left of the sanctions of an entry, and nothing when all are lifted or out of view', () => {
    const hidden = logOf([kinds['imposed']!(1, 0), kinds['measuresHidden']!(1, 1)])
    expect([...stateAfter(hidden).keys()]).toEqual([])
    const log = logOf([kinds['imposed']!(1, 0), kinds['partlyLifted']!(1, 1)])
    expect([...stateAfter(log).keys()]).toHaveLength(1)
    expect(stateAfter(logOf([kinds['imposed']!(1, 0), kinds['lifted']!(1, 1)])).size).toBe(0)
  })

  it('drops a penalty that is withdrawn and takes no part in changes of a business', () => {
    const history = [kinds['penaltyPublished']!(1, 0), kinds['subjectChanged']!(1, 1), kinds['penaltyWithdrawn']!(1, 2)]
    expect(stateAfter(logOf(history)).size).toBe(0)
  })
})

describe('its digest', () => {
  it('is SHA-256 over the RFC 8785 lines in the order of the keys, as the document words it', () => {
    const state = stateAfter(
      logOf([kinds['penaltyPublished']!(2, 7), kinds['entered']!(2, 0), kinds['honourAwarded']!(9, 1)]),
    )
    const [penalty, listing, honour] = [...state.values()].map((line) => canonicalize(line) ?? '')
    const text = `${honour}\n${listing}\n${penalty}\n`
    expect(digestOf(state)).toBe(createHash('sha256').update(text).digest('hex'))
  })

  it('changes with any value of any line', () => {
    const state = stateAfter(logOf([kinds['entered']!(1, 0), kinds['entered']!(2, 0)]))
    const [key, line] = [...state][0]!
    const altered: State = new Map(state).set(key, { ...line, data: { ...line.data, listedOn: '2026-07-09' } })
    expect(digestOf(altered)).not.toBe(digestOf(state))
  })

  it('refuses lines that are not in the order of their keys, or come twice', () => {
    const [first, second] = logOf([kinds['entered']!(1, 0), kinds['entered']!(2, 0)])
    const digester = stateDigester()
    digester.add(second!)
    expect(() => digester.add(second!)).toThrow('does not come after')
    expect(() => digester.add(first!)).toThrow('does not come after')
  })
})
