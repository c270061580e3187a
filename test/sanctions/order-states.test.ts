import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { awaitedSince, requestLift, takeAnswer, type Answer, type OrderState } from '../../src/sanctions/domain.ts'
import {
  liftReasons,
  receiptStatuses,
  refusals,
  refusalTexts,
  type LiftReason,
  type OrderStatus,
} from '../../src/sanctions/vocabulary.ts'

const imposedOn = '2026-07-08'
const fresh: OrderState & { until: string | null; ownTerm: boolean } = {
  status: 'pending',
  imposedOn,
  until: null,
  ownTerm: false,
  receivedOn: null,
  executedOn: null,
  liftRequestedOn: null,
  liftedOn: null,
}

/** Answers and the lift, one after another, each on its day; the state after them. */
function after(...steps: (Answer['status'] | 'lift')[]): { order: typeof fresh; said: Answer | null } {
  let order = fresh
  let said: Answer | null = null
  for (const step of steps) {
    if (step === 'lift') {
      order = { ...order, ...requestLift(order, 'removed', '2026-08-03') }
    } else {
      const verdict = takeAnswer(order, said, { status: step }, '2026-08-04')
      if (verdict.result !== 'accepted') throw new Error(`${step} was ${verdict.result}`)
      order = { ...order, ...verdict.order }
      said = { status: step, executedOn: '2026-08-04' }
    }
  }
  return { order, said }
}

describe('an answer', () => {
  test.each<[string, Parameters<typeof after>, Answer['status'], string]>([
    ['pending', [], 'received', 'received'],
    ['pending', [], 'executed', 'executed'],
    ['pending', [], 'not-applicable', 'not-applicable'],
    ['pending', [], 'lifted', 'no-lift-requested'],
    ['received', ['received'], 'received', 'unchanged'],
    ['received', ['received'], 'executed', 'executed'],
    ['received', ['received'], 'not-applicable', 'not-applicable'],
    ['received', ['received'], 'lifted', 'no-lift-requested'],
    ['executed', ['executed'], 'received', 'unchanged'],
    ['executed', ['executed'], 'executed', 'unchanged'],
    ['executed', ['executed'], 'not-applicable', 'already-executed'],
    ['executed', ['executed'], 'lifted', 'no-lift-requested'],
    ['not applicable', ['not-applicable'], 'received', 'unchanged'],
    ['not applicable', ['not-applicable'], 'executed', 'executed'],
    ['not applicable', ['not-applicable'], 'not-applicable', 'unchanged'],
    ['not applicable', ['not-applicable'], 'lifted', 'no-lift-requested'],
    ['to be lifted, never received', ['lift'], 'received', 'lift-pending'],
    ['to be lifted, never received', ['lift'], 'executed', 'lift-requested'],
    ['to be lifted, never received', ['lift'], 'not-applicable', 'not-applicable'],
    ['to be lifted, never received', ['lift'], 'lifted', 'lifted'],
    ['to be lifted, executed', ['executed', 'lift'], 'executed', 'unchanged'],
    ['to be lifted, executed', ['executed', 'lift'], 'not-applicable', 'already-executed'],
    ['to be lifted, executed', ['executed', 'lift'], 'lifted', 'lifted'],
    ['not applicable and ended', ['not-applicable', 'lift'], 'executed', 'lift-requested'],
    ['lifted', ['lift', 'lifted'], 'received', 'already-lifted'],
    ['lifted', ['lift', 'lifted'], 'executed', 'already-lifted'],
    ['lifted', ['lift', 'lifted'], 'not-applicable', 'already-lifted'],
    ['lifted', ['lift', 'lifted'], 'lifted', 'unchanged'],
  ])('to an order that is %s (after %j): %s gives %s', (_what, steps, status, expected) => {
    const { order, said } = after(...steps)
    const verdict = takeAnswer(order, said, { status }, '2026-08-04')
    const got = { accepted: () => 'order' in verdict && verdict.order.status, unchanged: () => 'unchanged' }
    expect(verdict.result === 'refused' ? verdict.error : got[verdict.result]()).toBe(expected)
  })

  test.each<[string, Answer, string]>([
    ['the day before the measure', { status: 'executed', executedOn: '2026-07-07' }, 'day-before-order'],
    ['tomorrow', { status: 'executed', executedOn: '2026-08-05' }, 'day-in-future'],
    ['the day of the measure', { status: 'executed', executedOn: imposedOn }, 'executed'],
    ['today', { status: 'executed', executedOn: '2026-08-04' }, 'executed'],
  ])('that names %s as its day is judged by it', (_what, answer, expected) => {
    const verdict = takeAnswer(fresh, null, answer, '2026-08-04')
    expect(verdict.result === 'refused' ? verdict.error : verdict.result === 'accepted' && verdict.order.status).toBe(
      expected,
    )
  })

  it('cannot lift a measure before the day on which it was executed', () => {
    const { order, said } = after('executed', 'lift')
    const lifted = takeAnswer(order, said, { status: 'lifted', executedOn: '2026-08-03' }, '2026-08-04')
    expect(lifted).toEqual({ result: 'refused', error: 'lifted-before-executed' })
  })

  it('that corrects the day or adds a reference is taken; the same again changes nothing', () => {
    const { order } = after('executed')
    const said: Answer = { status: 'executed', executedOn: '2026-08-04', reference: '财采〔2026〕1号' }
    expect(takeAnswer(order, said, { status: 'executed', executedOn: '2026-08-01' }, '2026-08-04')).toMatchObject({
      result: 'accepted',
      order: { status: 'executed', executedOn: '2026-08-01' },
    })
    expect(takeAnswer(order, said, { status: 'executed', note: '补充' }, '2026-08-04').result).toBe('accepted')
    expect(takeAnswer(order, said, { ...said }, '2026-08-04').result).toBe('unchanged')
  })

  it('is refused in words of both languages', () => {
    for (const code of refusals) {
      expect(refusalTexts[code].zh).toMatch(/\p{Script=Han}/u)
      expect(refusalTexts[code].en).toMatch(/[a-z]{3}/i)
    }
  })
})

describe('the end of an entry', () => {
  const bar = { ...fresh, status: 'executed' as OrderStatus, ownTerm: true, until: '2029-07-08' }

  test.each<[LiftReason, string, boolean]>([
    ['removed', '2027-07-09', false],
    ['expired', '2029-07-07', false],
    ['removed', '2029-07-08', true],
    ['revoked', '2027-07-09', true],
    ['corrected', '2027-07-09', true],
    ['term-over', '2029-07-09', true],
  ])('%s on %s lifts a measure with a term to 2029-07-08 of its own: %s', (reason, on, lifts) => {
    expect(requestLift(bar, reason, on)?.status).toBe(lifts ? 'lift-pending' : undefined)
  })

  it('asks no agency to lift what it said does not apply', () => {
    const { order } = after('not-applicable')
    const state = requestLift(order, 'removed', '2026-08-03')
    expect(state).toMatchObject({ status: 'not-applicable', liftRequestedOn: '2026-08-03' })
    expect(state && awaitedSince(state)).toBeNull()
  })
})

/** Statuses in the order in which an order can pass through them; it never goes back. */
const stage: Record<OrderStatus, number> = {
  pending: 0,
  received: 1,
  'not-applicable': 2,
  executed: 3,
  'lift-pending': 4,
  lifted: 5,
  superseded: 5,
}

it('whatever is answered in whatever order, an order only moves forward and its days agree with its status', () => {
  const day = fc.integer({ min: 1, max: 28 }).map((number) => `2026-07-${String(number).padStart(2, '0')}`)
  const answer = fc.record(
    { status: fc.constantFrom(...receiptStatuses), executedOn: day, reference: fc.constantFrom('a', 'b') },
    { requiredKeys: ['status'] },
  )
  const step = fc.oneof(answer, fc.record({ reason: fc.constantFrom(...liftReasons) }))
  fc.assert(
    fc.property(fc.array(fc.tuple(step, day), { maxLength: 30 }), fc.boolean(), (steps, ownTerm) => {
      let order = { ...fresh, imposedOn: '2026-07-01', ownTerm, until: ownTerm ? '2026-07-20' : null }
      let said: Answer | null = null
      // Days only go forward.
      for (const [what, today] of steps.toSorted(([, a], [, b]) => (a < b ? -1 : 1))) {
        const before = order
        if ('reason' in what) {
          order = { ...order, ...requestLift(order, what.reason, today) }
        } else {
          const verdict = takeAnswer(order, said, what, today)
          if (verdict.result === 'accepted') {
            order = { ...order, ...verdict.order }
            said = { ...what, executedOn: what.executedOn ?? today }
            // The same answer again is no change, and leaves all as it is.
            expect(takeAnswer(order, said, what, today)).toEqual({ result: 'unchanged' })
          }
        }
        const closed = before.status === 'lift-pending' && order.status === 'not-applicable'
        expect(stage[order.status] >= stage[before.status] || closed).toBe(true)
        expect(order.status === 'lifted').toBe(order.liftedOn !== null)
        if (order.status === 'executed') expect(order.executedOn).not.toBeNull()
        if (order.status === 'lift-pending' || order.status === 'lifted') expect(order.liftRequestedOn).not.toBeNull()
        if (order.executedOn !== null)
          expect(order.executedOn >= order.imposedOn && order.executedOn <= today).toBe(true)
        // An answer is awaited exactly while it is the agency's turn.
        expect(awaitedSince(order) !== null).toBe(['pending', 'received', 'lift-pending'].includes(order.status))
        // What was done and is not lifted is never forgotten once the entry has ended.
        if (before.executedOn !== null && order.liftRequestedOn !== null) {
          expect(['lift-pending', 'lifted']).toContain(order.status)
        }
      }
    }),
  )
})
