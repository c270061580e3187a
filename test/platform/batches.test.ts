import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inBatches, type BatchLimits } from '../../src/platform/batches.ts'

/** Who asks in batches, and the batches that were asked and not yet answered, to be answered by hand. */
function start(limits: BatchLimits) {
  const open: { keys: readonly string[]; answer: () => void; fail: (error: Error) => void }[] = []
  let tell: () => void = () => undefined
  const ask = inBatches<string>(
    (keys) =>
      new Promise((resolve, reject) => {
        const close = () => void open.splice(open.indexOf(batch), 1)
        const batch = {
          keys,
          answer: () => {
            close()
            resolve(new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, `of ${key}`])))
          },
          fail: (error: Error) => {
            close()
            reject(error)
          },
        }
        open.push(batch)
        tell()
      }),
    limits,
  )
  /** Resolves when so many batches are open. */
  const untilOpen = async (count: number) => {
    while (open.length < count) await new Promise<void>((resolve) => (tell = resolve))
  }
  return { ask, open, untilOpen }
}

/** Not before the test ends. */
const never = 2 ** 30
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('questions in batches', () => {
  it('are one batch when they come in the same turn, and each key is asked once', async () => {
    const { ask, open, untilOpen } = start({ most: 10, atOnce: 2, patienceMs: never })
    const answers = Promise.all([ask('a'), ask('b'), ask('a'), ask('nobody')])
    await untilOpen(1)
    expect(open[0]?.keys).toEqual(['a', 'b', 'nobody'])
    open[0]?.answer()
    expect(await answers).toEqual(['of a', 'of b', 'of a', undefined])
  })

  it('that come while a batch runs wait for its end together', async () => {
    const { ask, open, untilOpen } = start({ most: 10, atOnce: 2, patienceMs: never })
    const first = ask('a')
    await untilOpen(1)
    const later = [ask('b')]
    await turn()
    later.push(ask('c'))
    await turn()
    expect(open).toHaveLength(1)
    open[0]?.answer()
    expect(await first).toBe('of a')
    await untilOpen(1)
    expect(open[0]?.keys).toEqual(['b', 'c'])
    open[0]?.answer()
    expect(await Promise.all(later)).toEqual(['of b', 'of c'])
  })

  it('are asked beside a batch that runs once they fill one', async () => {
    const { ask, open, untilOpen } = start({ most: 3, atOnce: 2, patienceMs: never })
    const first = ask('a')
    await untilOpen(1)
    const later = ['b', 'c', 'd', 'e'].map(ask)
    await untilOpen(2)
    expect(open[1]?.keys).toEqual(['b', 'c', 'd'])
    open[1]?.answer()
    open[0]?.answer()
    await untilOpen(1)
    open[0]?.answer()
    expect(await Promise.all([first, ...later])).toEqual(['of a', 'of b', 'of c', 'of d', 'of e'])
  })

  it('do not wait for long for a batch that takes its time', async () => {
    const { ask, open, untilOpen } = start({ most: 10, atOnce: 2, patienceMs: 1 })
    const slow = ask('slow')
    await untilOpen(1)
    const quick = ask('quick')
    await untilOpen(2)
    open[1]?.answer()
    expect(await quick).toBe('of quick')
    open[0]?.answer()
    expect(await slow).toBe('of slow')
  })

  it('fail with those of their batch, and no others', async () => {
    const { ask, open, untilOpen } = start({ most: 10, atOnce: 1, patienceMs: never })
    const failing = Promise.allSettled([ask('a'), ask('b')])
    await untilOpen(1)
    const other = ask('c')
    open[0]?.fail(new Error('away'))
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await untilOpen(1)
    open[0]?.answer()
    expect(await other).toBe('of c')
  })

  it('are all answered, in batches within the limits, whatever the order in which they come and are answered', async () => {
    const step = fc.oneof(
      fc.record({ ask: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'nobody') }),
      fc.record({ answer: fc.nat(5) }),
      fc.constant('turn' as const),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), async (steps, atOnce) => {
        const { ask, open, untilOpen } = start({ most: 3, atOnce, patienceMs: never })
        const asked: { key: string; answer: Promise<string | undefined> }[] = []
        let answered = 0
        for (const one of steps) {
          if (one === 'turn') await turn()
          else if ('ask' in one) {
            const answer = ask(one.ask)
            void answer.then(() => (answered += 1))
            asked.push({ key: one.ask, answer })
          } else open[one.answer % Math.max(1, open.length)]?.answer()
          expect(open.length).toBeLessThanOrEqual(atOnce)
          for (const { keys } of open) expect(keys.length).toBeLessThanOrEqual(3)
        }
        while (answered < asked.length) {
          await Promise.race([untilOpen(1), Promise.all(asked.map(({ answer }) => answer))])
          open[0]?.answer()
          await turn()
        }
        for (const { key, answer } of asked) expect(await answer).toBe(key === 'nobody' ? undefined : `of ${key}`)
      }),
    )
  })
})
